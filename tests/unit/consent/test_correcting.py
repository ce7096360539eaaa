"""Saying, listing and withdrawing corrections."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.consent.build import build_corrections
from curtilage.consent.casefile import KeptText
from curtilage.consent.correcting import KEPT_AFTER, TOPIC, CorrectionService, Said
from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.errors import (
    GuardedKind,
    TooManyCorrections,
    UnacceptableCorrection,
    UnknownCorrection,
    ValueNotThere,
)
from curtilage.core.authority import Authority, MissingRight
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.models import Event, Finding
from tests.builders import TENANT, a_principal
from tests.fakes import FixedClock, FixedIds
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.identity_house import ADMIN

EMAIL, CARD, KEY = (
    "user.contact.email:EMAIL_ADDRESS", "user.financial.card:CREDIT_CARD", "secret.token:SEC",
)  # fmt: skip
DESK = "desk@orchard.example"
DAY = timedelta(days=1)


class Desk:
    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.pseudonyms = database, FixedClock(), FixedPseudonyms()
        self.service: CorrectionService = build_corrections(
            database, Authority(), self.pseudonyms, vocabulary=lambda: {EMAIL, CARD, KEY},
            key=b"k" * 32, text_key=b"t" * 32, clock=self.clock, ids=FixedIds(),
        )  # fmt: skip

    async def say(self, **given: Any) -> Correction:
        defaults: dict[str, Any] = {
            "verdict": Verdict.NOT_PERSONAL, "qualified": EMAIL, "value": DESK,
            "reason": "Everybody's address", "life": 30 * DAY,
        }  # fmt: skip
        return await self.service.say(ADMIN, Said(**(defaults | given)))

    async def events(self) -> list[Event]:
        async with self.database.read() as connection:
            return [item.event for item in await outbox.read_batch(connection, 1000)]

    async def finds(self, text: str = DESK) -> bool:
        """Whether a new session finds the address that the detector found."""
        corrections = await self.service.load(TENANT)
        dictionary = corrections.find_dictionary(self.clock.now() + DAY)
        found = (Finding(0, len(text), "EMAIL_ADDRESS", 1.0, "user.contact.email", "test"),)
        return bool(found if dictionary is None else dictionary.correct(text, found))


@pytest.fixture
async def desk(data_dir: Path) -> AsyncIterator[Desk]:
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    yield Desk(database)
    await database.close()


async def test_what_is_said_holds_until_it_expires(desk: Desk) -> None:
    assert await desk.finds()
    await desk.say(life=DAY)
    assert not await desk.finds()
    assert await desk.finds("ada@orchard.example")
    desk.clock.advance(DAY)
    assert await desk.finds()
    assert await desk.service.list(ADMIN) == []


async def test_what_is_withdrawn_is_over_at_once_and_once(desk: Desk) -> None:
    made = await desk.say()
    for _ in range(2):
        await desk.service.withdraw(ADMIN, made.id)
    assert await desk.finds()
    assert [event.kind for event in await desk.events()] == [
        "correction.made", "correction.withdrawn",
    ]  # fmt: skip
    with pytest.raises(UnknownCorrection):
        await desk.service.withdraw(ADMIN, "nobody")


async def test_no_value_is_kept_and_the_workers_hear_of_each_change(
    desk: Desk, data_dir: Path
) -> None:
    made = await desk.say(reason="Free words")
    (event,) = await desk.events()
    assert event.facts == {
        "correction": made.id, "verdict": "not_personal", "type": "EMAIL_ADDRESS",
    }  # fmt: skip
    assert event.actor == await desk.pseudonyms.pseudonym(TENANT, ADMIN.id)
    stored = b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    assert made.digest in stored and DESK.encode() not in stored
    assert (await broadcast.generations(desk.database))[TOPIC] == 1


@pytest.mark.parametrize(
    "given",
    [
        {"value": " "},
        {"value": "x" * 201},
        {"reason": " "},
        {"reason": "x" * 501},
        {"life": timedelta(0)},
        {"life": 366 * DAY},
        {"qualified": "user.name:NOBODY_LOOKS"},
        {"verdict": Verdict.MISSED, "value": "Ada!"},
        {"verdict": Verdict.MISSED, "value": "a b c d e f g h i"},
    ],
)
async def test_what_cannot_be_said_is_refused(desk: Desk, given: dict[str, Any]) -> None:
    with pytest.raises(UnacceptableCorrection):
        await desk.say(**given)
    assert await desk.events() == []


@pytest.mark.parametrize("qualified", [CARD, KEY])
async def test_secrets_and_cards_are_never_harmless_and_may_have_been_missed(
    desk: Desk, qualified: str
) -> None:
    with pytest.raises(GuardedKind):
        await desk.say(qualified=qualified)
    made = await desk.say(verdict=Verdict.MISSED, qualified=qualified, value="orchard-7731")
    assert made.words == 2


async def test_their_number_is_bounded_and_old_ones_make_room(desk: Desk) -> None:
    desk.service = replace(desk.service, most=3)
    for number in range(3):
        await desk.say(value=f"desk{number}@orchard.example", life=DAY)
    with pytest.raises(TooManyCorrections):
        await desk.say()
    desk.clock.advance(DAY + KEPT_AFTER + DAY)
    await desk.say()
    assert len((await desk.service.load(TENANT)).entries) == 1


async def test_what_ended_is_told_once_the_time_has_come(desk: Desk) -> None:
    await desk.say(life=DAY)
    corrections = await desk.service.load(TENANT)
    assert not corrections.has_ended(desk.clock.now())
    desk.clock.advance(DAY)
    assert corrections.has_ended(desk.clock.now())
    assert not (await desk.service.load(TENANT)).has_ended(desk.clock.now())


async def test_all_of_it_takes_a_right(desk: Desk) -> None:
    nobody, said = a_principal(), Said(Verdict.MISSED, EMAIL, DESK, "x", DAY)
    for attempt in (
        desk.service.say(nobody, said),
        desk.service.list(nobody),
        desk.service.withdraw(nobody, "x"),
    ):
        with pytest.raises(MissingRight):
            await attempt


TEXT = f"Mail {DESK} about it."


async def test_the_words_around_a_value_are_kept_only_where_somebody_agrees_and_sealed(
    desk: Desk, data_dir: Path
) -> None:
    bare, kept = await desk.say(), await desk.say(text=TEXT)
    assert [each.is_case for each in await desk.service.list(ADMIN)] == [True, False]
    assert [event.facts.get("case") for event in await desk.events()] == [None, True]
    stored = b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    assert kept.id.encode() in stored
    assert DESK.encode() not in stored and b"about it" not in stored
    assert await desk.service.export(ADMIN) == [(kept, KeptText(TEXT, DESK))]
    exported = (await desk.events())[-1]
    assert (exported.kind, exported.facts) == ("corrections.exported", {"cases": 1})
    assert bare.id != kept.id


async def test_a_text_that_does_not_hold_the_value_is_refused_and_nothing_said(desk: Desk) -> None:
    with pytest.raises(ValueNotThere):
        await desk.say(text="Something else.")
    assert await desk.service.list(ADMIN) == [] and await desk.events() == []


async def test_a_text_is_gone_with_its_correction(desk: Desk) -> None:
    async def kept() -> list[str]:
        async with desk.database.read() as connection:
            return [id for id, _ in await desk.service.texts.load(connection, TENANT)]

    withdrawn, short, long = [await desk.say(text=TEXT, life=days * DAY) for days in (9, 1, 9)]
    await desk.service.withdraw(ADMIN, withdrawn.id)
    assert sorted(await kept()) == sorted((short.id, long.id))
    desk.clock.advance(DAY)
    assert [each.id for each, _ in await desk.service.export(ADMIN)] == [long.id]
    await desk.service.forget_texts()
    assert await kept() == [long.id]


async def test_workers_are_given_no_key_that_opens_a_text(desk: Desk) -> None:
    await desk.say(text=TEXT)
    corrections = await desk.service.load(TENANT)
    assert corrections.key == b"k" * 32 != desk.service.text_key
    assert "t" * 8 not in repr(desk.service)


async def test_exporting_needs_a_right_of_its_own(desk: Desk) -> None:
    clerk = a_principal(rights=frozenset({"corrections:manage"}))
    await desk.service.list(clerk)
    with pytest.raises(MissingRight):
        await desk.service.export(clerk)
