"""Sums are called by names that people know, each once."""

from collections.abc import Mapping

from curtilage.gateway.usage.labels import Labels
from curtilage.gateway.usage.models import By, Counts, UsageRow
from curtilage.gateway.views import AppName
from tests.fakes.token_callers import FakeTokenCallers

ONE, TWO, BOTH = Counts(calls=1, cost=3), Counts(calls=2, cost=4), Counts(calls=3, cost=7)
MANAGER = frozenset({"people:manage", "clients:manage"})


async def nothing() -> Mapping[str, str]:
    return {}


def some_labels(**known: dict[str, str]) -> Labels:
    apps = {id: AppName(id, name) for id, name in known.pop("apps", {}).items()}
    return Labels(nothing, nothing, FakeTokenCallers(**known, apps=apps))


async def test_a_person_whom_apps_call_by_several_names_is_one_line_in_each_currency() -> None:
    labels = some_labels(people={"a": "p-1", "b": "p-1"})
    totals = [("a", "EUR", ONE), ("b", "EUR", TWO), ("b", "USD", ONE), ("c", "EUR", ONE)]
    rows = await labels.label(By.PERSON, [*totals, ("d", "EUR", TWO)], MANAGER)
    assert [(row.label, row.currency, row.counts) for row in rows] == [
        ("p-1", "EUR", BOTH), ("p-1", "USD", ONE), ("a person no longer known", "EUR", BOTH),
    ]  # fmt: skip


async def test_apps_of_one_name_are_told_apart() -> None:
    labels = some_labels(apps={"app-000001": "Notes", "app-000002": "Notes", "app-3": "Diary"})
    totals = [(id, "EUR", ONE) for id in ("app-000001", "app-000002", "app-3", "x", "y")]
    rows = await labels.label(By.APP, totals, MANAGER)
    assert [(row.label, row.counts.calls, row.path) for row in rows] == [
        ("Notes (…000001)", 1, "/console/apps/app-000001"),
        ("Notes (…000002)", 1, "/console/apps/app-000002"),
        ("Diary", 1, "/console/apps/app-3"),
        ("an app no longer known", 2, ""),
    ]
    hidden = await labels.label(By.APP, totals, frozenset({"usage:read"}))
    assert {row.path for row in hidden} == {""}
    assert len(hidden) == 4


async def test_names_of_people_are_for_who_may_read_them() -> None:
    labels = some_labels(names={"person-000001": "Ada Quill", "person-000002": ""})
    rows = [
        UsageRow(label, "EUR", ONE)
        for label in ("person-000001", "person-000002", "a person no longer known")
    ]
    named = await labels.name_people(rows, MANAGER)
    assert [(row.label, row.path) for row in named] == [
        ("Ada Quill", "/console/people/person-000001"),
        ("a person (…000002)", ""),
        ("a person no longer known", ""),
    ]
    masked = await labels.name_people(rows, frozenset({"usage:read"}))
    assert [row.label for row in masked] == [
        "a person (…000001)", "a person (…000002)", "a person no longer known",
    ]  # fmt: skip
    assert labels.by_token.asked == ["person-000001", "person-000002"]  # type: ignore[attr-defined]
