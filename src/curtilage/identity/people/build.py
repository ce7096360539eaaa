"""Puts the people together: stores, use cases, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from curtilage.core.slice import Slice
from curtilage.identity.adapters.outbox import OutboxReader
from curtilage.identity.adapters.setup_file import DataDirSetupFile
from curtilage.identity.jobs import Repeated
from curtilage.identity.people.account_pages import AccountPages
from curtilage.identity.people.by_mail import ByMail, MailParts, build_by_mail
from curtilage.identity.people.console_pages import ConsolePages
from curtilage.identity.people.deletion_pages import DeletionPages
from curtilage.identity.people.desk_ports import AppsOfPeople, Elsewhere, NoApps, NobodyElse
from curtilage.identity.people.foundation.build import Foundation
from curtilage.identity.people.invitation_pages import InvitationPages
from curtilage.identity.people.jobs import SWEEP_EVERY, SignInSweep
from curtilage.identity.people.mail_pages import MailPages
from curtilage.identity.people.outbox_pages import OutboxPages
from curtilage.identity.people.pages import SignInPages
from curtilage.identity.people.passkey_pages import PasskeyPages
from curtilage.identity.people.passkeys import PasskeyParts, Passkeys, build_passkeys
from curtilage.identity.people.prove_pages import ProvePages
from curtilage.identity.people.service.account import Account
from curtilage.identity.people.service.adoption import Adoption
from curtilage.identity.people.service.desk import Desk
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.invitations import InvitationService
from curtilage.identity.people.service.joining import JoiningService
from curtilage.identity.people.service.leaving import LeavingService
from curtilage.identity.people.service.mail_desk import Mailbox
from curtilage.identity.people.service.mail_sign_in import MailSignIn
from curtilage.identity.people.service.people import PeopleService
from curtilage.identity.people.service.proving import ProvingService
from curtilage.identity.people.service.recovery import RecoveryService
from curtilage.identity.people.service.security import SecurityService
from curtilage.identity.people.service.session_sweep import SessionSweep
from curtilage.identity.people.service.setup import SetupService
from curtilage.identity.people.service.sign_in import SignInService
from curtilage.identity.people.service.step_desk import Steps
from curtilage.identity.people.service.totp_enrolment import TotpEnrolment
from curtilage.identity.people.step_pages import StepPages
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from curtilage.identity.people.store.erasures import SqlErasureStore
from curtilage.identity.people.store.sessions import SqlSessionStore
from curtilage.identity.people.store.setup_links import SqlSetupLinkStore


@dataclass(frozen=True)
class People(Foundation):
    """The people of one tenant; each use case is put together where it is first asked for."""

    @cached_property
    def sweeping(self) -> SignInSweep:
        ground, store = self.ground, SqlSessionStore()
        over = SessionSweep(
            ground.database, store, self.sessions.endings, self.tenant, ground.clock
        )
        return SignInSweep(ground.database, over, store, self.tenant, ground.clock)

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
    def invitations(self) -> InvitationService:
        return self.by_mail.invitations

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
            names=needs.names,
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
                *InvitationPages(self.invitations).routes(),
                *(route for each in console for route in each.routes()),
                *DeletionPages(self.people, self.leaving).routes(),
            ],
            endpoints=[self.passkeys.endpoint()] if self.passkeys else [],
            nav=[item for each in console for item in each.nav()],
            jobs=[self.postman, Repeated("people.sweep", self.sweeping.sweep, SWEEP_EVERY)],
            templates=str(Path(__file__).parent / "templates"),
        )

    def _console(self, apps: AppsOfPeople) -> Sequence[ConsolePages | OutboxPages]:
        roles, outbox = self.ground.authority.list_roles(), self.needs.outbox
        pages = ConsolePages(self.people, self.invitations, roles, apps)
        return (pages,) if outbox is None else (pages, OutboxPages(OutboxReader(outbox)))
