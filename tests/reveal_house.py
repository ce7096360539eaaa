"""Reveals over the accounts of people, with a team that has been there for days."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256

from starlette.applications import Starlette

from curtilage.core.authority import OPERATOR, PEOPLE_MANAGER, REVIEWER, Authority
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import Event, Principal, PrincipalId, Sealed
from curtilage.identity.ground import Ground
from curtilage.identity.people.models import Person, Proof, ProofKind
from curtilage.identity.people.views import Arrival
from curtilage.identity.reveal.build import Reveals, build_reveals
from curtilage.identity.reveal.models import Reveal, Target, ValueKind
from curtilage.identity.reveal.service import RevealService
from curtilage.identity.reveal.settings import Mode
from curtilage.vault.seal import EventSealer, open_event_part
from curtilage.web.app import build_web
from tests.builders import TENANT
from tests.fakes import FixedIds
from tests.fakes.console import COMPILED
from tests.fakes.originals import FakeOriginals
from tests.identity_house import House, LastingCookies

ADDRESS = "ada@orchard.example"
REASON = "Ticket 4711: she asks why no mail comes"
TOKEN = Target(ValueKind.TOKEN, "tok_1_EMAIL_ADDRESS", "default")
DAYS = timedelta(days=3)


@dataclass(frozen=True)
class Seat:
    """Somebody before a browser: who acts, and the secret in its cookie."""

    actor: Principal
    session: str = field(repr=False)


async def seal_for_record(person: PrincipalId, plain: bytes, event: str) -> Sealed:
    """As the vault does, with a key that a test can make."""
    return EventSealer(sha256(person.encode()).digest()).seal(plain, event)


def open_reason(event: Event, person: PrincipalId) -> bytes:
    """What is sealed in the Event of a request."""
    assert event.sealed is not None
    return open_event_part(sha256(person.encode()).digest(), event.sealed, event.id)


@dataclass
class RevealHouse:
    """The slice, who works here, and what can be asked for."""

    house: House
    originals: FakeOriginals
    reveals: Reveals
    ada: Person
    ida: Person  # asks: she manages people
    otto: Person  # asks: he keeps the service running
    ben: Person  # approves

    @property
    def service(self) -> RevealService:
        return self.reveals.service

    @property
    def address(self) -> Target:
        return Target(ValueKind.ADDRESS, self.ada.id)

    async def seat(self, person: Person, *, strong: bool = True) -> Seat:
        """Somebody signs in now, by a passkey that asked for a finger; or by a passphrase."""
        kind = ProofKind.PASSKEY if strong else ProofKind.PASSPHRASE
        proof = Proof(kind, self.house.clock.now(), verified_user=strong)
        sessions = self.house.people.sessions
        begun = await sessions.start(person, proof, Arrival("192.0.2.7", browser="b"))
        alive = await sessions.read(TENANT, begun.secret)
        assert alive is not None
        return Seat(alive.principal, begun.secret)

    async def ask(self, target: Target | None = None, *, by: Person | None = None) -> str:
        seat = await self.seat(by or self.ida)
        return await self.service.ask(seat.actor, seat.session, target or self.address, REASON)

    async def approve(self, id: str, *, by: Person | None = None) -> None:
        seat = await self.seat(by or self.ben)
        await self.service.approve(seat.actor, seat.session, id)

    async def open(self, id: str, *, by: Person | None = None) -> str:
        seat = await self.seat(by or self.ida)
        opened = await self.service.open(seat.actor, seat.session, id)
        return opened.lines[0][1]

    async def find(self, id: str) -> Reveal:
        async with self.house.database.read() as connection:
            return await self.service.get(connection, id)

    async def give(self, person: Person, *roles: str, by: Principal) -> None:
        await self.house.people.people.give_roles(by, person.id, frozenset(roles))

    async def told(self) -> Sequence[Event]:
        """Events of reveals, in order."""
        return [each for each in await self.house.events() if each.kind.startswith("reveal")]

    def over(self, mode: Mode) -> "RevealHouse":
        """The same, started with another setting."""
        return replace(self, reveals=Reveals(replace(self.service, mode=mode)))

    def build(self, origin: str, *, dev: bool = True) -> Starlette:
        """The pages over the real services, as `Visitor` takes them."""
        slices = (
            *self.house.identity.as_slices(usual_purpose=lambda: "assist"),
            self.reveals.as_slice(),
        )
        app = build_web(
            routes=[route for each in slices for route in each.routes],
            nav=[item for each in slices for item in each.nav],
            templates={each.name: each.templates for each in slices},
            sessions=self.house,
            key=b"k" * 32,
            entropy=SystemEntropy(),
            ids=FixedIds(),
            origins=[origin],
            dev=dev,
            compiled=COMPILED,
        )
        app.add_middleware(LastingCookies)
        return app


async def a_reveal_house(house: House, *, mode: Mode = Mode.TWO_PEOPLE) -> RevealHouse:
    """A team of four: whose address it is, two who ask, one who approves."""
    ada = await house.add_person("Ada Quill", address=ADDRESS)
    ida = await house.add_person("Ida", roles=frozenset({PEOPLE_MANAGER}))
    otto = await house.add_person("Otto", roles=frozenset({OPERATOR}))
    ben = await house.add_person("Ben", roles=frozenset({REVIEWER}))
    house.clock.advance(DAYS)
    originals = FakeOriginals({TOKEN: "ada.quill@harbour.example"})
    sessions = house.people.sessions
    ground = Ground(
        house.database, Authority(), house.pseudonyms, house.clock, sessions.ids, sessions.entropy
    )
    reveals = build_reveals(
        ground, house.people, mode=mode, originals=originals, sealer=seal_for_record
    )
    built = RevealHouse(house, originals, reveals, ada, ida, otto, ben)
    originals.values[built.address] = ADDRESS
    originals.owners[built.address] = ada.id
    return built
