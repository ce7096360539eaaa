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


class JoseReason(StrEnum):
    """Why a signed token was refused."""

    TOO_LONG = "jose.too-long"
    MALFORMED = "jose.malformed"
    ENCRYPTED = "jose.encrypted"
    CRITICAL = "jose.critical-header"
    KIND = "jose.other-kind"
    ALGORITHM = "jose.algorithm"
    KEY = "jose.key"
    SIGNATURE = "jose.signature"
    CLAIMS = "jose.claims"
    ISSUER = "jose.issuer"
    SUBJECT = "jose.subject"
    AUDIENCE = "jose.audience"
    EXPIRED = "jose.expired"
    NOT_YET = "jose.not-yet"
    TOO_OLD = "jose.too-old"
    LIFE_TOO_LONG = "jose.life-too-long"
    METHOD = "jose.method"
    URL = "jose.url"
    ACCESS_TOKEN = "jose.access-token"
    NONCE = "jose.nonce"


class JoseRefused(AuthenticationError):
    """One answer for every signed token that does not hold, whatever its kind."""

    code = "identity.token-refused"
    title = "The signed token is not valid"

    def __init__(self, reason: JoseReason) -> None:
        super().__init__()
        self.reason = reason


class UnacceptableJwk(InputError):
    """Says what about a key is wrong, never what the key says."""

    code = "identity.unacceptable-jwk"
    title = "The JSON Web Key cannot be used"
    hint = "Give a public RSA key of at least 2048 bits, a P-256, P-384 or P-521 key, or Ed25519."


class PkceRefused(AuthenticationError):
    """One answer for a verifier that is malformed, wrong, missing or not asked for."""

    code = "identity.pkce-refused"
    title = "The code verifier does not fit the challenge"


class UnacceptableChallenge(InputError):
    code = "identity.unacceptable-code-challenge"
    title = "The code challenge cannot be used"
    hint = "Send code_challenge_method=S256 and the base64url of the verifier's SHA-256."
