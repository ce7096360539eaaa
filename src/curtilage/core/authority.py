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

__all__ = [
    "ADMINISTRATOR",
    "AUDITOR",
    "OPERATOR",
    "PEOPLE_MANAGER",
    "PERSON",
    "REVIEWER",
    "ROLES",
    "Authority",
    "MissingRight",
]

ADMINISTRATOR = "administrator"
AUDITOR = "auditor"
OPERATOR = "operator"
PEOPLE_MANAGER = "people-manager"
REVIEWER = "reviewer"
PERSON = "person"  # everybody who is signed in

_AUDIT = frozenset(
    {
        "ledger:export",
        "ledger:read",
        "ledger:verify",
        "policy:read",
        "requests:read",
        "reveals:read",
        "settings:read",
        "usage:read",
        "vault:read",
    }
)
_OPERATE = frozenset(
    {
        "canaries:mint",
        "corrections:manage",
        "policy:propose",
        "policy:read",
        "requests:read",
        "reveals:ask",
        "reveals:read",
        "settings:read",
        "texts:try",
        "usage:read",
    }
)
_MANAGE_PEOPLE = frozenset(
    {"clients:manage", "people:manage", "reveals:ask", "reveals:read", "sessions:manage"}
)
_REVIEW = frozenset({"policy:approve", "policy:read", "reveals:approve", "reveals:read"})

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        ADMINISTRATOR: _AUDIT
        | _OPERATE
        | _MANAGE_PEOPLE
        | _REVIEW
        | {"apikeys:manage", "clients:trust", "corrections:export", "vault:rotate"},
        AUDITOR: _AUDIT,
        OPERATOR: _OPERATE,
        PEOPLE_MANAGER: _MANAGE_PEOPLE,
        REVIEWER: _REVIEW,
        PERSON: frozenset({"account:manage", "restore"}),  # of what they sent themselves
    }
)
"""Raw values are in no role: `reveals:ask` lets somebody ask for one, for a reason, and
`reveals:approve` lets somebody else agree. The administrator holds all of it, because nobody
gives a role whose rights they do not hold; that nobody approves what they asked for holds for
them as for everybody."""


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

    def holds_all_of(self, actor: Principal, roles: Iterable[str]) -> bool:
        """Whether an actor may all that these roles may: asked of who gives or takes them."""
        return self.rights_of(roles) <= self.list_held(actor)

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
