"""Judge a key, a session, a set-up link. Pure."""

import re
import unicodedata
from datetime import datetime, timedelta

from curtilage.core.models import Principal
from curtilage.identity.errors import (
    KeyReason,
    KeyRefused,
    SetupLinkRefused,
    UnacceptableKey,
    UnacceptableName,
)
from curtilage.identity.models import KEY_RIGHTS, RESTORE_SOME, ApiKey, Session, SetupLink

# SP 800-63B-4 asks for less at level 2; these satisfy its drafts as well.
SESSION_IDLE = timedelta(minutes=30)
SESSION_LIMIT = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exact `seen_at` is; fewer writes than page views

SETUP_LINK_LIFE = timedelta(hours=24)
LONGEST_EXPIRY = timedelta(days=3650)
LARGEST_LIMIT = 10**9

LONGEST_NAME = 64

_NAME = re.compile(r"[\w.@'-]+(?: [\w.@'-]+)*")
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


def is_live(session: Session, *, at: datetime) -> bool:
    """True for a session inside both of its limits.

    A clock that went back makes `at` earlier than `seen_at`; the session then
    lives on, at most as long as its limit from the start.
    """
    return at < session.seen_at + SESSION_IDLE and at < session.started_at + SESSION_LIMIT


def needs_seen(session: Session, *, at: datetime) -> bool:
    """True where `seen_at` is old enough to be written again."""
    return at >= session.seen_at + SEEN_EVERY


def is_open(link: SetupLink, *, at: datetime) -> bool:
    """True for a link that still enrols somebody."""
    return link.used_at is None and at < link.expires_at


def verify_setup_link(link: SetupLink | None, *, claimed_digest: bytes, at: datetime) -> SetupLink:
    """The link behind this digest. Raises `SetupLinkRefused`."""
    if link is None or link.digest != claimed_digest or not is_open(link, at=at):
        raise SetupLinkRefused
    return link


def parse_name(raw: str) -> str:
    """A name as it is shown. Raises `UnacceptableName`."""
    name = " ".join(unicodedata.normalize("NFKC", raw[: LONGEST_NAME * 4]).split())
    if len(raw) > LONGEST_NAME * 4 or len(name) > LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise UnacceptableName
    return name


def sign_in_name_of(name: str) -> str:
    """The one spelling of a name that is compared: case does not matter."""
    return unicodedata.normalize("NFKC", name.casefold())


def _is_right(right: str) -> bool:
    target = right.removeprefix(RESTORE_SOME)
    return right in KEY_RIGHTS or (target != right and _TARGET.fullmatch(target) is not None)


def find_expiry(expires_in: timedelta | None, *, at: datetime) -> datetime | None:
    """When a key that is made now expires.

    A life too long to be accepted stays too long, inside the calendar all the same."""
    return None if expires_in is None else at + min(expires_in, 2 * LONGEST_EXPIRY)


def verify_key_request(key: ApiKey, *, at: datetime) -> ApiKey:
    """The key, fit to be made. Raises `UnacceptableKey`."""
    if not 1 <= len(key.name) <= 100 or not key.name.isprintable() or not key.name.strip():
        raise UnacceptableKey("The name of a key has 1 to 100 printable characters.")
    if not key.purposes:
        raise UnacceptableKey("A key without a purpose opens nothing; give at least one.")
    if not all(_PURPOSE.fullmatch(purpose) for purpose in key.purposes):
        raise UnacceptableKey("A purpose has small letters, digits, dot, dash and underscore.")
    if not all(_MODEL.fullmatch(model) for model in key.models):
        raise UnacceptableKey("A model's name has 1 to 200 visible ASCII characters.")
    if not all(_is_right(right) for right in key.rights):
        raise UnacceptableKey(f"A right is not known; expected one of {', '.join(KEY_RIGHTS)}.")
    if key.expires_at is not None and not at < key.expires_at <= at + LONGEST_EXPIRY:
        raise UnacceptableKey("A key expires between now and ten years from now.")
    for limit in (key.requests_per_minute, key.tokens_per_minute):
        if limit is not None and not 1 <= limit <= LARGEST_LIMIT:
            raise UnacceptableKey("A limit per minute is between 1 and a thousand million.")
    return key
