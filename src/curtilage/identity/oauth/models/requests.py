"""What a client asks a person for, and what the person is asked and answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.details import Detail


class Prompt(StrEnum):
    """What a client wants the person to see (OpenID Connect Core §3.1.2.1)."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT = "select_account"


@dataclass(frozen=True, slots=True)
class ClaimsAsked:
    """Claims that were asked for one by one (OpenID Connect Core §5.5).

    `acr` are the levels that are essential in the ID token, none where none are.
    `subject` is the `sub` that it must be about, "" for anybody.
    """

    id_token: frozenset[str] = frozenset()
    userinfo: frozenset[str] = frozenset()
    acr: tuple[str, ...] = ()
    subject: str = ""


NO_CLAIMS = ClaimsAsked()


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that was read and whose redirect URI is known to be the client's.

    `has_uri` says whether the client wrote the redirect URI, which the token request
    must then repeat (RFC 6749 §4.1.3). `claim_scopes` cover claims asked for by name: the
    person is asked for them as for scopes, and the token does not get them. `ui_locales`
    are tags of languages, the most wanted first (OpenID Connect Core §3.1.2.1).
    """

    client: str
    redirect_uri: str
    challenge: str
    state: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    nonce: str = field(default="", repr=False)
    prompts: frozenset[Prompt] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    claims: ClaimsAsked = NO_CLAIMS
    hinted_subject: str = field(default="", repr=False)
    jkt: str = ""
    has_uri: bool = True
    claim_scopes: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    ui_locales: tuple[str, ...] = ()

    @property
    def consented_scopes(self) -> tuple[str, ...]:
        """Everything that the person has to allow, in the words of scopes."""
        return tuple(dict.fromkeys((*self.scopes, *self.claim_scopes)))


class RequestKind(StrEnum):
    """Where a kept request came from: through PAR, or with the browser."""

    PUSHED = "pushed"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request that waits for its person, under the hash of its handle.

    `pushed` is the pushed request that it came from: both are completed together."""

    tenant: TenantId
    digest: bytes = field(repr=False)
    kind: RequestKind
    request: AuthorizationRequest
    made_at: datetime
    expires_at: datetime
    pushed: bytes | None = field(default=None, repr=False)
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authentication:
    """How and when a person proved who they are in the session that they have now."""

    person: PrincipalId
    session: str
    at: datetime
    assurance: int = 1
    acr: str = ""
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonClaims:
    """What can be told about a person; "" and None are not told."""

    name: str = ""
    preferred_username: str = ""
    email: str = ""
    email_verified: bool = False
    locale: str = ""
    updated_at: datetime | None = None
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allowed a client, until they take it back."""

    tenant: TenantId
    person: PrincipalId
    client: str
    scopes: frozenset[str]
    resources: frozenset[str]
    given_at: datetime
    changed_at: datetime


class Step(StrEnum):
    """What has to happen next with a request."""

    GRANT = "grant"
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The decision on a request. `acr` is the level that a step-up is for.

    `again`: a session that is there already is not enough."""

    step: Step
    acr: str = ""
    again: bool = False
