"""Puts together what all use cases of people stand on."""

from dataclasses import dataclass
from functools import cached_property

from curtilage.core.models import TenantId
from curtilage.identity.adapters.argon2 import Argon2Passphrases
from curtilage.identity.adapters.breach_range import RangeService
from curtilage.identity.adapters.places import MaxMindPlaces
from curtilage.identity.breached import BreachFilter
from curtilage.identity.ground import Ground
from curtilage.identity.passphrases import read_common, read_common_passwords
from curtilage.identity.people.boxes import VaultBoxes
from curtilage.identity.people.models import SecondFactor
from curtilage.identity.people.needs import PeopleNeeds
from curtilage.identity.people.ports import NoOtherWays, OtherWays
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.relying_party import find_relying_party
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.leaks import LeakWatch
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.screening import Screen
from curtilage.identity.people.service.session_endings import SessionEndings
from curtilage.identity.people.service.session_events import SessionEvents
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.travel import TravelWatch
from curtilage.identity.people.store.authenticators import SqlAuthenticatorStore
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from curtilage.identity.people.store.people import SqlPersonStore
from curtilage.identity.people.store.role_grants import SqlRoleGrantStore
from curtilage.identity.people.store.sessions import SqlSessionStore


@dataclass(frozen=True)
class Foundation:
    """For one tenant; each part is put together where it is first asked for."""

    ground: Ground
    needs: PeopleNeeds
    ways: OtherWays = NoOtherWays()  # noqa: RUF009 -- holds nothing

    @property
    def tenant(self) -> TenantId:
        return self.needs.tenant

    @cached_property
    def passphrases(self) -> Argon2Passphrases:
        return Argon2Passphrases(self.ground.entropy, costs=self.needs.costs)

    @cached_property
    def leaked(self) -> BreachFilter | None:
        """Opened once, and read as a whole then. Raises `BreachFilterMissing` or a TamperError."""
        path = self.needs.settings.leaked_passwords
        return None if path is None else BreachFilter.open(path)

    @cached_property
    def places(self) -> MaxMindPlaces | None:
        """Opened once. Raises `PlacesMissing`."""
        path = self.needs.settings.places
        return None if path is None else MaxMindPlaces.open(path)

    @cached_property
    def travel(self) -> TravelWatch:
        ground = self.ground
        return TravelWatch(
            self.register,
            self.notices,
            ground.pseudonyms,
            ground.clock,
            ground.ids,
            self.places,
        )

    @cached_property
    def leaks(self) -> LeakWatch:
        ground = self.ground
        return LeakWatch(
            ground.database,
            self.register,
            self.notices,
            ground.pseudonyms,
            ground.clock,
            ground.ids,
            self.leaked,
        )

    @cached_property
    def screen(self) -> Screen | None:
        """None unless the operator named a service. Raises `BreachRangeAddress`."""
        ground, address = self.ground, self.needs.settings.leaked_passwords_service
        if not address:
            return None
        service = RangeService(address)
        return Screen(service, ground.database, self.tenant, ground.clock, ground.ids)

    @cached_property
    def chooser(self) -> PassphraseChooser:
        return PassphraseChooser(
            self.passphrases, read_common(), read_common_passwords(), self.leaked, self.screen
        )

    @cached_property
    def notices(self) -> ChangeNotices:
        needs = self.needs
        return ChangeNotices(self.register, self.postman, needs.address_of, needs.service)

    @cached_property
    def register(self) -> Register:
        keys = self.needs.keys
        return Register(
            database=self.ground.database,
            people=SqlPersonStore(),
            grants=SqlRoleGrantStore(),
            authenticators=SqlAuthenticatorStore(),
            boxes=VaultBoxes(self.tenant, keys.person, keys.boxes),
            handle_key=keys.handles,
            clock=self.ground.clock,
            ids=self.ground.ids,
        )

    @cached_property
    def sessions(self) -> SessionService:
        ground, store = self.ground, SqlSessionStore()
        events = SessionEvents(ground.pseudonyms, ground.clock, ground.ids)
        return SessionService(
            database=ground.database,
            sessions=store,
            register=self.register,
            demands=self.demands,
            travel=self.travel,
            endings=SessionEndings(ground.database, store, self.needs.ends, events),
            events=events,
            authority=ground.authority,
            clock=ground.clock,
            ids=ground.ids,
            entropy=ground.entropy,
        )

    @cached_property
    def attempts(self) -> AttemptCounter:
        ground = self.ground
        return AttemptCounter(
            ground.database, SqlSessionStore(), self.needs.keys.counters, ground.clock, ground.ids
        )

    @cached_property
    def ceremonies(self) -> CeremonyBook:
        ground = self.ground
        return CeremonyBook(
            ground.database,
            SqlCeremonyStore(),
            self.register.boxes,
            ground.clock,
            ground.entropy,
        )

    @cached_property
    def postman(self) -> Postman:
        return Postman(self.needs.mail, tell=self.needs.tell)

    @cached_property
    def shelf(self) -> PasskeyShelf | None:
        """None where the public address can have no passkeys."""
        needs = self.needs
        party = find_relying_party(
            needs.address_of(""), name=needs.service, settings=needs.settings
        )
        return None if party is None else PasskeyShelf(self.register, party)

    @cached_property
    def demands(self) -> Demands:
        given = self.needs.settings
        forces_change = given.leaked_at_sign_in == "change"
        return Demands(SecondFactor(given.second_factor), self.shelf, forces_change)

    def close(self) -> None:
        self.passphrases.close()
        if "leaked" in vars(self) and self.leaked is not None:
            self.leaked.close()
        if "places" in vars(self) and self.places is not None:
            self.places.close()
