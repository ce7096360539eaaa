"""Whose passkeys these are and where they are shown (Web Authentication Level 3 §5.1.2).

The RP ID outlives addresses: a passkey made for one is never of use for another. So it can
be set apart from the public address, and addresses that share it are named to browsers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from curtilage.core.errors import SetupError
from curtilage.identity.settings import IdentitySettings
from curtilage.identity.wire.errors import UnacceptableOrigin
from curtilage.identity.wire.webauthn_options import related_origins, verify_origin

USUAL_PORTS = {"https": 443, "http": 80}
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The RP ID, what browsers call us, and the origins at which its keys are taken."""

    id: str
    name: str
    origins: tuple[str, ...]


def find_relying_party(
    public_url: str, *, name: str, settings: IdentitySettings
) -> RelyingParty | None:
    """Who asks for passkeys; None where browsers make none: plain HTTP, or a bare address.

    Raises a SetupError for settings that cannot be used."""
    others = _verify_others(settings.passkey_origins)
    parts = urlsplit(public_url)
    host = (parts.hostname or "").lower()
    id = settings.passkey_domain or host
    if _DOMAIN.fullmatch(id) is None or _is_address(id):
        if settings.passkey_domain:
            raise SetupError("The setting identity.passkey_domain is no domain in small letters.")
        return None
    try:
        own = verify_origin(_origin_of(parts, host))
    except UnacceptableOrigin:
        return None
    return RelyingParty(id, name, tuple(dict.fromkeys((own, *others))))


def _verify_others(origins: Sequence[str]) -> Sequence[str]:
    try:
        return related_origins(origins)["origins"]
    except UnacceptableOrigin as wrong:
        raise SetupError(
            "The setting identity.passkey_origins has an entry that is no origin.",
            hint=wrong.hint,
        ) from None


def _origin_of(parts: SplitResult, host: str) -> str:
    port = parts.port
    is_usual = port is None or port == USUAL_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
