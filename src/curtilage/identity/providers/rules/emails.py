"""Which address an account elsewhere has, and whose word on it counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from curtilage.identity.errors import UnacceptableAddress
from curtilage.identity.people.rules import parse_address
from curtilage.identity.providers.models import EmailRule, Provider

GOOGLE_MAIL = frozenset({"gmail.com", "googlemail.com"})


@dataclass(frozen=True, slots=True)
class AddressWord:
    """The address that a provider calls verified, "" for none, and whether we believe it."""

    address: str = field(default="", repr=False)
    is_trusted: bool = False


def judge_address(provider: Provider, claims: Mapping[str, Any]) -> AddressWord:
    """What the claims of one document say of an address: nothing unless all of it holds."""
    address = _read(claims.get("email"))
    if not address or not _is_verified(provider.preset.emails, claims, address):
        return AddressWord()
    return AddressWord(address, provider.trusts_email and is_within(provider, address))


def is_within(provider: Provider, address: str) -> bool:
    """Whether the provider may speak for this address: for its own domains, where it has any."""
    return not provider.domains or domain_of(address) in provider.domains


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _is_verified(rule: EmailRule, claims: Mapping[str, Any], address: str) -> bool:
    if rule is EmailRule.NEVER:
        return False
    if rule is EmailRule.MICROSOFT:
        return is_true(claims.get("xms_edov"))
    if not is_true(claims.get("email_verified")):
        return False
    return rule is not EmailRule.GOOGLE or _is_googles(claims, address)


def _is_googles(claims: Mapping[str, Any], address: str) -> bool:
    """Of other domains Google saw the mailbox once, maybe years ago; it may have new owners."""
    domain = domain_of(address)
    return domain in GOOGLE_MAIL or claims.get("hd") == domain


def is_true(claim: object) -> bool:
    """`true`, and what some write instead of it (Apple: the text; Entra: 1)."""
    return claim is True or claim in ("true", "1") or (type(claim) is int and claim == 1)


def _read(raw: object) -> str:
    try:
        return parse_address(raw) if isinstance(raw, str) else ""
    except UnacceptableAddress:
        return ""
