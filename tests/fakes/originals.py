"""What holds raw values, kept in a dictionary."""

from dataclasses import dataclass, field

from curtilage.core.models import PrincipalId
from curtilage.identity.reveal.errors import UnknownValue, ValueErased
from curtilage.identity.reveal.models import Found, Opened, Target


@dataclass
class FakeOriginals:
    """Values by what they are asked as, with whose they are; counts how often one is opened."""

    values: dict[Target, str] = field(default_factory=dict)
    owners: dict[Target, PrincipalId] = field(default_factory=dict)
    erased: set[Target] = field(default_factory=set)
    opened: list[Target] = field(default_factory=list)

    async def find(self, target: Target) -> Found:
        if target in self.erased:
            raise ValueErased
        if target not in self.values:
            raise UnknownValue
        owner = self.owners.get(target)
        return Found("" if owner is None else f"s-{owner}", owner)

    async def open(self, target: Target) -> Opened:
        await self.find(target)
        self.opened.append(target)
        return Opened((("Value", self.values[target]),))
