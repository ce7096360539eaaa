"""Home-realm discovery: to which provider an address belongs. Pure."""

from collections.abc import Iterable

from curtilage.identity.errors import UnacceptableAddress
from curtilage.identity.people.rules import parse_address
from curtilage.identity.providers.models import Provider
from curtilage.identity.providers.rules.emails import domain_of


def find_realm(providers: Iterable[Provider], typed: str) -> Provider | None:
    """Whose domain the address is of, exactly: a subdomain is its own.

    None for what is no address, and for domains of nobody."""
    try:
        domain = domain_of(parse_address(typed))
    except UnacceptableAddress:
        return None
    return next((each for each in providers if domain in each.domains), None)
