"""Who was refused, and why.

To outsiders all refusals of one kind look the same. Why it was so is for the
record, in `reason`, and never part of what is sent.
"""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    ConflictError,
    DeniedError,
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


class SignInRefused(AuthenticationError):
    """One answer for a wrong name, a wrong passphrase and an empty one."""

    code = "identity.sign-in-refused"
    title = say("Name and passphrase do not open anything here")


class SetupLinkRefused(AuthenticationError):
    """One answer for a link that is used, expired, replaced or made up."""

    code = "identity.setup-link-refused"
    title = say("The set-up link does not open anything any more")
    hint = say("Restart the service to get a new one, as long as nobody is enrolled.")


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

    def __init__(self, reason: PasskeyReason) -> None:
        super().__init__()
        self.reason = reason


class PasskeysOff(NotFoundError):
    code = "identity.passkeys-off"
    title = say("This address takes no passkeys")
    hint = say("Serve it under a name and over https, and say so in server.public_url.")


class TooManyPasskeys(ConflictError):
    code = "identity.too-many-passkeys"
    title = say("You have as many passkeys as anybody can have")
    hint = say("Take one away that you no longer use.")


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


class CeremonyOver(AuthenticationError):
    """One answer for a step that was never begun, is over, or was somebody else's."""

    code = "identity.ceremony-over"
    title = say("This step is over")
    hint = say("Begin it again; it waits a few minutes, and for a few tries.")


class SignUpClosed(DeniedError):
    code = "identity.sign-up-closed"
    title = say("Accounts are not made here like this")
    hint = say(
        "Ask an administrator for an invitation; the setting identity.sign_up says who may come."
    )


class MailSignInOff(DeniedError):
    code = "identity.mail-sign-in-off"
    title = say("Nobody signs in by mail here")
    hint = say("Sign in with your passphrase or passkey.")


class NameTaken(ConflictError):
    code = "identity.name-taken"
    title = say("The name is taken")
    hint = say("Choose another one; your address is not shown to others.")


class AlreadyJoined(ConflictError):
    """Said to whoever holds a link that was sent to this address, and to nobody else."""

    code = "identity.already-joined"
    title = say("This address has an account already")
    hint = say("Sign in; if you cannot, choose a new passphrase there.")


class UnknownInvitation(NotFoundError):
    code = "identity.unknown-invitation"
    title = say("There is no invitation with this id")
    hint = say("Somebody took it up, it was taken back, or its seven days are over.")


class UnknownRole(NotFoundError):
    code = "identity.unknown-role"
    title = say("There is no such role")
    hint = say("There are administrator, auditor, operator, people-manager and reviewer.")


class TooManyRoles(InputError):
    code = "identity.roles-or-none"
    title = "Either roles are given, or --none"
    hint = "Name all roles to have from now on; --none alone takes every one away."


class UnknownSession(NotFoundError):
    code = "identity.unknown-session"
    title = say("There is no session with this id")
    hint = say("It may have ended already; list the sessions of this person again.")


class UnknownPerson(NotFoundError):
    code = "identity.unknown-person"
    title = say("There is nobody with this id, name or address")
    hint = say(
        "Give all of the address, or of the name where somebody has no address; or the id from "
        "`curtilage users list`."
    )


class LastAdministrator(ConflictError):
    code = "identity.last-administrator"
    title = say("This is the last administrator")
    hint = say("Make somebody else an administrator first.")


class ProveAgain(AuthenticationError):
    code = "identity.prove-again"
    title = say("Say again who you are")
    hint = say("Changing how you sign in takes a proof from the last ten minutes.")
    level = 0  # how far what is shown anew has to reach, where one factor is not enough


class UnknownAuthenticator(NotFoundError):
    code = "identity.unknown-authenticator"
    title = say("There is nothing of the kind to take away")
    hint = say("Open the page anew: it may be gone already.")


class LastWayIn(ConflictError):
    code = "identity.last-way-in"
    title = say("This is the last way in")
    hint = say("Set up another passphrase or passkey first.")


class SecondFactorDemanded(ConflictError):
    code = "identity.second-factor-demanded"
    title = say("A second factor is demanded of you, and this is your last")
    hint = say("Set up another authenticator app or passkey first, then take this one away.")


class TooManyAttempts(LimitError):
    """Said before anything is looked at, so that it tells nothing about the name."""

    code = "identity.too-many-attempts"
    title = say("Too many attempts")
    hint = say("Wait before the next attempt.")


class TooManySignIns(LimitError):
    code = "identity.too-many-sign-ins"
    title = say("Too many people sign in at this moment")
    hint = say("Try again in a few seconds.")


class UnacceptableKey(InputError):
    code = "identity.unacceptable-key"
    title = say("A key cannot be made like this")


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


class BreachRangeUnreadable(PeerError):
    code = "identity.breach-range-unreadable"
    title = "The service of leaked passwords broke its protocol"


class BreachRangeAddress(SetupError):
    code = "identity.breach-range-address"
    title = "The address of the service of leaked passwords cannot be used"
    hint = "Give an https:// address without name, password, query or fragment."


class UnacceptableMail(InputError):
    code = "identity.unacceptable-mail"
    title = "A message cannot be sent like this"


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


class AnswerUnreadable(PeerError):
    code = "identity.answer-unreadable"
    title = "The answer was too large or is none"


class UnknownKeyId(NotFoundError):
    code = "identity.unknown-key-id"
    title = say("There is no key with this id")
    hint = say("`curtilage apikeys list` shows the ids.")


class AlreadyEnrolled(ConflictError):
    code = "identity.already-enrolled"
    title = say("An administrator is enrolled already")


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
    ENDED = "jose.ended"


class JoseRefused(AuthenticationError):
    """One answer for every signed token that does not hold, whatever its kind.

    `of_proof` says of an access token that it holds, and that the proof beside it does not."""

    code = "identity.token-refused"
    title = "The signed token is not valid"

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


class UnacceptableChallenge(InputError):
    code = "identity.unacceptable-code-challenge"
    title = "The code challenge cannot be used"
    hint = "Send code_challenge_method=S256 and the base64url of the verifier's SHA-256."
