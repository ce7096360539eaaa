"""People and what they prove themselves with, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from curtilage.core.models import Principal, PrincipalId, PrincipalKind, TenantId


class PersonState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class HandleKind(StrEnum):
    """What somebody types to say who they are."""

    NAME = "name"
    ADDRESS = "address"


class AuthenticatorKind(StrEnum):
    """What somebody proves themselves with."""

    PASSPHRASE = "passphrase"
    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"


class Flaw(StrEnum):
    """Why a passphrase does not do as it is."""

    SHORT = "short"  # chosen where a second factor is demanded: it never stands alone
    LEAKED = "leaked"  # it is in a list that others try


class ProofKind(StrEnum):
    """How somebody proved who they are. A message to a mailbox is no authenticator
    (NIST SP 800-63B-4 §3.1.3.1 forbids it), hence a kind that only proofs have."""

    PASSPHRASE = "passphrase"
    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    MAILBOX = "mailbox"
    PROVIDER = "provider"
    SETUP_LINK = "setup-link"


class Assurance(IntEnum):
    """How sure it is who somebody is (NIST SP 800-63B-4 §2). NONE: they only have a mailbox."""

    NONE = 0
    ONE = 1
    TWO = 2
    THREE = 3

    @property
    def acr(self) -> str:
        """Its name in tokens, as OpenID Connect Core §2 calls it."""
        return f"aal{self.value}"


@dataclass(frozen=True, slots=True)
class Person:
    """An account. What names it is in `profile`, sealed under the person's key."""

    tenant: TenantId
    id: PrincipalId
    created_at: datetime
    profile: bytes = field(default=b"", repr=False)
    roles: frozenset[str] = frozenset()
    disabled_at: datetime | None = None
    whereabouts: bytes = field(default=b"", repr=False)  # where they signed in last, sealed
    language: str = ""  # chosen, or that of their first sign-in, as its tag; "": not known yet

    @property
    def state(self) -> PersonState:
        return PersonState.ACTIVE if self.disabled_at is None else PersonState.DISABLED


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """Since when somebody has a role, and which person gave it, themselves or through an app;
    None where none did, at the set-up or by a program, and where whoever did is deleted."""

    role: str
    at: datetime
    by: PrincipalId | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What names a person to others. Kept sealed under the person's key, and nowhere else.

    `address` is confirmed at `address_confirmed_at`, or it proves nothing and links nothing."""

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    address_confirmed_at: datetime | None = None
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where mail to somebody goes, "" for nowhere, and in which language."""

    address: str = field(default="", repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Handle:
    """A way to find a person: the keyed hash of a name or an address.

    Where `confirmed_at` is None nobody has shown that the address is theirs."""

    digest: bytes = field(repr=False)
    person: PrincipalId
    kind: HandleKind
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What a person proves themselves with, as it is kept.

    `material` is the slow hash of a passphrase; of other kinds it is sealed under the
    person's key. `lookup` finds a passkey or a recovery code. `counter` only grows: the
    step of the last one-time code, the signature counter of a passkey."""

    id: str
    person: PrincipalId
    kind: AuthenticatorKind
    created_at: datetime
    material: bytes = field(default=b"", repr=False)
    lookup: bytes | None = field(default=None, repr=False)
    counter: int = 0
    last_used_at: datetime | None = None
    flaws: frozenset[Flaw] = frozenset()  # of a passphrase


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody proved who they are, once, and how strongly.

    `verified_user` says that a passkey asked for a finger, a face or a PIN, or that a provider
    whose word counts asked for two factors;
    `bound` that its key cannot leave the device (WebAuthn: not backup eligible).
    `with_` is the authenticator, "" where it was none."""

    kind: ProofKind
    at: datetime
    verified_user: bool = False
    bound: bool = False
    with_: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody uses, by the hash of the secret in its cookie.

    `needs` is the level that it must reach before it opens anything: somebody with a
    second factor is not signed in by the first alone. `must_change`: nor is who came with a
    passphrase that leaked, before they choose another. `about` says which device, sealed."""

    tenant: TenantId
    digest: bytes = field(repr=False)
    id: str
    person: PrincipalId
    started_at: datetime
    seen_at: datetime
    proofs: tuple[Proof, ...] = ()
    needs: Assurance = Assurance.NONE
    about: bytes = field(default=b"", repr=False)
    must_change: bool = False

    @property
    def proved_at(self) -> datetime:
        """When somebody last proved who they are: `auth_time` of OpenID Connect Core §2."""
        return max((proof.at for proof in self.proofs), default=self.started_at)


class SecondFactor(StrEnum):
    """Of whom a second factor is demanded. Who has one is asked for it in any case."""

    OPTIONAL = "optional"
    ADMINISTRATORS = "administrators"
    EVERYBODY = "everybody"


class Step(StrEnum):
    """What comes between the first proof and a session that opens something."""

    PROVE = "prove"  # one more proof, by what its owner has
    PASSPHRASE = "passphrase"  # a new one in place of one that leaked
    ENROL = "enrol"  # a second factor: it is demanded and there is none


class CeremonyKind(StrEnum):
    """What waits for its end."""

    PASSKEY_SIGN_IN = "passkey-sign-in"
    PASSKEY_ENROLMENT = "passkey-enrolment"
    TOTP_ENROLMENT = "totp-enrolment"
    MAIL_SIGN_IN = "mail-sign-in"
    SIGN_UP = "sign-up"
    RECOVERY = "recovery"
    INVITATION = "invitation"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A step that waits for its end, by the hash of the secret that ends it, once.

    `browser` is the hash of the browser that began it, b"" where any may end it. `data` is
    sealed. After `tries` wrong codes nothing ends it any more. `id` is what an invitation is
    called by those who may take it back; it opens nothing, and no other kind has one."""

    tenant: TenantId
    digest: bytes = field(repr=False)
    kind: CeremonyKind
    expires_at: datetime
    person: PrincipalId | None = None
    browser: bytes = field(default=b"", repr=False)
    data: bytes = field(default=b"", repr=False)
    tries: int = 0
    id: str = ""


class InvitationState(StrEnum):
    """Whether the link of an invitation lets somebody in."""

    WAITING = "waiting"
    HALTED = "halted"  # not as things are: whoever invited could not do it now


class InviterKind(StrEnum):
    """Who invited, as far as is known now."""

    PERSON = "person"
    PROGRAM = "program"  # a key or an app
    OPERATOR = "operator"  # on the command line of this machine
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Inviter:
    """Whoever invited somebody, with the rights that they have now."""

    id: PrincipalId
    kind: InviterKind
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Administrator:
    """Somebody whom a version before people enrolled.

    `sign_in_name` is the one spelling of `name` that is compared.
    """

    id: PrincipalId
    tenant: TenantId
    name: str
    sign_in_name: str
    passphrase_hash: str = field(repr=False)
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class SetupLink:
    """The one link that enrols the administrator; only the hash of its secret is kept."""

    tenant: TenantId
    digest: bytes = field(repr=False)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed sign-ins that share something: a name, an address, or both.

    `familiar_until` is set where that name signed in well from that address.
    """

    failures: int = 0
    last_at: datetime | None = None
    familiar_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds, with who is behind it and the name to greet them by."""

    principal: Principal
    name: str = field(repr=False)
    id: str


def as_principal(
    person: Person, *, rights: frozenset[str], assurance: Assurance, signed_in_at: datetime | None
) -> Principal:
    """Who acts in a session of this person."""
    return Principal(
        tenant=person.tenant,
        id=person.id,
        kind=PrincipalKind.PERSON,
        rights=rights,
        roles=person.roles,
        assurance=assurance.value,
        authenticated_at=signed_in_at,
    )
