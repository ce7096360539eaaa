"""Policies in the console: what is shown, and what a form does."""

import re
from dataclasses import replace

import pytest

from tests.fakes.console import FakeConsole
from tests.fakes.policies import BROKEN, MINE, PROPOSED, SHADOW, FakePolicies, a_version
from tests.fakes.visitor import Visitor

LIST, ONE = "/console/policies", "/console/policies/helpdesk"


async def a_visitor(policies: FakePolicies) -> Visitor:
    return await Visitor(FakeConsole(policies=policies)).sign_in()


async def read(path: str, policies: FakePolicies | None = None) -> str:
    return (await (await a_visitor(policies or FakePolicies())).get(path)).text


async def test_the_list_says_what_decides_what_is_broken_and_what_changed() -> None:
    text = await read(LIST)
    assert text.count("Decides now") == 2, "the policy, and its version"
    assert BROKEN in text and "Not understood" in text
    assert "/console/try?policy=helpdesk" in text
    assert "/console/try?policy=letters" not in text, "what is not understood cannot be tried"
    assert PROPOSED.reason in text and "Put forward by Grace Marl" in text


async def test_without_a_past_the_list_teaches_where_to_look() -> None:
    text = await read(LIST, FakePolicies(versions=[]))
    assert "Nothing has changed yet" in text
    assert "curtilage policy show" in text


async def test_a_long_past_is_cut_and_stays_a_page() -> None:
    versions = [a_version(number % 250) for number in range(400)]
    text = await read(LIST, FakePolicies(versions=versions))
    assert text.count("Compare</a>") == 25


async def test_what_somebody_else_put_forward_can_be_approved_and_what_is_mine_cannot() -> None:
    text = await read(ONE)
    assert f'name="version" value="{PROPOSED.version}"' in text
    assert f'name="version" value="{MINE.version}"' not in text
    assert "Somebody else has to approve it" in text


async def test_approving_asks_the_service_and_says_what_follows() -> None:
    policies = FakePolicies()
    visitor = await a_visitor(policies)
    answer = await visitor.post(f"{ONE}/approve", page=ONE, version=PROPOSED.version)
    assert (answer.status_code, answer.headers["location"]) == (303, ONE)
    assert policies.approved == [PROPOSED.version]
    assert "is approved. It decides as soon as its file holds it." in (await visitor.get(ONE)).text
    refused = await visitor.post(f"{ONE}/approve", page=ONE, version=MINE.version)
    assert refused.status_code == 403
    assert policies.approved == [PROPOSED.version]


async def test_a_form_without_its_token_approves_nothing() -> None:
    policies = FakePolicies()
    visitor = await a_visitor(policies)
    answer = await visitor.post(f"{ONE}/approve", token="", version=PROPOSED.version)
    assert answer.status_code == 403
    assert policies.approved == []


async def test_what_is_put_forward_needs_a_reason() -> None:
    policies = FakePolicies()
    visitor = await a_visitor(policies)
    refused = await visitor.post(f"{ONE}/propose", page=ONE, reason=" ")
    assert refused.status_code == 422
    assert "Say why in a sentence" in refused.text
    made = await visitor.post(f"{ONE}/propose", page=ONE, reason="Less leaves")
    assert made.status_code == 303
    assert policies.proposed == ["Less leaves"]


async def test_a_file_that_does_not_decide_yet_is_said_aloud() -> None:
    assert "it waits for a second administrator" in await read(ONE)
    assert "Its file holds another version" not in await read(ONE, FakePolicies(waiting=""))
    alone = await read(ONE, FakePolicies(needs_approval=False))
    assert "gateway.policy_approval" in alone and "waits for a second" not in alone


async def test_a_file_that_is_not_understood_cannot_be_put_forward() -> None:
    text = await read("/console/policies/letters")
    assert BROKEN in text
    assert "/propose" not in text


async def test_a_comparison_says_looser_and_stricter_in_words() -> None:
    text = await read(f"{ONE}/compare")
    assert text.index("Looser") < text.index("Stricter")
    assert "support to local" in text and "everywhere" in text
    same = await read(f"{ONE}/compare", FakePolicies(changes=()))
    assert "Both decide the same" in same


async def test_the_sides_that_were_asked_for_are_chosen() -> None:
    text = await read(f"{ONE}/compare?before=file&after={MINE.version}")
    assert '<option value="file" selected>' in text
    assert f'<option value="{MINE.version}" selected>' in text


@pytest.mark.parametrize("path", ["/console/policies/nobody", "/console/policies/nobody/compare"])
async def test_a_policy_that_is_not_there_is_not_found(path: str) -> None:
    visitor = await a_visitor(FakePolicies())
    assert (await visitor.get(path)).status_code == 404


async def test_words_of_others_are_text() -> None:
    hostile = replace(PROPOSED, reason="<script>alert(1)</script>", author="<b>Grace</b>")
    policies = FakePolicies(versions=[hostile])
    for path in (LIST, ONE):
        text = await read(path, policies)
        assert "<script>alert" not in text and "<b>Grace" not in text


async def test_try_it_begins_with_the_policy_that_was_asked_for() -> None:
    assert '<option value="strict" selected>' in await read("/console/try?policy=strict")
    assert '<option value="balanced" selected>' in await read("/console/try?policy=nobody")


async def test_what_a_second_policy_would_have_done_is_told_by_kind_and_purpose() -> None:
    text = await read(LIST)
    assert re.search("12.480", text) and re.search("31.calls", text)
    assert "CREDIT_CARD" in text and "214" in text
    assert "Every value would be treated as it was." in await read(
        LIST, FakePolicies(shadows=[replace(SHADOW, rows=[])])
    )
    assert "No call of this time was compared." in await read(LIST, FakePolicies(shadows=[]))


@pytest.mark.parametrize(("asked", "hours"), [("", 24), ("?hours=168", 168), ("?hours=1e9", 24)])
async def test_a_time_is_one_of_those_on_offer(asked: str, hours: int) -> None:
    policies = FakePolicies()
    await read(LIST + asked, policies)
    assert policies.hours == hours
