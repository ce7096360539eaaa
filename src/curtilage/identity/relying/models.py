"""What an app knows of people who signed in, and what its places ask of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

PURPOSE_SCOPE = "purpose:"  # a scope that begins like this grants a purpose
SHORTEST_AGE = 60  # seconds; a shorter `max_age` is over before people are back


@dataclass(frozen=True, slots=True)
class Standing:
    """Who acts, how surely, and as what; of a session or of an access token."""

    subject: str = field(repr=False)
    acr: str = ""
    amr: tuple[str, ...] = ()
    authenticated_at: datetime | None = None
    scopes: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session as it is kept, sealed. The tokens never reach a browser."""

    standing: Standing
    name: str = field(repr=False)
    sid: str = field(repr=False)
    made_at: datetime
    ends_at: datetime
    access_token: str = field(repr=False)
    access_ends_at: datetime
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A sign-in that was begun, sealed into a cookie of the browser that began it."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    onward: str = field(repr=False)  # a path of the app
    begun_at: datetime
    acr: str = ""
    max_age: int | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Need:
    """What a place asks. `max_age` is in seconds since the person proved who they are."""

    purpose: str = ""
    acr: str = ""
    max_age: int | None = None
    scopes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.max_age is not None and self.max_age < SHORTEST_AGE:
            raise ValueError("expected a max_age of at least 60 seconds")


class Access(Enum):
    """What becomes of somebody at a place."""

    PERMIT = "permit"
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"
    SCOPE = "scope"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave (RFC 6749 §5.1). `scopes` is None where it said nothing."""

    access: str = field(repr=False)
    life: timedelta
    refresh: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class VerifiedLogin:
    """What an ID token says that holds."""

    subject: str = field(repr=False)
    sid: str = field(repr=False)
    name: str = field(repr=False)
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime | None
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class VerifiedLogout:
    """What a logout token ends: the session `sid`, or with "" all of `subject`."""

    subject: str = field(repr=False)
    sid: str = field(repr=False)
    jti: str = field(repr=False)
    forget_at: datetime
