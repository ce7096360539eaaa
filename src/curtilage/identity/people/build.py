"""Puts the people together: stores, use cases, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.identity.adapters.argon2 import Argon2Passphrases
from curtilage.identity.adapters.breach_range import RangeService
from curtilage.identity.adapters.outbox import OutboxReader
from curtilage.identity.adapters.places import MaxMindPlaces
from curtilage.identity.adapters.setup_file import DataDirSetupFile
from curtilage.identity.breached import BreachFilter
from curtilage.identity.ground import Ground
from curtilage.identity.jobs import Repeated
from curtilage.identity.passphrases import read_common, read_common_passwords
from curtilage.identity.people.account_pages import AccountPages
from curtilage.identity.people.boxes import VaultBoxes
from curtilage.identity.people.by_mail import ByMail, MailParts, build_by_mail
from curtilage.identity.people.console_pages import ConsolePages
from curtilage.identity.people.jobs import SWEEP_EVERY, SignInSweep
from curtilage.identity.people.mail_pages import MailPages
from curtilage.identity.people.models import SecondFactor
from curtilage.identity.people.needs import PeopleNeeds
from curtilage.identity.people.outbox_pages import OutboxPages
from curtilage.identity.people.pages import SignInPages
from curtilage.identity.people.passkey_pages import PasskeyPages
from curtilage.identity.people.passkeys import PasskeyParts, Passkeys, build_passkeys
from curtilage.identity.people.ports import NoOtherWays, OtherWays
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.prove_pages import ProvePages
from curtilage.identity.people.relying_party import find_relying_party
from curtilage.identity.people.service.account import Account
from curtilage.identity.people.service.adoption import Adoption
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.desk import Desk
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.joining import JoiningService
from curtilage.identity.people.service.leaks import LeakWatch
from curtilage.identity.people.service.leaving import LeavingService
from curtilage.identity.people.service.mail_desk import Mailbox
from curtilage.identity.people.service.mail_sign_in import MailSignIn
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf
from curtilage.identity.people.service.people import PeopleService
from curtilage.identity.people.service.proving import ProvingService
from curtilage.identity.people.service.recovery import RecoveryService
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.screening import Screen
from curtilage.identity.people.service.security import SecurityService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.setup import SetupService
from curtilage.identity.people.service.sign_in import SignInService
from curtilage.identity.people.service.step_desk import Steps
from curtilage.identity.people.service.totp_enrolment import TotpEnrolment
from curtilage.identity.people.service.travel import TravelWatch
from curtilage.identity.people.step_pages import StepPages
from curtilage.identity.people.store.authenticators import SqlAuthenticatorStore
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from curtilage.identity.people.store.erasures import SqlErasureStore
from curtilage.identity.people.store.people import SqlPersonStore
from curtilage.identity.people.store.role_grants import SqlRoleGrantStore
from curtilage.identity.people.store.sessions import SqlSessionStore
from curtilage.identity.people.store.setup_links import SqlSetupLinkStore
from curtilage.identity.people.views import AppsOfPeople, Elsewhere, NoApps, NobodyElse


@dataclass(frozen=True)
class People:
    """The people of one tenant; each use case is put together where it is first asked for."""

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
    def sweeping(self) -> SignInSweep:
        return SignInSweep(self.ground.database, SqlSessionStore(), self.tenant, self.ground.clock)

    @cached_property
    def sessions(self) -> SessionService:
        ground = self.ground
        return SessionService(
            database=ground.database,
            sessions=SqlSessionStore(),
            register=self.register,
            demands=self.demands,
            travel=self.travel,
            pseudonyms=ground.pseudonyms,
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
    def setup(self) -> SetupService:
        ground = self.ground
        return SetupService(
            database=ground.database,
            links=SqlSetupLinkStore(),
            register=self.register,
            file=DataDirSetupFile(self.needs.data_dir),
            chooser=self.chooser,
            demands=self.demands,
            passkeys=self.passkeys.first if self.passkeys else None,
            pseudonyms=ground.pseudonyms,
            address=lambda secret: self.needs.address_of(f"/setup/{secret}"),
            clock=ground.clock,
            ids=ground.ids,
            entropy=ground.entropy,
        )

    @cached_property
    def sign_ins(self) -> SignInService:
        return SignInService(
            self.ground.database,
            self.register,
            self.sessions,
            self.attempts,
            self.passphrases,
            self.ground.clock,
            self.leaks,
        )

    @cached_property
    def proving(self) -> ProvingService:
        return ProvingService(
            self.ground.database,
            self.register,
            self.sessions,
            self.attempts,
            self.passphrases,
            self.notices,
            self.ground.clock,
            self.leaks,
        )

    @cached_property
    def guard(self) -> AccountGuard:
        ground = self.ground
        return AccountGuard(
            ground.database,
            self.register,
            self.demands,
            self.notices,
            ground.pseudonyms,
            ground.clock,
            ground.ids,
            self.ways,
        )

    @cached_property
    def passkeys(self) -> Passkeys | None:
        """None where the public address can have none."""
        parts = PasskeyParts(
            self.ground,
            self.guard,
            self.sessions,
            self.ceremonies,
            self.attempts,
            self.needs.keys.challenges,
        )
        return None if self.shelf is None else build_passkeys(parts, self.shelf)

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

    @cached_property
    def by_mail(self) -> ByMail:
        return build_by_mail(
            MailParts(
                ground=self.ground,
                needs=self.needs,
                register=self.register,
                sessions=self.sessions,
                ceremonies=self.ceremonies,
                attempts=self.attempts,
                chooser=self.chooser,
                demands=self.demands,
                postman=self.postman,
                notices=self.notices,
                passkeys=self.passkeys.first if self.passkeys else None,
            )
        )

    @property
    def joining(self) -> JoiningService:
        return self.by_mail.joining

    @property
    def mail_sign_ins(self) -> MailSignIn:
        return self.by_mail.sign_ins

    @property
    def recovery(self) -> RecoveryService:
        return self.by_mail.recovery

    @cached_property
    def people(self) -> PeopleService:
        ground = self.ground
        return PeopleService(
            database=ground.database,
            register=self.register,
            sessions=self.sessions,
            ceremonies=SqlCeremonyStore(),
            holders=self.needs.holders,
            authority=ground.authority,
            pseudonyms=ground.pseudonyms,
            clock=ground.clock,
            ids=ground.ids,
        )

    @cached_property
    def leaving(self) -> LeavingService:
        ground, needs = self.ground, self.needs
        return LeavingService(
            database=ground.database,
            register=self.register,
            sessions=self.sessions,
            ceremonies=SqlCeremonyStore(),
            erasures=SqlErasureStore(),
            holders=needs.holders,
            erasers=needs.erasers,
            guard=self.guard,
            authority=ground.authority,
            pseudonyms=ground.pseudonyms,
            destroy_key=needs.keys.destroy,
            clock=ground.clock,
            ids=ground.ids,
        )

    @cached_property
    def adoption(self) -> Adoption:
        return Adoption(self.ground.database, SqlSetupLinkStore(), self.register)

    @cached_property
    def desk(self) -> Desk:
        showing = self.passkeys.showing if self.passkeys else None
        return Desk(self.tenant, self.setup, self.sign_ins, self.proving, self.sessions, showing)

    @cached_property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.tenant, self.joining, self.mail_sign_ins, self.recovery, self.sessions)

    @cached_property
    def security(self) -> SecurityService:
        return SecurityService(
            self.guard, self.sessions, self.chooser, self.ground.entropy, self.ways
        )

    @cached_property
    def totp(self) -> TotpEnrolment:
        return TotpEnrolment(
            self.guard, self.sessions, self.ceremonies, self.needs.service, self.ground.entropy
        )

    @cached_property
    def account(self) -> Account:
        enrolment = self.passkeys.enrolment if self.passkeys else None
        return Account(
            self.tenant, self.sessions, self.security, self.totp, self.leaving, enrolment
        )

    @cached_property
    def steps(self) -> Steps:
        enrolment = self.passkeys.enrolment if self.passkeys else None
        return Steps(self.tenant, self.sessions, self.security, self.totp, enrolment)

    def as_slice(
        self,
        elsewhere: Elsewhere = NobodyElse(),  # noqa: B008 -- frozen
        apps: AppsOfPeople = NoApps(),  # noqa: B008 -- frozen
    ) -> Slice:
        """What people see before and after they sign in, and the job that sends mail."""
        settings = self.needs.settings
        sign_in = SignInPages(
            self.desk,
            by_mail=settings.mail_sign_in,
            may_join=settings.sign_up == "open",
            elsewhere=elsewhere,
        )
        console = self._console(apps)
        return Slice(
            name="people",
            routes=[
                *sign_in.routes(),
                *ProvePages(self.desk, elsewhere=elsewhere).routes(),
                *StepPages(self.steps, self.desk).routes(),
                *MailPages(self.mailbox, self.desk).routes(),
                *AccountPages(self.account, elsewhere, apps.own).routes(),
                *PasskeyPages(self.account).routes(),
                *(route for each in console for route in each.routes()),
            ],
            endpoints=[self.passkeys.endpoint()] if self.passkeys else [],
            nav=[item for each in console for item in each.nav()],
            jobs=[self.postman, Repeated("people.sweep", self.sweeping.sweep, SWEEP_EVERY)],
            templates=str(Path(__file__).parent / "templates"),
        )

    def _console(self, apps: AppsOfPeople) -> Sequence[ConsolePages | OutboxPages]:
        roles, outbox = self.ground.authority.list_roles(), self.needs.outbox
        pages = ConsolePages(self.people, self.joining, roles, apps)
        return (pages,) if outbox is None else (pages, OutboxPages(OutboxReader(outbox)))

    def close(self) -> None:
        self.passphrases.close()
        if "leaked" in vars(self) and self.leaked is not None:
            self.leaked.close()
        if "places" in vars(self) and self.places is not None:
            self.places.close()
