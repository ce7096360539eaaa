"""Who was refused, and why.

To outsiders all refusals of one kind look the same. Why it was so is for the
record, in `reason`, and never part of what is sent.
"""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    LimitError,
    NotFoundError,
    PeerError,
    SetupError,
    TamperError,
    UnavailableError,
)
from curtilage.core.words import say


class KeyReason(StrEnum):
    """Why an API key was refused."""

    MALFORMED = "key.malformed"
    UNKNOWN = "key.unknown"
    EXPIRED = "key.expired"
    REVOKED = "key.revoked"


class KeyRefused(AuthenticationError):
    """One answer for every key that does not hold."""

    code = "identity.key-refused"
    title = "The API key is not valid"
    hint = "Make one with `curtilage apikeys create NAME`."

    def __init__(self, reason: KeyReason) -> None:
        super().__init__()
        self.reason = reason


class CeremonyOver(AuthenticationError):
    """One answer for a step that was never begun, is over, or was somebody else's."""

    code = "identity.ceremony-over"
    title = say("This step is over")
    hint = say("Begin it again; it waits a few minutes, and for a few tries.")


class UnknownPerson(NotFoundError):
    code = "identity.unknown-person"
    title = say("There is nobody with this id, name or address")
    hint = say(
        "Give all of the address, or of the name where somebody has no address; or the id from "
        "`curtilage users list`."
    )


class ProveAgain(AuthenticationError):
    code = "identity.prove-again"
    title = say("Say again who you are")
    hint = say("Changing how you sign in takes a proof from the last ten minutes.")
    level = 0  # how far what is shown anew has to reach, where one factor is not enough


class LastWayIn(ConflictError):
    code = "identity.last-way-in"
    title = say("This is the last way in")
    hint = say("Set up another passphrase or passkey first.")


class TooManySignIns(LimitError):
    code = "identity.too-many-sign-ins"
    title = say("Too many people sign in at this moment")
    hint = say("Try again in a few seconds.")


class UnacceptableKey(InputError):
    code = "identity.unacceptable-key"
    title = say("A key cannot be made like this")
    hint = say("Mend that, then try once more; no key was made or changed.")


class UnacceptableBudget(InputError):
    code = "identity.unacceptable-budget"
    title = "A budget cannot be like this"
    hint = "Nothing was changed. `--help` of the command shows how each budget is written."


class UnacceptableGroup(InputError):
    code = "identity.unacceptable-group"
    title = "A group cannot be like this"
    hint = "Choose another name; `curtilage groups list` shows those that are there."


class UnknownGroup(NotFoundError):
    code = "identity.unknown-group"
    title = "There is no group of keys with this name"
    hint = "`curtilage groups list` shows them; `curtilage groups create NAME` makes one."


class UnacceptableName(InputError):
    code = "identity.unacceptable-name"
    title = say("The name cannot be used")
    hint = say("Use at most 64 letters and digits, with spaces, dots, dashes, apostrophes or @.")


class UnacceptableAddress(InputError):
    code = "identity.unacceptable-address"
    title = say("This is no e-mail address that can be used")
    hint = say("Write it as in ada@orchard.example: plain letters and digits, one @, a host name.")


class WeakPassphrase(InputError):
    code = "identity.weak-passphrase"
    title = say("The passphrase is too easy to guess")
    hint = say("Take four or five words that have nothing to do with each other.")


class UnusablePasswordList(InputError):
    code = "identity.unusable-password-list"
    title = "The list of leaked passwords cannot be used"
    hint = "Give one password a line, or SHA-1 hashes as HASH:COUNT lines, and not both."


class BreachFilterDamaged(TamperError):
    code = "identity.breach-filter-damaged"
    title = "The filter of leaked passwords is not what was built"
    hint = "Build it again from the list, with the command passwords build-filter."


class BreachFilterMissing(SetupError):
    code = "identity.breach-filter-missing"
    title = "The filter of leaked passwords cannot be read"
    hint = "Build it from a list, with the command passwords build-filter."


class PlacesMissing(SetupError):
    code = "identity.places-missing"
    title = "The table of places cannot be read"
    hint = "Name a MaxMind DB file of cities in identity.places, and install the extra `places`."


class BreachRangeAddress(SetupError):
    code = "identity.breach-range-address"
    title = "The address of the service of leaked passwords cannot be used"
    hint = "Give an https:// address without name, password, query or fragment."


class UnacceptableMail(InputError):
    code = "identity.unacceptable-mail"
    title = "A message cannot be sent like this"
    hint = "Give one plain address, a subject on one line, and a text without control characters."


class MailNotSent(UnavailableError):
    """`is_final` where sending it again would be refused again."""

    code = "identity.mail-not-sent"
    title = "The message could not be sent"
    hint = "Look at the mail server and its settings."

    def __init__(self, detail: str = "", *, is_final: bool = False) -> None:
        super().__init__(detail)
        self.is_final = is_final


class MailSetup(SetupError):
    code = "identity.mail-setup"
    title = "Mail cannot be sent with these settings"
    hint = "Use TLS or STARTTLS; without either, only a mail server on this machine."


class AddressNotCalled(PeerError):
    """Nothing was sent. One word for every reason: what is inside a network is not told."""

    code = "identity.address-not-called"
    title = "The address is not one that is called from here"
    hint = "Use https and a public address; the setting identity.inside names networks of your own."


class NoAnswer(UnavailableError):
    code = "identity.no-answer"
    title = "The address that was given did not answer in time"
    hint = "Check that the address is right and can be reached from this machine, then try again."


class AnswerUnreadable(PeerError):
    code = "identity.answer-unreadable"
    title = "The answer was too large or is none"
    hint = "Check that the address is right and answers with one short JSON document."


class UnknownKeyId(NotFoundError):
    code = "identity.unknown-key-id"
    title = say("There is no key with this id")
    hint = say("`curtilage apikeys list` shows the ids.")


class SetupFileUnwritable(SetupError):
    code = "identity.setup-file"
    title = "The set-up link could not be written down"
    hint = "Give server.data_dir a directory that this user owns and that has room."
