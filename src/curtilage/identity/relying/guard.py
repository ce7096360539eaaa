"""What a place of an app asks, and how who does not meet it is turned away."""

from datetime import datetime

from curtilage.core.errors import PeerError, UnavailableError
from curtilage.identity.relying.errors import (
    ForeignHost,
    NotSignedIn,
    PurposeMissing,
    RelyingSetup,
    ScopeMissing,
    SessionOver,
    StepUpNeeded,
)
from curtilage.identity.relying.models import Access, Need
from curtilage.identity.relying.rules import choose_acr, decide_access
from curtilage.identity.relying.session import Session
from curtilage.identity.wire.errors import JoseRefused

TURNED_AWAY = (
    ForeignHost,
    JoseRefused,
    NotSignedIn,
    PeerError,
    PurposeMissing,
    ScopeMissing,
    SessionOver,
    StepUpNeeded,
    UnavailableError,
)
"""What middleware answers in an app's stead; the rest is the app's own."""


def build_need(
    *, purpose: str | None, acr: str | None, max_age: int | None, scope: str | None
) -> Need:
    """What `require` was given. Raises `RelyingSetup` for what nobody could meet."""
    if acr and choose_acr(acr) != acr:
        raise RelyingSetup("`acr` is one name of a level, such as aal2.")
    try:
        return Need(purpose or "", acr or "", max_age, frozenset((scope or "").split()))
    except ValueError:
        raise RelyingSetup("`max_age` is at least 60 seconds.") from None


def verify_access(need: Need, session: Session | None, *, at: datetime) -> Session:
    """The session, if it meets the need.

    Raises `NotSignedIn`, `StepUpNeeded`, `ScopeMissing` or `PurposeMissing`."""
    access = decide_access(need, session.standing if session else None, at=at)
    if session is None or access is Access.SIGN_IN:
        raise NotSignedIn
    if access is Access.STEP_UP:
        raise StepUpNeeded(acr=need.acr, max_age=need.max_age)
    if access is Access.SCOPE:
        raise ScopeMissing(tuple(sorted(need.scopes)))
    if access is Access.PURPOSE:
        raise PurposeMissing
    return session
