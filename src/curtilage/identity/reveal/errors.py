"""Why a value is not shown, or a request for one not taken."""

from curtilage.core.errors import (
    ConflictError,
    DeniedError,
    InputError,
    LimitError,
    NotFoundError,
)
from curtilage.core.words import say


class RevealsOff(DeniedError):
    code = "reveals.off"
    title = say("Values are not shown in this console")
    hint = say("The setting console.reveal is `off`; who runs the machine can change it.")


class RevealReasonUnfit(InputError):
    code = "reveals.reason"
    title = say("A reason is missing, or too long to be read")
    hint = say("Say in a sentence or two what you need the value for; at most 500 characters.")


class TooManyReveals(LimitError):
    code = "reveals.too-many"
    title = say("Too many of your requests are waiting")
    hint = say("Withdraw those that you need no longer, or wait until they are decided.")


class UnknownReveal(NotFoundError):
    code = "reveals.unknown"
    title = say("There is no such request")
    hint = say("Open it from the list on the page Reveals.")


class UnknownValue(NotFoundError):
    """One error for what never was and what is kept elsewhere."""

    code = "reveals.unknown-value"
    title = say("There is no such value here")
    hint = say("Check what you typed: a token, its scope and the id of a record are exact.")


class ValueErased(ConflictError):
    """The key that sealed it was destroyed: nobody can undo that."""

    code = "reveals.erased"
    title = say("The value cannot be opened any more: it is erased")
    hint = say("That is final. Go on without it: nobody can bring it back.")
    status = 410


class ValueWithheld(DeniedError):
    code = "reveals.withheld"
    title = say("The policy in force lets nobody see values of this kind again")
    hint = say("If you need it, ask whoever is responsible for the policy.")


class RevealClosed(ConflictError):
    code = "reveals.closed"
    title = say("The request is not open for this")
    hint = say("Look at what became of it, and ask again if you still need the value.")


class OwnReveal(DeniedError):
    code = "reveals.own"
    title = say("Nobody decides about what they asked for themselves")
    hint = say("Somebody else with the right reveals:approve looks at it.")


class NotWhoAsked(DeniedError):
    code = "reveals.not-who-asked"
    title = say("Only who asked for a value opens it")
    hint = say("Whoever asked can open it; if you need it, ask for it yourself.")


class ApproverTooNew(DeniedError):
    code = "reveals.approver-too-new"
    title = say("The right to approve was given too lately")
    hint = say("It counts for reveals 24 hours after it was given, whoever gave it.")


class StandingLost(DeniedError):
    """Of whoever asked or approved: a role was taken away, or the account disabled."""

    code = "reveals.standing-lost"
    title = say("Somebody who asked or approved has lost the right to")
    hint = say("Ask again; somebody who has the right decides anew.")
