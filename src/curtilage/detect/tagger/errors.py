"""What may be wrong with a tagger, before it reads a text and while it does."""

from curtilage.core.errors import SetupError, UnavailableError


class TaggerUnreadable(SetupError):
    code = "detect.tagger-unreadable"
    title = "Tagger cannot be read"
    hint = "Install the package again, or make the model anew with `make tagger`."


class UnknownTagger(SetupError):
    code = "detect.unknown-tagger"
    title = "Tagger not known"
    hint = "The reference of settings lists what `detect.taggers` may name."


class TaggerFailed(UnavailableError):
    code = "detect.tagger-failed"
    title = "Tagger failed"
    hint = "Try again; if it stays so, leave the tagger out of `detect.taggers`."
