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
    SetupError,
    UnavailableError,
)


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


class SignInRefused(AuthenticationError):
    """One answer for a wrong name, a wrong passphrase and an empty one."""

    code = "identity.sign-in-refused"
    title = "Name and passphrase do not open anything here"


class SetupLinkRefused(AuthenticationError):
    """One answer for a link that is used, expired, replaced or made up."""

    code = "identity.setup-link-refused"
    title = "The set-up link does not open anything any more"
    hint = "Restart the service to get a new one, as long as nobody is enrolled."


class TooManyAttempts(LimitError):
    """Said before anything is looked at, so that it tells nothing about the name."""

    code = "identity.too-many-attempts"
    title = "Too many attempts"
    hint = "Wait before the next attempt."


class TooManySignIns(LimitError):
    code = "identity.too-many-sign-ins"
    title = "Too many people sign in at this moment"
    hint = "Try again in a few seconds."


class UnacceptableKey(InputError):
    code = "identity.unacceptable-key"
    title = "A key cannot be made like this"


class UnacceptableBudget(InputError):
    code = "identity.unacceptable-budget"
    title = "A budget cannot be like this"


class UnacceptableGroup(InputError):
    code = "identity.unacceptable-group"
    title = "A group cannot be like this"


class UnknownGroup(NotFoundError):
    code = "identity.unknown-group"
    title = "There is no group of keys with this name"
    hint = "`curtilage groups list` shows them; `curtilage groups create NAME` makes one."


class UnacceptableName(InputError):
    code = "identity.unacceptable-name"
    title = "The name cannot be used"
    hint = "Use at most 64 letters and digits, with spaces, dots, dashes, apostrophes or @."


class UnacceptableAddress(InputError):
    code = "identity.unacceptable-address"
    title = "This is no e-mail address that can be used"
    hint = "Write it as in ada@orchard.example: plain letters and digits, one @, a host name."


class WeakPassphrase(InputError):
    code = "identity.weak-passphrase"
    title = "The passphrase is too easy to guess"
    hint = "Take four or five words that have nothing to do with each other."


class UnknownKeyId(NotFoundError):
    code = "identity.unknown-key-id"
    title = "There is no key with this id"
    hint = "`curtilage apikeys list` shows the ids."


class AlreadyEnrolled(ConflictError):
    code = "identity.already-enrolled"
    title = "An administrator is enrolled already"


class SetupFileUnwritable(SetupError):
    code = "identity.setup-file"
    title = "The set-up link could not be written down"
    hint = "Give server.data_dir a directory that this user owns and that has room."


class LimitsUnreadable(UnavailableError):
    """What was counted cannot be told, so nothing is granted."""

    code = "identity.limits-unreadable"
    title = "What a key used in the last minute cannot be read"
    hint = "It is forgotten within two minutes. Look who else writes to the store of store.shared."
