"""Apps that may ask for tokens, and the resources that tokens are for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from curtilage.core.models import TenantId

MANAGE_CLIENTS = "clients:manage"
TRUST_CLIENTS = "clients:trust"


class AuthMethod(StrEnum):
    """How a client proves who it is (OpenID Connect Core §9, RFC 7591 §2)."""

    NONE = "none"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    KEY = "private_key_jwt"


SECRETS = frozenset({AuthMethod.BASIC, AuthMethod.POST})


class GrantType(StrEnum):
    """What is exchanged for tokens. Implicit and password grants do not exist (RFC 9700)."""

    CODE = "authorization_code"
    REFRESH = "refresh_token"
    CLIENT = "client_credentials"
    DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class SubjectType(StrEnum):
    """Whether a person has one name for all clients or one for each (OIDC Core §8)."""

    PUBLIC = "public"
    PAIRWISE = "pairwise"


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """The SHA-256 of a secret of 256 random bits, so that no salt or slow hash is needed."""

    digest: bytes = field(repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A server that tokens can be for (RFC 8707). `scopes` says each in plain words.

    Any client may ask for one that `is_open`; else it must be written on the client."""

    uri: str
    name: str
    scopes: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """An app as it is kept: everything but its secret.

    `is_first_party` spares people the question whether they allow it. `is_dpop_bound` and
    `must_push` hold it to DPoP (RFC 9449 §5.2) and to pushed requests (RFC 9126 §6). It may
    ask for tokens for `resources`; those that it `serves` it may have tokens explained for.
    """

    id: str
    tenant: TenantId
    name: str
    created_at: datetime
    method: AuthMethod = AuthMethod.NONE
    secrets: tuple[ClientSecret, ...] = ()
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_session_required: bool = False
    grant_types: frozenset[GrantType] = frozenset({GrantType.CODE, GrantType.REFRESH})
    scopes: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    detail_types: frozenset[str] = frozenset()
    must_push: bool = False
    is_dpop_bound: bool = False
    subject_type: SubjectType = SubjectType.PUBLIC
    sector: str = ""
    id_token_alg: str = "ES256"
    is_first_party: bool = False
    is_dynamic: bool = False
    management_digest: bytes | None = field(default=None, repr=False)
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    revoked_at: datetime | None = None

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret (RFC 6749 §2.1)."""
        return self.method is AuthMethod.NONE

    def may(self, grant: GrantType) -> bool:
        """Whether it is registered for this kind of grant."""
        return grant in self.grant_types
