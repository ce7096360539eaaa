"""Notices who signs in from where they cannot have come, and tells them.

Kept of a person is the last place alone, in whole degrees, with its time, sealed under their
key. Where no table of places was supplied nothing is looked up and nothing kept.
"""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalKind
from curtilage.identity.people.mails import write_far_away
from curtilage.identity.people.models import Person
from curtilage.identity.people.ports import Places
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.travel import Jump, Whereabouts, find_jump
from curtilage.identity.people.wire import encode_whereabouts, parse_whereabouts

WHEREABOUTS = "whereabouts"


@dataclass(frozen=True, slots=True)
class Trip:
    """Where somebody is now, sealed, and the record of how they cannot have come there."""

    person: Person
    whereabouts: bytes = field(repr=False)
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class TravelWatch:
    """`places` is None where no table was supplied."""

    register: Register
    notices: ChangeNotices
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    places: Places | None = None

    async def look(self, person: Person, address: str, *, session: str) -> Trip | None:
        """Where this sign-in comes from; None where that is not known. Keeps nothing yet."""
        place = None if self.places is None else self.places.find(address)
        if place is None:
            return None
        now, boxes = Whereabouts(place, self.clock.now()), self.register.boxes
        jump = find_jump(await self._before(person), now)
        event = None if jump is None else await self._describe(person, jump, session)
        return Trip(
            person, await boxes.seal(person.id, encode_whereabouts(now), WHEREABOUTS), event
        )

    async def keep(self, connection: AsyncConnection, trip: Trip) -> None:
        """Keep the place, and the record, in the caller's transaction; tell them after it."""
        person = trip.person
        await self.register.people.change(
            connection, person.tenant, person.id, whereabouts=trip.whereabouts
        )
        if trip.event is not None:
            await outbox.record(connection, trip.event)
            self.notices.post(person.tenant, person.id, write_far_away)

    async def _before(self, person: Person) -> Whereabouts | None:
        if not person.whereabouts:
            return None
        opened = await self.register.boxes.open(person.id, person.whereabouts, WHEREABOUTS)
        return None if opened is None else parse_whereabouts(opened)

    async def _describe(self, person: Person, jump: Jump, session: str) -> Event:
        """How far and how fast; not from where to where."""
        minutes = int(jump.took.total_seconds() // 60)
        facts: dict[str, Json] = {"session": session, "km": jump.km, "minutes": minutes}
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="risk.impossible-travel",
            tenant=person.tenant,
            actor=await self.pseudonyms.pseudonym(person.tenant, person.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts=facts,
        )
