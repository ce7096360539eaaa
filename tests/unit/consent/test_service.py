"""Versions of policies: put forward, approved by another, in force, past."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.consent.combine import MOST, SUMMARY
from curtilage.consent.errors import (
    AlreadyApproved,
    AmbiguousVersion,
    NoReason,
    NotProposed,
    SecondPersonNeeded,
    UnknownVersion,
)
from curtilage.consent.service import TOPIC
from curtilage.consent.wire import parse_policy
from curtilage.core.authority import MissingRight
from curtilage.core.db import broadcast
from tests.builders import TENANT, a_principal
from tests.identity_house import ADMIN
from tests.policy_house import OTHER, PolicyHouse, a_text, a_written_policy

NOBODY = a_principal()


async def propose(house: PolicyHouse, default: str = "mask", reason: str = "Less leaves") -> str:
    text = a_text(default)
    return await house.life.propose(ADMIN, a_written_policy(text), text, reason)


# In force, and past


async def test_what_is_in_force_is_written_down_once_and_told(policies: PolicyHouse) -> None:
    text = a_text()
    policy = a_written_policy(text)
    assert await policies.life.take_over(TENANT, policy, text)
    assert not await policies.life.take_over(TENANT, policy, text)
    (event,) = await policies.events()
    assert event.kind == "policy.activated"
    assert event.facts == {"policy": policy.reference, "before": ""}
    assert await policies.life.load_past(TENANT) == []


async def test_a_comment_makes_no_version(policies: PolicyHouse) -> None:
    await policies.take_over(a_text())
    await policies.take_over("# another word\n" + a_text())
    history = await policies.life.history(ADMIN)
    assert len(history.versions) == len(history.activations) == 1


async def test_the_past_holds_each_policy_until_it_was_followed(policies: PolicyHouse) -> None:
    await policies.take_over(a_text("token"))
    policies.clock.advance(60)
    changed_at = policies.clock.now()
    await policies.take_over(a_text("mask"))
    (past,) = await policies.life.load_past(TENANT)
    assert (past.name, past.text, past.until) == ("mine", a_text("token"), changed_at)


async def test_another_policy_by_name_is_a_change_too(policies: PolicyHouse) -> None:
    await policies.take_over(a_text(), "mine")
    await policies.take_over(a_text(), "other")
    (past,) = await policies.life.load_past(TENANT)
    assert past.name == "mine"


async def test_what_was_there_before_comes_back_without_a_second_version(
    policies: PolicyHouse,
) -> None:
    for default in ("token", "mask", "token"):
        await policies.take_over(a_text(default))
    history = await policies.life.history(ADMIN)
    assert (len(history.versions), len(history.activations)) == (2, 3)
    assert [each.text for each in await policies.life.load_past(TENANT)] == [a_text("mask")]
    last = await policies.life.load_last(TENANT)
    assert last is not None and last.text == a_text("token")


async def test_a_first_start_has_no_last_policy(policies: PolicyHouse) -> None:
    assert await policies.life.load_last(TENANT) is None


async def test_a_long_past_ends_in_one_policy_that_is_as_strict_as_all_before(
    policies: PolicyHouse,
) -> None:
    made = await policies.take_over_many(MOST + 4)
    past = await policies.life.load_past(TENANT)
    assert len(past) == MOST
    summary = parse_policy(past[-1].text.encode(), past[-1].name)
    assert summary.name == SUMMARY
    refused = frozenset().union(*(policy.refused_destinations for policy in made[:4]))
    assert summary.refused_destinations == refused
    assert [each.until for each in past] == sorted((each.until for each in past), reverse=True)


# Put forward and approved


async def test_a_version_is_put_forward_by_one_and_approved_by_another(
    policies: PolicyHouse,
) -> None:
    version = await propose(policies)
    reference = f"mine@{version}"
    assert await policies.life.load_approved(TENANT) == frozenset()
    with pytest.raises(SecondPersonNeeded):
        await policies.life.approve(ADMIN, version)
    assert await policies.life.load_approved(TENANT) == frozenset()
    approved = await policies.life.approve(OTHER, version[:8])
    assert (approved.author, approved.approved_by) == (ADMIN.id, OTHER.id)
    assert await policies.life.load_approved(TENANT) == {reference}
    assert await policies.life.get(ADMIN, reference) == approved
    events = await policies.events()
    assert [event.kind for event in events] == ["policy.proposed", "policy.approved"]
    assert {str(event.facts) for event in events} == {str({"policy": reference})}
    actors = [await policies.pseudonyms.pseudonym(TENANT, each.id) for each in (ADMIN, OTHER)]
    assert [event.actor for event in events] == actors
    assert "Less leaves" not in str(events), "a reason is free text and stays in the store"
    assert (await broadcast.generations(policies.database))[TOPIC] == 2


async def test_who_puts_a_version_forward_again_is_its_author_then(policies: PolicyHouse) -> None:
    version = await propose(policies)
    text = a_text("mask")
    await policies.life.propose(OTHER, a_written_policy(text), text, "Me too")
    with pytest.raises(SecondPersonNeeded):
        await policies.life.approve(OTHER, version)
    assert (await policies.life.approve(ADMIN, version)).reason == "Me too"


async def test_what_is_approved_stays_as_it_was_approved(policies: PolicyHouse) -> None:
    version = await propose(policies)
    await policies.life.approve(OTHER, version)
    with pytest.raises(AlreadyApproved):
        await policies.life.approve(OTHER, version)
    with pytest.raises(AlreadyApproved):
        await propose(policies)


async def test_a_file_that_was_only_changed_cannot_be_approved(policies: PolicyHouse) -> None:
    policy = await policies.take_over(a_text())
    with pytest.raises(NotProposed):
        await policies.life.approve(OTHER, policy.version)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
async def test_a_version_is_put_forward_with_a_reason(policies: PolicyHouse, reason: str) -> None:
    with pytest.raises(NoReason):
        await propose(policies, reason=reason)
    assert await policies.events() == []


@pytest.mark.parametrize("version", ["", "abc", "%%%%%%%%", "ffffffff", "mine@", "ABCDEF12"])
async def test_a_version_that_is_not_there_is_not_found(
    policies: PolicyHouse, version: str
) -> None:
    await propose(policies)
    with pytest.raises(UnknownVersion):
        await policies.life.get(ADMIN, version)


async def test_digits_that_begin_several_versions_name_none(policies: PolicyHouse) -> None:
    policy = a_written_policy(a_text())
    for name in ("mine", "other"):
        twin = replace(policy, name=name)
        object.__setattr__(twin, "version", f"abcdef{name.encode().hex()}")
        await policies.life.take_over(TENANT, twin, a_text())
    with pytest.raises(AmbiguousVersion):
        await policies.life.get(ADMIN, "abcdef")


async def test_history_is_told_by_name(policies: PolicyHouse) -> None:
    await policies.take_over(a_text(), "mine")
    await policies.take_over(a_text(), "other")
    history = await policies.life.history(ADMIN, "other")
    assert [each.name for each in (*history.versions, *history.activations)] == ["other"] * 2


async def test_what_a_second_policy_would_have_done_is_told_of_the_time_until_now(
    policies: PolicyHouse,
) -> None:
    (found,) = await policies.life.shadow(ADMIN, timedelta(hours=24))
    assert (found.calls, found.refused, found.rows[0].looser) == (40, 2, 3)
    assert found.since == policies.clock.now() - timedelta(hours=24)


async def test_all_of_it_takes_a_right(policies: PolicyHouse) -> None:
    version = await propose(policies)
    policy = a_written_policy(a_text())
    for attempt in (
        policies.life.history(NOBODY),
        policies.life.get(NOBODY, version),
        policies.life.propose(NOBODY, policy, a_text(), "Because"),
        policies.life.approve(NOBODY, version),
        policies.life.shadow(NOBODY, timedelta(hours=1)),
    ):
        with pytest.raises(MissingRight):
            await attempt
