"""What comes back by way of the browser (OIDC Core §3.1.2.5, RFC 9207 §2.4).

Hostile until it is judged: anybody can send anybody there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.models import Metadata, Provider
from curtilage.identity.providers.rules.presets import expected_issuer

LONGEST = 4096
NAMES = ("code", "state", "iss", "error")
SAYS_NO = frozenset({"access_denied", "user_cancelled_authorize", "user_cancelled_login"})


@dataclass(frozen=True, slots=True)
class Callback:
    """What was claimed."""

    state: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    iss: str | None = None
    error: str = field(default="", repr=False)


def parse_callback(given: Mapping[str, str]) -> Callback:
    """The parameters that mean something. Raises `ProviderRefused` for what is no answer."""
    picked = {name: given.get(name, "") for name in NAMES}
    if any(len(each) > LONGEST or not each.isprintable() for each in picked.values()):
        raise ProviderRefused(ProviderReason.ANSWER)
    iss = picked["iss"] if "iss" in given else None
    return Callback(picked["state"], picked["code"], iss, picked["error"])


@dataclass(frozen=True, slots=True)
class VerifiedCode:
    """A code that came from the provider that was asked."""

    code: str = field(repr=False)


def verify_callback(callback: Callback, provider: Provider, metadata: Metadata) -> VerifiedCode:
    """The code, if the answer is of this provider. Raises `ProviderRefused`.

    Where the provider says that it names itself, an answer without a name is of somebody
    else (RFC 9207 §2.4: mix-up)."""
    if callback.iss is None:
        if metadata.names_issuer:
            raise ProviderRefused(ProviderReason.ISSUER)
    elif callback.iss not in _issuers(provider, metadata):
        raise ProviderRefused(ProviderReason.ISSUER)
    if callback.error:
        denied = callback.error in SAYS_NO
        raise ProviderRefused(ProviderReason.DENIED if denied else ProviderReason.ANSWER)
    if not callback.code:
        raise ProviderRefused(ProviderReason.ANSWER)
    return VerifiedCode(callback.code)


def _issuers(provider: Provider, metadata: Metadata) -> frozenset[str]:
    """Who may answer: the pinned one, or one of the tenants that were let in. No secrets."""
    if not provider.tenants:
        return frozenset({provider.issuer})
    return frozenset(expected_issuer(metadata.issuer, tenant=each) for each in provider.tenants)
