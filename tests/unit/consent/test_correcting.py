"""Saying, listing and withdrawing corrections."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.consent.build import build_corrections
from curtilage.consent.correcting import KEPT_AFTER, TOPIC, CorrectionService, Said
from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.errors import (
    GuardedKind,
    TooManyCorrections,
    UnacceptableCorrection,
    UnknownCorrection,
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
            key=b"k" * 32, clock=self.clock, ids=FixedIds(),
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
