"""What can be wrong with a policy."""

from curtilage.core.errors import ConflictError, DeniedError, InputError, NotFoundError


class PolicyError(InputError):
    """The detail names the place in the file, never what stands there."""

    code = "consent.policy"
    title = "The policy was not understood"
    hint = "`curtilage policy show balanced` prints a policy that is understood."


class UnknownPolicy(NotFoundError):
    code = "consent.unknown-policy"
    title = "There is no policy of that name"
    hint = "`curtilage policy show` lists the policies."


class UnknownVersion(NotFoundError):
    code = "consent.unknown-version"
    title = "There is no version of a policy that begins so"
    hint = "`curtilage policy history` lists the versions; six digits of one are enough."


class AmbiguousVersion(InputError):
    code = "consent.ambiguous-version"
    title = "Several versions begin so"
    hint = "Give more digits of the version."


class NoReason(InputError):
    code = "consent.no-reason"
    title = "A policy is put forward with a reason of at most 500 characters"
    hint = "Say in a sentence why it should be so; whoever approves it reads that."


class NotProposed(ConflictError):
    code = "consent.not-proposed"
    title = "Nobody has put this version forward"
    hint = "`curtilage policy propose FILE --reason …` puts it forward; another person approves."


class AlreadyApproved(ConflictError):
    code = "consent.already-approved"
    title = "This version is approved already; nothing was changed"
    hint = "Put its file in its place; it is then taken over within a second."


class SecondPersonNeeded(DeniedError):
    code = "consent.second-person"
    title = "Who put a policy forward does not approve it"
    hint = "Another administrator approves it: on the console, or by the command on the machine."


class NotApproved(InputError):
    code = "consent.not-approved"
    title = "The policy is not approved"
    hint = "`curtilage policy propose FILE --reason …` puts it forward; another person approves."


class ReportUnwritable(InputError):
    code = "consent.report-unwritable"
    title = "The report cannot be written; the cases were tried"
    hint = "Name a file in a folder that exists and can be written to."
