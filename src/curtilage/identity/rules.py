"""Judge a key, and what one may be made like. Pure."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal
from curtilage.core.words import say
from curtilage.identity.errors import KeyReason, KeyRefused, UnacceptableKey
from curtilage.identity.models import KEY_RIGHTS, MANAGEMENT_RIGHTS, RESTORE_SOME, ApiKey

LONGEST_EXPIRY = timedelta(days=3650)
LARGEST_LIMIT = 10**9

_PURPOSE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_MODEL = re.compile(r"[!-~]{1,200}")
_TARGET = re.compile(r"[A-Z][A-Z0-9_]{0,63}|[a-z][a-z0-9_]*(?:\.[a-z0-9_]+){0,8}")


def verify_api_key(key: ApiKey, *, at: datetime) -> Principal:
    """Who this key stands for now. Raises `KeyRefused`."""
    if key.revoked_at is not None:
        raise KeyRefused(KeyReason.REVOKED)
    if key.expires_at is not None and key.expires_at <= at:
        raise KeyRefused(KeyReason.EXPIRED)
    return key.as_principal()


def verify_may_give(rights: Collection[str], *, held: frozenset[str]) -> None:
    """Nobody gives what they do not hold: else whoever may make keys or apps may do all.

    Raises a DeniedError."""
    if not frozenset(rights) & MANAGEMENT_RIGHTS.keys() <= held:
        raise DeniedError(
            "A right to manage can be given by somebody who holds it.",
            hint="Leave it out, or ask somebody who holds it.",
        )


def _is_right(right: str) -> bool:
    target = right.removeprefix(RESTORE_SOME)
    return right in KEY_RIGHTS or (target != right and _TARGET.fullmatch(target) is not None)


def find_expiry(expires_in: timedelta | None, *, at: datetime) -> datetime | None:
    """When a key that is made now expires.

    A life too long to be accepted stays too long, inside the calendar all the same."""
    return None if expires_in is None else at + min(expires_in, 2 * LONGEST_EXPIRY)


def succeed(old: ApiKey, *, id: str, digest: bytes, at: datetime) -> ApiKey:
    """The key that comes after one: like it in all, and for as long as that was made for.

    Raises `UnacceptableKey` for a key that has ended: its successor would bring it back."""
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= at):
        raise UnacceptableKey(
            say("The key has ended; make a new one instead."),
            hint=say("`curtilage apikeys create NAME` makes one, and so does the page of keys."),
        )
    lives = None if old.expires_at is None else old.expires_at - old.created_at
    return replace(
        old,
        id=id,
        digest=digest,
        created_at=at,
        expires_at=find_expiry(lives, at=at),
        line=old.holder,
        last_used_at=None,
    )


def verify_key_request(key: ApiKey, *, at: datetime) -> ApiKey:
    """The key, fit to be made. Raises `UnacceptableKey`."""
    if not 1 <= len(key.name) <= 100 or not key.name.isprintable() or not key.name.strip():
        raise UnacceptableKey(say("The name of a key has 1 to 100 printable characters."))
    if not all(_is_right(right) for right in key.rights):
        raise UnacceptableKey(
            say(
                "A right is not known; expected one of {rights}.",
                rights=", ".join(KEY_RIGHTS),
            )
        )
    if not key.purposes and not key.rights & MANAGEMENT_RIGHTS.keys():
        raise UnacceptableKey(say("A key without a purpose opens nothing; give at least one."))
    if not all(_PURPOSE.fullmatch(purpose) for purpose in key.purposes):
        raise UnacceptableKey(say("A purpose has small letters, digits, dot, dash and underscore."))
    if not all(_MODEL.fullmatch(model) for model in key.models):
        raise UnacceptableKey(say("A model's name has 1 to 200 visible ASCII characters."))
    if key.expires_at is not None and not at < key.expires_at <= at + LONGEST_EXPIRY:
        raise UnacceptableKey(say("A key expires between now and ten years from now."))
    for limit in (key.requests_per_minute, key.tokens_per_minute):
        if limit is not None and not 1 <= limit <= LARGEST_LIMIT:
            raise UnacceptableKey(say("A limit per minute is between 1 and a thousand million."))
    return key


def state_of(key: ApiKey, *, at: datetime) -> str:
    """`active`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= at else "active"
