"""Registered claims (RFC 7519 §4.1): for whom, by whom, until when. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from curtilage.identity.wire.errors import JoseReason, JoseRefused

SKEW = timedelta(seconds=60)  # how far two honest clocks may lie apart
MOST_AUDIENCES = 16
LATEST = 1 << 40  # seconds: no clock shows a time like this


@dataclass(frozen=True, slots=True)
class VerifiedClaims:
    """What every kind may have; times in seconds since 1970, None where there are none."""

    issuer: str | None
    subject: str | None
    audience: tuple[str, ...]
    expires_at: float | None
    issued_at: float | None
    jti: str | None


def verify_claims(
    claims: Mapping[str, Any],
    *,
    now: datetime,
    issuer: str | None = None,
    audience: str | Collection[str] | None = None,
    skew: timedelta = SKEW,
    longest_ahead: timedelta | None = None,
    oldest: timedelta | None = None,
) -> VerifiedClaims:
    """The claims, if they are well formed and hold now. Raises JoseRefused.

    `issuer` is compared byte by byte. One of `audience` must be in `aud`. `exp` may lie at
    most `longest_ahead` in the future, `iat` at most `oldest` in the past, each and `nbf`
    give or take `skew`. What is None is not asked; which claims must be there, the
    token's kind says.
    """
    found = _read(claims)
    if issuer is not None and found.issuer != issuer:
        raise JoseRefused(JoseReason.ISSUER)
    if audience is not None:
        ours = (audience,) if isinstance(audience, str) else audience
        if not any(each in ours for each in found.audience):
            raise JoseRefused(JoseReason.AUDIENCE)
    at, slack = now.timestamp(), skew.total_seconds()
    _refuse_expired(found.expires_at, at, slack, longest_ahead)
    _refuse_future(_instant(claims, "nbf"), at, slack)
    _refuse_future(found.issued_at, at, slack)
    if oldest is not None:
        _refuse_old(found.issued_at, at - oldest.total_seconds() - slack)
    return found


def _read(claims: Mapping[str, Any]) -> VerifiedClaims:
    return VerifiedClaims(
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub"),
        audience=parse_audience(claims.get("aud")),
        expires_at=_instant(claims, "exp"),
        issued_at=_instant(claims, "iat"),
        jti=_text(claims, "jti"),
    )


def parse_audience(raw: object) -> tuple[str, ...]:
    """`aud` as text or list (RFC 7519 §4.1.3); nothing for None. Raises JoseRefused."""
    if raw is None:
        return ()
    listed = raw if isinstance(raw, list) else [raw]
    if not 0 < len(listed) <= MOST_AUDIENCES:
        raise JoseRefused(JoseReason.AUDIENCE)
    if not all(isinstance(each, str) and each for each in listed):
        raise JoseRefused(JoseReason.AUDIENCE)
    return tuple(listed)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if name in claims and (not isinstance(value, str) or not value):
        raise JoseRefused(JoseReason.CLAIMS)
    return value


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 §2). `true` is no number, and nor is "1700000000"."""
    if name not in claims:
        return None
    value: Any = claims[name]
    if type(value) not in {int, float} or not 0 <= value < LATEST:  # nor NaN
        raise JoseRefused(JoseReason.CLAIMS)
    return float(value)


def _refuse_expired(
    expires_at: float | None, at: float, slack: float, longest_ahead: timedelta | None
) -> None:
    if expires_at is None:
        return
    if at >= expires_at + slack:
        raise JoseRefused(JoseReason.EXPIRED)
    if longest_ahead is not None and expires_at > at + longest_ahead.total_seconds() + slack:
        raise JoseRefused(JoseReason.LIFE_TOO_LONG)


def _refuse_future(instant: float | None, at: float, slack: float) -> None:
    if instant is not None and instant > at + slack:
        raise JoseRefused(JoseReason.NOT_YET)


def _refuse_old(issued_at: float | None, oldest: float) -> None:
    if issued_at is None or issued_at < oldest:
        raise JoseRefused(JoseReason.TOO_OLD)
