"""What can be wrong with what detection is given beside texts."""

from curtilage.core.errors import InputError, LimitError, SetupError, UnavailableError


class BadLabels(InputError):
    """A line of labelled text that cannot be measured against."""

    code = "detect.bad-labels"
    title = "The labelled text was not understood"
    hint = 'Each line is a JSON object: {"text": "…", "spans": [{"start": 0, "end": 3, "type": "PERSON"}], "lang": "en"}.'


class BadRule(InputError):
    """Names the rule, never what a text held."""

    code = "detect.bad-rule"
    title = "A rule of one's own was not understood"
    hint = "Mend the rule and run the command again; nothing was scanned by these rules."


class RuleOutOfTime(LimitError):
    """A text that a rule did not finish is a text that was not examined."""

    code = "detect.rule-out-of-time"
    title = "A rule of one's own did not finish in time"
    hint = "Write its pattern without look-around and back-references; then it takes linear time."


class TooDense(InputError):
    """Passing what was not looked at would be worse."""

    code = "detect.too-dense"
    title = "The text holds too many matches to be examined"
    hint = "Send it in smaller parts, or mend a rule of one's own that matches nearly everything."
    status = 400


class NamesNotFound(UnavailableError):
    """Passing what was not looked at would be worse."""

    code = "detect.names-not-found"
    title = "Names were not looked for in time, so that nothing was sent"
    hint = "Send it again, in smaller parts if it is long; `[detect] names_timeout` says how long it may take."


class NamesNotLoaded(SetupError):
    """The process apart ended before it had anything to look with; it told why."""

    code = "detect.names-not-loaded"
    title = "What is to look for names cannot be loaded"
    hint = "The line before this one says why. `[detect] taggers` and `labels` name what is loaded, `names = false` does without."
