"""What a person or client was granted, and the secrets that hang on it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.requests import NO_CLAIMS, ClaimsAsked

STANDING = "oauth-standing"
"""The topic that is bumped when something ends that tokens hang on, or signing keys change."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission to one client: all tokens of it end together.

    It is the family of RFC 9700 §4.14.2: reuse of an old refresh token ends this grant
    and no other. `details` are permissions of RFC 9396 in JSON. `jkt` binds refresh tokens of public clients (RFC 9449 §5).
    """

    id: str
    tenant: TenantId
    client: str
    person: PrincipalId
    session: str
    scopes: tuple[str, ...]
    resources: tuple[str, ...]
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    claims: ClaimsAsked = NO_CLAIMS
    jkt: str = ""
    details: tuple[str, ...] = ()
    revoked_at: datetime | None = None

    @property
    def outlives_session(self) -> bool:
        """Whether it stays after the person signed out (OpenID Connect Core §11)."""
        return "offline_access" in self.scopes


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, under its hash, with the grant that it will make."""

    tenant: TenantId
    digest: bytes = field(repr=False)
    grant: Grant
    redirect_uri: str
    has_uri: bool
    challenge: str
    nonce: str = field(repr=False)
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token, under its hash. `used_at` is when it gave way to the next."""

    tenant: TenantId
    digest: bytes = field(repr=False)
    grant: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class DeviceState(StrEnum):
    """Where a device's request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Device:
    """The request of a device without a browser (RFC 8628), under hashes of both codes.

    `asked_from` is the network address that the device asked from, for the person who
    decides. `interval` (seconds) grows by each poll that came too early.
    """

    tenant: TenantId
    digest: bytes = field(repr=False)
    user_digest: bytes = field(repr=False)
    client: str
    scopes: tuple[str, ...]
    resources: tuple[str, ...]
    asked_from: str
    made_at: datetime
    expires_at: datetime
    interval: int
    state: DeviceState = DeviceState.PENDING
    polled_at: datetime | None = None
    jkt: str = ""
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """What a client still has to be told: a session ended, or with "" all of a person's."""

    id: str
    tenant: TenantId
    client: str
    subject: str
    session: str
    made_at: datetime
    next_at: datetime
    tries: int = 0


class KeyState(StrEnum):
    """The life of a signing key: published before it signs and after it stopped."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A signing key: its public half as JWK in JSON, its private half sealed."""

    tenant: TenantId
    kid: str
    alg: str
    public: str
    sealed: bytes = field(repr=False)
    made_at: datetime
    active_at: datetime
    retires_at: datetime
    gone_at: datetime

    def state(self, at: datetime) -> KeyState | None:
        """Where it stands; None once it is no longer published."""
        if at >= self.gone_at:
            return None
        if at < self.active_at:
            return KeyState.NEXT
        return KeyState.ACTIVE if at < self.retires_at else KeyState.RETIRED
