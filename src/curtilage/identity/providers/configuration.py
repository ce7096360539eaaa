"""Reads the providers of the settings, and refuses at the start what could not be used."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from curtilage.core.errors import SetupError
from curtilage.core.settings import Source, read_section, section_keys
from curtilage.identity.providers.rules.presets import NO_OIDC, PRESETS
from curtilage.identity.providers.settings import SECTION, ProviderSettings

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")  # stands in addresses
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_MANY_TENANTS = ("/organizations/", "/common/")


def read_providers(sources: Mapping[str, Source]) -> dict[str, ProviderSettings]:
    """Every provider of the file by its name. Raises a SetupError that names the setting."""
    dotted = [name for name in sources if name.startswith(f"{SECTION}.")]
    names = sorted({name.split(".")[2] for name in dotted})
    found = {name: _read(name, sources) for name in names}
    _refuse_shared_domains(found)
    return found


def _read(name: str, sources: Mapping[str, Source]) -> ProviderSettings:
    prefix = f"{SECTION}.{name}"
    if _NAME.fullmatch(name) is None:
        raise SetupError(f"A name under {SECTION} is none: use small letters, digits and `-`.")
    known = section_keys(ProviderSettings, prefix)
    for dotted in sources:
        if dotted.startswith(f"{prefix}.") and dotted not in known:
            raise SetupError(f"The setting {dotted} is not known.")
    given = read_section(ProviderSettings, prefix, sources)
    _check_preset(given, prefix)
    _check_issuer(given.issuer or PRESETS[given.preset].issuer, prefix)
    _check_proof(given, prefix)
    _check_tenants(given, prefix)
    _check_lists(given, prefix)
    return given


def _check_preset(given: ProviderSettings, prefix: str) -> None:
    if given.preset in NO_OIDC:
        raise SetupError(
            f"The setting {prefix}.preset names a service without OpenID Connect.",
            hint="Put a server in between that speaks it, such as Keycloak, and name that one.",
        )
    if given.preset not in PRESETS:
        raise SetupError(f"The setting {prefix}.preset must be one of {', '.join(PRESETS)}.")
    if not given.client_id or not given.client_id.isprintable():
        raise SetupError(f"The setting {prefix}.client_id must not be empty.")


def _check_issuer(issuer: str, prefix: str) -> None:
    try:
        parts = urlsplit(issuer)
        is_whole = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        is_whole = False
    plain = issuer.isascii() and issuer.isprintable() and not set(issuer) & set("?# \"'<>\\")
    if not (is_whole and plain and issuer.startswith(("https://", "http://"))):
        raise SetupError(
            f"The setting {prefix}.issuer is no issuer; expected one like https://id.example."
        )


def _check_proof(given: ProviderSettings, prefix: str) -> None:
    if bool(given.client_secret_env) == (given.client_key is not None):
        raise SetupError(
            f"The settings {prefix}.client_secret_env and {prefix}.client_key: give one of the two."
        )
    if given.client_key is not None and not given.client_key.is_file():
        raise SetupError(f"The setting {prefix}.client_key names no file.")
    is_apple = given.preset == "apple"
    if is_apple and not (given.client_key and given.client_key_id and given.team):
        raise SetupError(
            f"The settings {prefix}.client_key, client_key_id and team go together for apple."
        )
    if given.team and not is_apple:
        raise SetupError(f"The setting {prefix}.team is for the preset apple.")


def _check_tenants(given: ProviderSettings, prefix: str) -> None:
    """Nobody's tenant is let in that was not named."""
    preset = PRESETS[given.preset]
    issuer = given.issuer or preset.issuer
    many = preset.issuer_has_tenant and any(each in issuer for each in _MANY_TENANTS)
    if many and not given.tenants:
        raise SetupError(
            f"The setting {prefix}.tenants must name the tenants whose people may come.",
            hint="Or give the issuer of one tenant: https://login.microsoftonline.com/ID/v2.0.",
        )
    if given.tenants and not many:
        raise SetupError(f"The setting {prefix}.tenants is for an issuer of several tenants.")


def _check_lists(given: ProviderSettings, prefix: str) -> None:
    if not all(_DOMAIN.fullmatch(each) for each in given.domains):
        raise SetupError(f"The setting {prefix}.domains must hold domains such as orchard.example.")
    if given.scopes and "openid" not in given.scopes:
        raise SetupError(f"The setting {prefix}.scopes must hold openid.")


def _refuse_shared_domains(found: Mapping[str, ProviderSettings]) -> None:
    seen: set[str] = set()
    for name, given in found.items():
        if seen & set(given.domains):
            raise SetupError(
                f"The setting {SECTION}.{name}.domains holds a domain of another provider."
            )
        seen |= set(given.domains)
