"""What an app keeps of a sign-in, as bytes: version 1, JSON in a seal.

A pending login is sealed into a cookie, a session into the store, each under a key of its
own and bound to its place: a box that was moved does not open (docs/reference/formats.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

import orjson

from curtilage.core.entropy import Entropy
from curtilage.identity.relying.models import PendingLogin, SessionRecord, Standing
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.vault.errors import SealBroken
from curtilage.vault.seal import derive, encode_context, open_sealed, seal

VERSION = 1
LONGEST_COOKIE = 4000  # characters; browsers keep 4096 with the name (RFC 6265bis §5.6)
LOGIN, SESSION = "relying-login", "relying-session"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Seals and opens under the app's secret keys: the first seals, all open."""

    keys: Sequence[bytes] = field(repr=False)  # of 32 bytes
    entropy: Entropy

    def seal_login(self, login: PendingLogin, *, place: str) -> str:
        """The value of the cookie that is called `place`."""
        return encode_base64url(self._seal(LOGIN, encode_login(login), place.encode()))

    def find_login(self, raw: str, *, place: str) -> PendingLogin | None:
        """The login in a cookie of this name; None for what we did not put there."""
        if len(raw) > LONGEST_COOKIE:
            return None
        try:
            sealed = decode_base64url(raw)
        except ValueError:
            return None
        return self._open(LOGIN, sealed, place.encode(), parse_login)

    def seal_session(self, record: SessionRecord, *, key: bytes) -> bytes:
        """The box that is kept under `key`."""
        return self._seal(SESSION, encode_session(record), key)

    def find_session(self, box: bytes, *, key: bytes) -> SessionRecord | None:
        """The session of a box; None where it is not ours, or not for this place."""
        return self._open(SESSION, box, key, parse_session)

    def _seal(self, use: str, plain: bytes, place: bytes) -> bytes:
        context = encode_context(use, VERSION, place)
        return seal(derive(self.keys[0], use), plain, context, entropy=self.entropy)

    def _open(self, use: str, sealed: bytes, place: bytes, parse: Callable[[bytes], T]) -> T | None:
        for key in self.keys:
            try:
                plain = open_sealed(derive(key, use), sealed, encode_context(use, VERSION, place))
            except SealBroken:
                continue
            return parse(plain)
        return None


def derive_key(secret: str) -> bytes:
    """32 bytes of a secret that is long and random already (`settings.SHORTEST_KEY`)."""
    return sha256(b"curtilage relying party 1\0" + secret.encode()).digest()


def encode_login(login: PendingLogin) -> bytes:
    """Version 1 of a pending login."""
    return orjson.dumps(
        [
            VERSION,
            login.state,
            login.nonce,
            login.verifier,
            login.onward,
            int(login.begun_at.timestamp()),
            login.acr,
            login.max_age,
        ]
    )


def parse_login(raw: bytes) -> PendingLogin:
    """The login that `encode_login` wrote; it was sealed here, so it is well formed."""
    _, state, nonce, verifier, onward, begun_at, acr, max_age = orjson.loads(raw)
    return PendingLogin(state, nonce, verifier, onward, _instant(begun_at), acr, max_age)


def encode_session(record: SessionRecord) -> bytes:
    """Version 1 of a session."""
    standing = record.standing
    return orjson.dumps(
        {
            "v": VERSION,
            "sub": standing.subject,
            "acr": standing.acr,
            "amr": standing.amr,
            "at": _seconds(standing.authenticated_at),
            "scopes": sorted(standing.scopes),
            "purposes": sorted(standing.purposes),
            "name": record.name,
            "sid": record.sid,
            "made": _seconds(record.made_at),
            "ends": _seconds(record.ends_at),
            "access": record.access_token,
            "access_ends": _seconds(record.access_ends_at),
            "refresh": record.refresh_token,
            "id": record.id_token,
        }
    )


def parse_session(raw: bytes) -> SessionRecord:
    """The session that `encode_session` wrote; it was sealed here, so it is well formed."""
    kept: dict[str, Any] = orjson.loads(raw)
    since = kept["at"]
    return SessionRecord(
        standing=Standing(
            subject=kept["sub"],
            acr=kept["acr"],
            amr=tuple(kept["amr"]),
            authenticated_at=None if since is None else _instant(since),
            scopes=frozenset(kept["scopes"]),
            purposes=frozenset(kept["purposes"]),
        ),
        name=kept["name"],
        sid=kept["sid"],
        made_at=_instant(kept["made"]),
        ends_at=_instant(kept["ends"]),
        access_token=kept["access"],
        access_ends_at=_instant(kept["access_ends"]),
        refresh_token=kept["refresh"],
        id_token=kept["id"],
    )


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
