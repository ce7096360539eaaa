"""Who may do what: rights by name, roles that bundle them.

A right is `<area>:<act>`. A principal holds the rights written on it (an API
key's, a session's) and those of its roles. Service methods ask once, first
thing; pages name theirs on the route. Nothing is allowed by silence: a right
that no role lists and nobody was given is refused.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from curtilage.core.errors import MissingRight
from curtilage.core.models import Principal, TenantId
from curtilage.core.words import say

__all__ = ["ADMINISTRATOR", "PERSON", "ROLES", "Authority", "MissingRight"]

ADMINISTRATOR = "administrator"
PERSON = "person"  # everybody who is signed in

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        ADMINISTRATOR: frozenset(
            {
                "apikeys:manage",
                "canaries:mint",
                "clients:manage",
                "corrections:export",
                "corrections:manage",
                "ledger:export",
                "ledger:read",
                "ledger:verify",
                "people:manage",
                "policy:approve",
                "policy:propose",
                "policy:read",
                "requests:read",
                "sessions:manage",
                "settings:read",
                "texts:try",
                "usage:read",
                "vault:read",
                "vault:rotate",
            }
        ),
        PERSON: frozenset({"account:manage", "restore"}),  # of what they sent themselves
    }
)
"""Raw values are in no role: to open them takes a right given for a reason, by a second person."""


class Authority:
    """Judges by a table of roles, the product's own unless another is given."""

    def __init__(self, roles: Mapping[str, frozenset[str]] = ROLES) -> None:
        self._roles = roles

    def rights_of(self, roles: Iterable[str]) -> frozenset[str]:
        """All rights that these roles bundle; a role that is not known has none."""
        return frozenset().union(*(self._roles.get(role, frozenset()) for role in roles))

    def list_held(self, actor: Principal) -> frozenset[str]:
        """All rights of an actor, of its own and by its roles."""
        return actor.rights | self.rights_of(actor.roles)

    def list_roles(self) -> frozenset[str]:
        """The roles that can be given; everybody who is signed in has the other."""
        return frozenset(self._roles) - {PERSON}

    def require(self, actor: Principal, right: str, *, tenant: TenantId) -> None:
        """Return for an actor of this tenant who holds the right. Raises DeniedError."""
        if actor.tenant != tenant:
            raise MissingRight  # names nothing: that the tenant exists is not theirs to know
        if right in self.list_held(actor):
            return
        raise MissingRight(say("This needs the right {right}.", right=right))
