"""What can be wrong with what is to be surveyed."""

from curtilage.core.errors import CurtilageError, InputError


class Unreadable(CurtilageError):
    """Something that could not be examined: the answer is incomplete, whatever was found."""

    code = "survey.unreadable"
    title = "It could not be examined"
    hint = "See that other programs can open it, then scan it again."
    status = 422
    exit_code = 5


class BadBaseline(InputError):
    code = "survey.bad-baseline"
    title = "The baseline was not understood"
    hint = "Write it anew: `curtilage scan … --format json --output baseline.json`"


class BadJournal(InputError):
    code = "survey.bad-journal"
    title = "The journal of another survey was given"
    hint = "Give --resume the same paths and options, or the name of a new file."


class NoRepository(InputError):
    code = "survey.no-repository"
    title = "There is no git repository to read"
    hint = "Give the folder of a clone, and see that `git` is installed."


class Unwritable(InputError):
    code = "survey.unwritable"
    title = "The file cannot be written with other values in it"
    hint = "Save it in another format, or protect its text alone."
