"""Judge a refresh token and its grant (RFC 9700 §4.14)."""

from datetime import datetime
from enum import StrEnum

from curtilage.identity.oauth.models.grants import Grant, RefreshToken
from curtilage.identity.oauth.settings import GRANT_LIFE, REFRESH_IDLE, REPLAY_WINDOW


class Judgement(StrEnum):
    """What becomes of a refresh token that was shown."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    REUSE = "reuse"
    REFUSE = "refuse"


def judge_refresh(token: RefreshToken, grant: Grant, *, at: datetime) -> Judgement:
    """Rotate a live token; repeat the answer to one just used; end the family on reuse.

    A client whose connection broke asks again within seconds, and two tabs ask at once:
    both get the one successor. Later nobody but a thief still has the old token."""
    if grant.revoked_at is not None or at >= grant.expires_at:
        return Judgement.REFUSE
    if token.used_at is not None:
        return Judgement.REPEAT if at - token.used_at <= REPLAY_WINDOW else Judgement.REUSE
    return Judgement.ROTATE if at < token.expires_at else Judgement.REFUSE


def expiry_of(grant: Grant, *, at: datetime) -> datetime:
    """When a refresh token that is made now expires: idle too long, or with its grant."""
    return min(at + REFRESH_IDLE, grant.expires_at)


def grant_expiry(at: datetime) -> datetime:
    """When a grant that is made now ends, however often it is used."""
    return at + GRANT_LIFE
