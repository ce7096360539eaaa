"""Usage is reported, and recounted from the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from curtilage.core.authority import AUDITOR, Authority
from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.gateway.usage.labels import NOBODY, Labels
from curtilage.gateway.usage.models import By, Counts, Period, UsageKey
from curtilage.gateway.usage.service import BATCH, UsageService, recount
from curtilage.ledger.models import Cursor, Position
from tests.builders import TENANT
from tests.fakes.token_callers import FakeTokenCallers
from tests.identity_house import ADMIN
from tests.unit.gateway.usage.calls import PRICED, FakeLedger, a_call, an_ending, an_intent, used

STRANGER = Principal(TENANT, PrincipalId("stranger"), PrincipalKind.PERSON)
ALL = Period()


@dataclass
class FakeSums:
    """Sums in a dictionary."""

    sums: dict[UsageKey, Counts] = field(default_factory=dict)
    reached: int = 0

    async def totals(
        self, tenant: TenantId, by: By, period: Period
    ) -> Sequence[tuple[str, str, Counts]]:
        column = {By.KEY: "actor", By.PERSON: "actor", By.GROUP: "group_id"}.get(by, by.value)
        return [(getattr(key, column), key.currency, each) for key, each in self.sums.items()]

    async def everything(self) -> tuple[Mapping[UsageKey, Counts], Cursor]:
        return self.sums, {"gw-0": Position(0, self.reached)}


def a_service(
    store: FakeSums,
    ledger: FakeLedger | None = None,
    by_token: FakeTokenCallers | None = None,
) -> UsageService:
    async def names() -> Mapping[str, str]:
        return {"an actor": "helpdesk"}

    async def groups() -> Mapping[str, str]:
        return {"group-1": "team"}

    labels = Labels(names, groups, by_token or FakeTokenCallers())
    return UsageService(store, ledger or FakeLedger(), Authority(), labels)


async def test_names_stand_for_pseudonyms_as_far_as_they_are_known() -> None:
    unknown = PRICED._replace(actor="forgotten", group_id="")
    service = a_service(FakeSums({PRICED: used(), unknown: used()}))
    by_key = [row.label for row in await service.report(ADMIN, By.KEY, ALL)]
    by_group = [row.label for row in await service.report(ADMIN, By.GROUP, ALL)]
    assert sorted(by_key) == ["forgotten", "helpdesk"]
    assert sorted(by_group) == ["team", NOBODY]


async def test_the_dearest_come_first_and_of_days_the_newest() -> None:
    sums = {
        PRICED._replace(model=f"m{cost}", day=f"2026-01-0{cost}"): Counts(cost=cost)
        for cost in (2, 3, 1)
    }
    service = a_service(FakeSums(sums))
    labels = [row.label for row in await service.report(ADMIN, By.MODEL, ALL)]
    assert labels == ["m3", "m2", "m1"]
    view = await service.overview(ADMIN, By.MODEL, ALL, limit=2)
    assert [row.label for row in view.days] == ["2026-01-03", "2026-01-02", "2026-01-01"]
    assert ([row.label for row in view.rows], view.more) == (["m3", "m2"], 1)


async def test_people_have_names_or_the_ends_of_ids_where_lines_are_looked_at_or_saved() -> None:
    """A sheet says no more than the page says to the same reader; commands tell ids."""
    ada, ben = "person-0000ada", "person-0000ben"
    sums = {
        PRICED._replace(actor=f"actor-{n}", app="app-1", kind="person"): Counts(cost=9 - n)
        for n in (1, 2)
    }
    known = FakeTokenCallers({"actor-1": ada, "actor-2": ben}, {ada: "Ada Quill", ben: "Ben"})
    service = a_service(FakeSums(sums), by_token=known)
    assert [row.label for row in await service.report(ADMIN, By.PERSON, ALL)] == [ada, ben]
    assert known.asked == []
    view = await service.overview(ADMIN, By.PERSON, ALL, limit=1)
    assert [(row.label, row.path) for row in view.rows] == [("Ada Quill", f"/console/people/{ada}")]
    assert known.asked == [ada], "no name is opened that nobody looks at"
    auditor = Principal(
        TENANT, PrincipalId("auditor"), PrincipalKind.PERSON, roles=frozenset({AUDITOR})
    )
    masked = await service.overview(auditor, By.PERSON, ALL, limit=9)
    assert [(row.label, row.path) for row in masked.rows] == [
        ("a person (…000ada)", ""), ("a person (…000ben)", ""),
    ]  # fmt: skip
    assert await service.sheet(auditor, By.PERSON, ALL) == masked.rows
    assert known.asked == [ada]
    assert [row.label for row in await service.sheet(ADMIN, By.PERSON, ALL)] == ["Ada Quill", "Ben"]
    whole = await service.sheet(ADMIN, By.MODEL, ALL)
    assert whole == await service.report(ADMIN, By.MODEL, ALL)


async def test_sums_that_the_ledger_bears_out_are_no_difference() -> None:
    ledger = FakeLedger(*a_call(1), *a_call(2))
    assert await a_service(FakeSums({PRICED: used(2)}, reached=4), ledger).reconcile(ADMIN) == []
    assert await a_service(FakeSums({PRICED: used(1)}, reached=2), ledger).reconcile(ADMIN) == []


async def test_a_sum_that_was_changed_is_named() -> None:
    ledger = FakeLedger(*a_call(1), *a_call(2))
    cheaper = used(1)
    (found,) = await a_service(FakeSums({PRICED: cheaper}, reached=4), ledger).reconcile(ADMIN)
    assert (found.key, found.kept, found.recounted) == (PRICED, cheaper, used(2))


async def test_who_may_not_see_usage_is_refused() -> None:
    service = a_service(FakeSums())
    for work in (
        service.report(STRANGER, By.KEY, ALL),
        service.sheet(STRANGER, By.PERSON, ALL),
        service.reconcile(STRANGER),
    ):
        with pytest.raises(DeniedError):
            await work


def test_a_call_that_spans_batches_is_counted_once() -> None:
    first = an_intent(0)
    between = [event for number in range(1, BATCH // 2 + 9) for event in a_call(number)]
    ledger = FakeLedger(first, *between, an_ending(first))
    sums = recount(ledger, {"gw-0": Position(0, len(ledger.events))})
    assert sums == {PRICED: used(BATCH // 2 + 9)}
