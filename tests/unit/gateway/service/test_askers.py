"""Who asked, in words."""

from typing import Any

import pytest

from curtilage.core.authority import Authority
from curtilage.core.models import Principal
from curtilage.gateway.rows import ExchangeRow, make_row
from curtilage.gateway.service.askers import (
    Askers,
    name_askers,
    path_of_app,
    path_of_person,
)
from curtilage.gateway.views import AppName, Asker
from tests.builders import a_principal
from tests.fakes.token_callers import FakeTokenCallers
from tests.unit.gateway.service.exchanges import an_intent

KNOWN = FakeTokenCallers({"actor-7": "p/7"}, {}, {"c-hash": AppName("app?1", "Notes")})
KEYS = {"actor-1": "Helpdesk"}


def a_row(app: str = "c-hash", *, actor: str = "actor-7", kind: str = "person") -> ExchangeRow:
    facts = {"app": app} if app else {}
    return make_row(an_intent(actor=actor, actor_kind=kind, facts=facts), None)


async def name(row: ExchangeRow, *rights: str) -> Asker:
    reader: Principal = a_principal(rights=frozenset(rights))
    askers = await name_askers([row], reader, keys=KEYS, tokens=KNOWN, authority=Authority())
    return askers.find(row)


async def test_a_key_has_its_name_whatever_else_is_known() -> None:
    assert await name(a_row("", actor="actor-1")) == Asker("Helpdesk")
    assert await name(a_row("", actor="actor-9")) == Asker("a caller no longer known")


@pytest.mark.parametrize("kind", ["person", "agent"])
async def test_a_person_is_named_by_the_app_and_linked_for_who_may_open_the_page(
    kind: str,
) -> None:
    plain = await name(a_row(kind=kind))
    assert plain == Asker("a person by Notes", app="Notes", is_person=True)
    people = await name(a_row(kind=kind), "people:manage")
    assert (people.person_path, people.app_path) == ("/console/people/p%2F7", "")
    apps = await name(a_row(kind=kind), "clients:manage")
    assert (apps.person_path, apps.app_path) == ("", "/console/apps/app%3F1")


async def test_an_app_that_acts_for_itself_is_no_person() -> None:
    shown = await name(a_row(kind="service"), "clients:manage", "people:manage")
    assert shown == Asker("Notes", app="Notes", app_path="/console/apps/app%3F1")


@pytest.mark.parametrize(
    ("row", "who"),
    [
        (a_row("gone", actor="actor-9"), "a person by an app no longer known"),
        (a_row("gone", kind="service"), "an app no longer known"),
        (a_row(actor="actor-9"), "a person by Notes"),
    ],
)
async def test_what_is_not_known_any_more_is_said_and_leads_nowhere(row: Any, who: str) -> None:
    shown = await name(row, "people:manage")
    assert (shown.who, shown.person_path) == (who, "")


def test_paths_hold_ids_as_they_are() -> None:
    assert (path_of_person("a b"), path_of_app("../x")) == (
        "/console/people/a%20b", "/console/apps/..%2Fx",
    )  # fmt: skip
    assert Askers({}).find(a_row()).who == "a person by an app no longer known"
