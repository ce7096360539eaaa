"""Providers, whom they name, and how that is tied to people, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.signing_key import SigningKey


class Intent(StrEnum):
    """What somebody goes to a provider for."""

    SIGN_IN = "sign-in"
    CONNECT = "connect"
    AGAIN = "again"


class EmailRule(StrEnum):
    """By which claims a provider says that an address is somebody's."""

    STANDARD = "email_verified"
    GOOGLE = "google"
    MICROSOFT = "xms_edov"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Preset:
    """What one kind of provider does in its own way.

    `tells_when`: it honours `max_age` and says `auth_time`, so that it can prove somebody
    again. `is_posted`: it sends the answer as a form (OAuth 2.0 Form Post Response Mode).
    `asserts_to_endpoint`: assertions name its token endpoint, not its issuer, as audience."""

    issuer: str = ""
    label: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    emails: EmailRule = EmailRule.STANDARD
    tells_when: bool = True
    is_posted: bool = False
    asks_userinfo: bool = True
    issuer_has_tenant: bool = False
    asserts_to_endpoint: bool = False
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ClientProof:
    """How we prove to a provider that we are its client: a secret, or a key.

    With `team` the key signs what Apple takes for a secret; without, an assertion (RFC 7523)."""

    secret: str = field(default="", repr=False)
    key: SigningKey | None = field(default=None, repr=False)
    key_id: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as it is configured. `issuer` is compared byte for byte.

    `trusts_email`: its word that an address is somebody's counts here. `trusts_mfa`: its
    `amr` saying `mfa` counts as two factors."""

    name: str
    label: str
    issuer: str
    client_id: str
    preset: Preset
    proof: ClientProof = ClientProof()
    scopes: tuple[str, ...] = ("openid",)
    domains: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    may_create: bool = False
    trusts_email: bool = False
    trusts_mfa: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider publishes about itself (OpenID Connect Discovery §3), as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    algorithms: frozenset[Algorithm] = frozenset({Algorithm.RS256})
    names_issuer: bool = False
    takes_basic: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """A code and what it is exchanged with (RFC 6749 §4.1.3, RFC 7636 §4.5)."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider named, after all checks. `address` is "" unless its word on it counts.

    `issuer` and `subject` together are who it is. `shown` is what the person knows that
    account by, and nothing that decides."""

    issuer: str
    subject: str = field(repr=False)
    address: str = field(default="", repr=False)
    is_trusted: bool = False
    name: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)
    has_two_factors: bool = False
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """That an identity is one of our people, by the keyed hash of issuer and subject.

    `shown` is sealed under the person's key."""

    tenant: TenantId
    id: str
    digest: bytes = field(repr=False)
    issuer: str
    person: PrincipalId
    created_at: datetime
    shown: bytes = field(default=b"", repr=False)
    last_used_at: datetime | None = None
