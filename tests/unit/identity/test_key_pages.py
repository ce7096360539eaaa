from datetime import timedelta

import pytest

from curtilage.core.errors import InputError
from curtilage.core.models import Principal
from curtilage.identity.budgets import Tally
from curtilage.identity.key_pages import ROWS, bar_of
from curtilage.identity.rules import state_of
from curtilage.identity.service.keys import CreatedKey, KeyRequest
from curtilage.web.present import THIN
from tests.fakes.clock import START
from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.keys import CALLS, MONEY, TEAM, FakeKeys, a_key, some_keys
from tests.fakes.visitor import Visitor


async def a_visitor(keys: FakeKeys) -> Visitor:
    return await Visitor(FakeConsole(keys=keys)).sign_in()


async def test_without_keys_the_page_teaches_how_to_make_one() -> None:
    text = (await (await a_visitor(FakeKeys())).get("/console/keys")).text
    assert "No key yet" in text
    assert "curtilage apikeys create me" in text


async def test_a_key_is_for_the_usual_purpose_unless_somebody_chooses() -> None:
    text = (await (await a_visitor(FakeKeys())).get("/console/keys")).text
    assert '<option value="analyse">' in text
    assert '<option value="assist" selected>' in text


async def test_the_usual_purpose_is_the_one_of_now() -> None:
    console = FakeConsole(keys=FakeKeys())
    visitor = await Visitor(console).sign_in()
    console.usual_purpose = "analyse"
    text = (await visitor.get("/console/keys")).text
    assert '<option value="analyse" selected>' in text


async def test_a_new_key_is_shown_once_and_never_again() -> None:
    visitor = await a_visitor(FakeKeys())
    made = await visitor.post(
        "/console/keys", page="/console/keys", name="Helpdesk", purpose="assist", expires="90"
    )
    assert "cur_Example" in made.text
    assert made.headers["cache-control"] == "no-store"
    assert "cur_Example" not in (await visitor.get("/console/keys")).text


async def test_revoking_says_which_key_and_takes_its_button_away() -> None:
    visitor = await a_visitor(FakeKeys([a_key(1, name="Letters")]))
    path = f"/console/keys/{fixed_id(1)}/revoke"
    assert path in (await visitor.get("/console/keys")).text
    assert (await visitor.post(path, page="/console/keys")).status_code == 303
    text = (await visitor.get("/console/keys")).text
    assert "The key Letters is revoked." in text
    assert path not in text
    unknown = f"/console/keys/{fixed_id(9)}/revoke"
    assert (await visitor.post(unknown, page="/console/keys")).status_code == 404


async def test_a_key_is_shown_with_its_owner_what_it_may_and_where() -> None:
    text = (await (await a_visitor(FakeKeys(some_keys()))).get("/console/keys")).text
    for words in (
        f"/console/people/{fixed_id(5)}", "claude-sonnet-4-5, gpt-4o", "people:manage",
        "no model", "Get originals back in place of their tokens",
    ):  # fmt: skip
        assert words in text, words


async def test_a_rotated_key_is_shown_once_and_says_when_the_old_one_ends() -> None:
    keys = FakeKeys([a_key(1, name="Letters")])
    visitor = await a_visitor(keys)
    path = f"/console/keys/{fixed_id(1)}/rotate"
    made = await visitor.post(path, page="/console/keys", overlap="168")
    assert "cur_Rotated" in made.text
    assert "When the key that it replaces ends: In a week" in made.text
    assert keys.kept[0].expires_at == START + timedelta(days=7)
    keys.kept = [a_key(1, revoked_at=START)]
    answer = await visitor.post(path, page="/console/keys")
    assert answer.headers["location"] == "/console/keys"
    assert "The key has ended" in (await visitor.get("/console/keys")).text


async def test_many_keys_are_shown_in_parts() -> None:
    visitor = await a_visitor(FakeKeys([a_key(number) for number in range(1, ROWS + 4)]))
    first = (await visitor.get("/console/keys")).text
    assert first.count("/revoke") == first.count("/rotate") == ROWS
    older = first.split("/console/keys?after=")[1].split('"')[0]
    assert (await visitor.get(f"/console/keys?after={older}")).text.count("/revoke") == 3


@pytest.mark.parametrize(("name", "expires"), [("", "90"), ("x" * 65, "90"), ("ok", "soon")])
async def test_a_key_that_cannot_be_made_is_an_error_beside_the_field(
    name: str, expires: str
) -> None:
    keys = FakeKeys()
    visitor = await a_visitor(keys)
    answer = await visitor.post(
        "/console/keys", page="/console/keys", name=name, purpose="assist", expires=expires
    )
    assert answer.status_code == 422
    assert '<a href="#name">' in answer.text
    assert keys.kept == []


async def test_what_the_service_refuses_is_said_in_its_words() -> None:
    class Refusing(FakeKeys):
        async def create(self, actor: Principal, request: KeyRequest) -> CreatedKey:
            raise InputError("The policy does not know one of the purposes.")

    visitor = await a_visitor(Refusing())
    answer = await visitor.post(
        "/console/keys", page="/console/keys", name="x", purpose="unheard-of", expires="never"
    )
    assert "The policy does not know one of the purposes." in answer.text


def test_a_key_that_was_revoked_is_revoked_even_when_it_has_expired() -> None:
    assert state_of(a_key(1, revoked_at=START, expires_at=START), at=START) == "revoked"
    assert state_of(a_key(1, expires_at=START), at=START) == "expired"
    assert state_of(a_key(1, expires_at=None), at=START) == "active"


async def test_budgets_are_drawn_with_what_is_taken_of_them() -> None:
    limited = a_key(1, budgets=(MONEY, CALLS), group=TEAM)
    text = (await (await a_visitor(FakeKeys([limited, a_key(2)]))).get("/console/keys")).text
    assert "12.40 of 20.00, this month" in text
    assert f"5{THIN}000 of 5{THIN}000 requests, today" in text and "– used up" in text
    assert "shared: Patient services" in text and "– nearly used up" in text
    assert text.count('class="budget ') == 3


def test_a_bar_is_never_longer_than_its_budget() -> None:
    key = a_key(1, budgets=(CALLS,))
    assert bar_of(Tally(key.id, CALLS, used=9999), key).percent == 100
    assert bar_of(Tally(key.id, CALLS, used=4999), key).tone == "attention"
    assert bar_of(Tally(key.id, CALLS), key).tone == "neutral"
