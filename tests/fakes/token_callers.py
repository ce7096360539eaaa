"""People and apps that came with access tokens, in dictionaries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from curtilage.gateway.views import AppName


@dataclass
class FakeTokenCallers:
    """`people` are ids by pseudonym, `names` names by id; `asked` is whose names were read."""

    people: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    apps: dict[str, AppName] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def find_people(self, actors: Collection[str]) -> Mapping[str, str]:
        return {each: self.people[each] for each in actors if each in self.people}

    async def name_people(self, ids: Collection[str]) -> Mapping[str, str]:
        self.asked += sorted(ids)
        return {each: self.names[each] for each in ids if each in self.names}

    async def name_apps(self, ids: Collection[str]) -> Mapping[str, AppName]:
        return {each: self.apps[each] for each in ids if each in self.apps}
