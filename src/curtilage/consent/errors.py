"""What can be wrong with a policy."""

from curtilage.core.errors import ConflictError, DeniedError, InputError, NotFoundError
from curtilage.core.words import say


class PolicyError(InputError):
    """The detail names the place in the file, never what stands there."""

    code = "consent.policy"
    title = say("The policy was not understood")
    hint = say("`curtilage policy show balanced` prints a policy that is understood.")


class UnknownPolicy(NotFoundError):
    code = "consent.unknown-policy"
    title = say("There is no policy of that name")
    hint = (
        "`curtilage policy show` lists the policies. Those of your own lie in the folder that "
        "`policy.dir` names, seen from the folder of the configuration file."
    )


class UnknownVersion(NotFoundError):
    code = "consent.unknown-version"
    title = say("There is no version of a policy that begins so")
    hint = say("`curtilage policy history` lists the versions; six digits of one are enough.")


class AmbiguousVersion(InputError):
    code = "consent.ambiguous-version"
    title = say("Several versions begin so")
    hint = say("Give more digits of the version.")


class NoReason(InputError):
    code = "consent.no-reason"
    title = say("A policy is put forward with a reason of at most 500 characters")
    hint = say("Say in a sentence why it should be so; whoever approves it reads that.")


class NotProposed(ConflictError):
    code = "consent.not-proposed"
    title = say("Nobody has put this version forward")
    hint = say(
        "`curtilage policy propose FILE --reason …` puts it forward; another person approves."
    )


class AlreadyApproved(ConflictError):
    code = "consent.already-approved"
    title = say("This version is approved already; nothing was changed")
    hint = say("Put its file in its place; it is then taken over within a second.")


class SecondPersonNeeded(DeniedError):
    code = "consent.second-person"
    title = say("Who put a policy forward does not approve it")
    hint = say(
        "Another administrator approves it: on the console, or by the command on the machine."
    )


class NotApproved(InputError):
    code = "consent.not-approved"
    title = say("The policy is not approved")
    hint = say(
        "`curtilage policy propose FILE --reason …` puts it forward; another person approves."
    )


class ReportUnwritable(InputError):
    code = "consent.report-unwritable"
    title = say("The report cannot be written; the cases were tried")
    hint = say("Name a file in a folder that exists and can be written to.")


class SuiteUnwritable(InputError):
    code = "consent.suite-unwritable"
    title = say("The suite cannot be written")
    hint = say("Name a file that is not there yet, in a folder that can be written to.")


class UnacceptableCorrection(InputError):
    code = "consent.correction"
    title = say("This cannot be said about a value")
    hint = say(
        "Whole words of at most 200 characters, a kind that is looked for, a reason, an end."
    )


class ValueNotThere(InputError):
    code = "consent.value-not-there"
    title = say("The value does not stand in the text that is to be kept")
    hint = say("Write it as it stands there, or keep no text.")


class GuardedKind(InputError):
    code = "consent.guarded-kind"
    title = say("Secrets and card numbers are never said to be harmless")
    hint = say("A policy may let a kind of them leave to one destination, by its name.")


class TooManyCorrections(ConflictError):
    code = "consent.too-many-corrections"
    title = say("No more corrections are kept; withdraw some")
    hint = say("What is said about very many values belongs into a detector or a policy.")


class UnknownCorrection(NotFoundError):
    code = "consent.unknown-correction"
    title = say("There is no correction of that id")
    hint = say("The page Corrections lists them.")
