"""Proof that a form was sent from our own page (OWASP: synchroniser token).

The token is a keyed hash of a cookie that scripts cannot read: the session's
where there is one, else a cookie made for the form alone (double submit). So
it is bound to the visit, needs no store, and says nothing about the cookie.
Each page gets it under a fresh mask, so that compression by a proxy in front
cannot be used to guess it (the BREACH attack).
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from curtilage.core.entropy import Entropy
from curtilage.web.errors import ForgedForm

FIELD = "_csrf"
TAG_BYTES = 32
ENCODED = 86  # 64 bytes in base64url without padding


def issue_token(key: bytes, cookie: str, entropy: Entropy) -> str:
    """A token for the form of a visit whose cookie is `cookie`."""
    mask = entropy.token_bytes(TAG_BYTES)
    masked = _xor(mask, _tag(key, cookie))
    return urlsafe_b64encode(mask + masked).rstrip(b"=").decode()


def verify_token(key: bytes, cookie: str, claimed: str) -> None:
    """Raise ForgedForm unless `claimed` was issued for this cookie."""
    if not cookie or len(claimed) != ENCODED or not claimed.isascii():
        raise ForgedForm
    try:
        raw = urlsafe_b64decode(claimed + "==")
    except ValueError:
        raise ForgedForm from None
    if len(raw) != 2 * TAG_BYTES:
        raise ForgedForm
    if not hmac.compare_digest(_xor(raw[:TAG_BYTES], raw[TAG_BYTES:]), _tag(key, cookie)):
        raise ForgedForm


def verify_origin(origin: str | None, site: str | None, *, expected: frozenset[str]) -> None:
    """Raise ForgedForm where the browser itself says that another site asked.

    Under our `Referrer-Policy: no-referrer` browsers send the origin of a form
    as `null` (Fetch §3.2); then `Sec-Fetch-Site` (W3C Fetch Metadata) must say
    that it was us. A client that sends neither is judged by its token alone.
    """
    if site is not None and site not in {"same-origin", "none"}:
        raise ForgedForm
    if origin is None or origin in expected:
        return
    if origin != "null" or site != "same-origin":
        raise ForgedForm


def _tag(key: bytes, cookie: str) -> bytes:
    return hmac.digest(key, b"curtilage form token 1\x00" + cookie.encode(), hashlib.sha256)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
