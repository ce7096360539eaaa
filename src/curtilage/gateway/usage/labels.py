"""What sums are called: keys, groups and apps by their names, people by their ids.

Names of people are under their own keys, each of which has to be opened: only lines that
somebody looks at or saves get them, and only for who may open the pages of people. Others get
the ends of ids.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from curtilage.core.words import say
from curtilage.gateway.ports import TokenCallers
from curtilage.gateway.service.askers import NO_APP, NO_PERSON, path_of_app, path_of_person
from curtilage.gateway.usage.models import By, Counts, UsageRow
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.oauth.models.clients import MANAGE_CLIENTS

NOBODY = "–"  # for what a call was not counted under: no group, a model that was never read
END = 6  # characters of an id that tell people apart

Names = Callable[[], Awaitable[Mapping[str, str]]]
Totals = Sequence[tuple[str, str, Counts]]


@dataclass(frozen=True, slots=True)
class Labels:
    """`keys` gives names for pseudonyms of their holders, `groups` for ids of groups."""

    keys: Names
    groups: Names
    by_token: TokenCallers

    async def label(self, by: By, totals: Totals, held: Collection[str]) -> list[UsageRow]:
        """Lines of a report. `held` are the rights of who reads it."""
        if by is By.PERSON:
            return await self._label_people(totals)
        if by is By.APP:
            return await self._label_apps(totals, is_linked=MANAGE_CLIENTS in held)
        names: Mapping[str, str] = {}
        if by in (By.KEY, By.GROUP):
            names = await (self.keys() if by is By.KEY else self.groups())
        return [
            UsageRow(names.get(what, what) or NOBODY, currency, counts)
            for what, currency, counts in totals
        ]

    async def name_people(
        self, rows: Sequence[UsageRow], held: Collection[str]
    ) -> Sequence[UsageRow]:
        """The same lines with names, or with the ends of ids for who may not read those."""
        names: Mapping[str, str] = {}
        if MANAGE_PEOPLE in held:
            names = await self.by_token.name_people({row.label for row in rows} - {NO_PERSON})
        return [
            replace(row, label=name, path=path_of_person(row.label))
            if (name := names.get(row.label))
            else _mask(row)
            for row in rows
        ]

    async def _label_people(self, totals: Totals) -> list[UsageRow]:
        """One of a person may be several pseudonyms: apps may call them by names of their own."""
        people = await self.by_token.find_people({what for what, _, _ in totals})
        return _add_up(
            (person, UsageRow(person or NO_PERSON, currency, counts))
            for what, currency, counts in totals
            for person in (people.get(what, ""),)
        )

    async def _label_apps(self, totals: Totals, *, is_linked: bool) -> list[UsageRow]:
        apps = await self.by_token.name_apps({what for what, _, _ in totals})
        times = Counter(app.name for app in apps.values())
        rows: list[tuple[str, UsageRow]] = []
        for what, currency, counts in totals:
            app = apps.get(what)
            if app is None:
                rows.append(("", UsageRow(NO_APP, currency, counts)))
                continue
            name = app.name if times[app.name] == 1 else f"{app.name} (…{app.id[-END:]})"
            path = path_of_app(app.id) if is_linked else ""
            rows.append((what, UsageRow(name, currency, counts, path)))
        return _add_up(rows)


def _add_up(rows: Iterable[tuple[str, UsageRow]]) -> list[UsageRow]:
    """One line for each of the ids in each currency."""
    sums: dict[tuple[str, str], UsageRow] = {}
    for id, row in rows:
        before = sums.get((id, row.currency))
        counts = row.counts if before is None else before.counts.plus(row.counts)
        sums[id, row.currency] = replace(row, counts=counts)
    return list(sums.values())


def _mask(row: UsageRow) -> UsageRow:
    """A person by the end of their id."""
    if row.label == NO_PERSON:
        return row
    return replace(row, label=say("a person (…{end})", end=row.label[-END:]))
