"""What may be wrong with a tagger before it reads a text."""

from curtilage.core.errors import SetupError


class TaggerUnreadable(SetupError):
    code = "detect.tagger-unreadable"
    title = "Tagger cannot be read"
    hint = "Install the package again, or make the model anew with `make tagger`."
