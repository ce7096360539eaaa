"""What was sent to prove something, and does not: tokens, passkeys, codes, challenges.

Why it was so is for the record, in `reason`, and never part of what is sent.
"""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    InputError,
    PeerError,
    UnavailableError,
)
from curtilage.core.words import say


class PasskeyReason(StrEnum):
    """Which step of Web Authentication Level 3 §7.1 or §7.2 a passkey failed at."""

    TYPE = "passkey.type"
    CHALLENGE = "passkey.challenge"
    ORIGIN = "passkey.origin"
    CROSS_ORIGIN = "passkey.cross-origin"
    TOP_ORIGIN = "passkey.top-origin"
    RP_ID = "passkey.rp-id"
    ABSENT = "passkey.user-absent"
    UNVERIFIED = "passkey.user-unverified"
    BACKUP_STATE = "passkey.backup-state"
    BACKUP_ELIGIBILITY = "passkey.backup-eligibility"
    CREDENTIAL = "passkey.credential"
    ALGORITHM = "passkey.algorithm"
    PUBLIC_KEY = "passkey.public-key"
    ATTESTATION = "passkey.attestation"
    NOT_ALLOWED = "passkey.not-allowed"
    OWNER = "passkey.owner"
    SIGNATURE = "passkey.signature"
    COUNTER = "passkey.counter"


class PasskeyUnreadable(InputError):
    """What the browser sent is not what Web Authentication says; nothing was judged."""

    code = "identity.passkey-unreadable"
    title = say("The passkey's answer cannot be read")
    hint = say("Send PublicKeyCredential.toJSON() as it is.")


class UnacceptablePasskey(InputError):
    """A new passkey that does not hold. `reason` is for the record."""

    code = "identity.unacceptable-passkey"
    title = say("This passkey cannot be added")
    hint = say("Begin again, on this site itself, with the screen lock or PIN of the device.")

    def __init__(self, reason: PasskeyReason) -> None:
        super().__init__()
        self.reason = reason


class PasskeyRefused(AuthenticationError):
    """One answer for every passkey that does not hold. `reason` is for the record."""

    code = "identity.passkey-refused"
    title = say("The passkey does not open anything here")
    hint = say("Begin again, on this site itself; if it lasts, use another passkey or another way.")

    def __init__(self, reason: PasskeyReason) -> None:
        super().__init__()
        self.reason = reason


class UnacceptableOrigin(InputError):
    code = "identity.unacceptable-origin"
    title = "An origin cannot be written like this"
    hint = "Write https://, the host in small letters, and a port where it is not 443."


class CodeReason(StrEnum):
    """Why a typed code was refused."""

    MALFORMED = "code.malformed"
    WRONG = "code.wrong"
    REPLAYED = "code.replayed"


class CodeRefused(AuthenticationError):
    """One answer for every typed code that does not hold. `reason` is for the record."""

    code = "identity.code-refused"
    title = say("The code is not valid")
    hint = say("Type the newest code; each works once.")

    def __init__(self, reason: CodeReason) -> None:
        super().__init__()
        self.reason = reason


class BreachRangeUnreadable(PeerError):
    code = "identity.breach-range-unreadable"
    title = "The service of leaked passwords broke its protocol"
    hint = "Check the setting identity.leaked_passwords_service; the passphrase was not compared there."


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
    ENDED = "jose.ended"


class JoseRefused(AuthenticationError):
    """One answer for every signed token that does not hold, whatever its kind.

    `of_proof` says of an access token that it holds, and that the proof beside it does not."""

    code = "identity.token-refused"
    title = "The signed token is not valid"
    hint = "Get a new token from its issuer, with a new proof where it is bound to a key; then call again."

    def __init__(self, reason: JoseReason, *, of_proof: bool = False) -> None:
        super().__init__()
        self.reason = reason
        self.of_proof = of_proof


class UnacceptableJwk(InputError):
    """Says what about a key is wrong, never what the key says."""

    code = "identity.unacceptable-jwk"
    title = "The JSON Web Key cannot be used"
    hint = "Give a public RSA key of at least 2048 bits, a P-256, P-384 or P-521 key, or Ed25519."


class PkceRefused(AuthenticationError):
    """One answer for a verifier that is malformed, wrong, missing or not asked for."""

    code = "identity.pkce-refused"
    title = "The code verifier does not fit the challenge"
    hint = "Begin again at the authorization endpoint, with a new verifier and its own challenge."


class UnacceptableChallenge(InputError):
    code = "identity.unacceptable-code-challenge"
    title = "The code challenge cannot be used"
    hint = "Send code_challenge_method=S256 and the base64url of the verifier's SHA-256."
