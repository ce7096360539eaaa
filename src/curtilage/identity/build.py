"""Puts the slice together: stores, adapters, use cases, doors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.identity.adapters.fetch import Fetcher
from curtilage.identity.adapters.mail import FileOutbox, MailServer, Security, SmtpMail
from curtilage.identity.caller_cli import OpenCallers, add_app_budget, add_person_budget
from curtilage.identity.checks import IdentityFacts, check_identity
from curtilage.identity.cli import OpenKeys, build_commands, run_on
from curtilage.identity.ground import Ground
from curtilage.identity.group_cli import build_group_commands
from curtilage.identity.key_pages import KeyPages
from curtilage.identity.mail import Mail, Sender
from curtilage.identity.management.build import (
    Management,
    UseCases,
    build_machines,
    build_management,
)
from curtilage.identity.management.resource import build_management_resource
from curtilage.identity.oauth.adapters.accounts import (
    AccountPeople,
    AccountSessions,
    ServiceSealer,
)
from curtilage.identity.oauth.adapters.clients import ClientNotifier, FetchedKeys
from curtilage.identity.oauth.build import (
    OAuth,
    Outside,
    build_app_eraser,
    build_app_sessions,
    build_grant_holder,
    build_other_names,
)
from curtilage.identity.oauth.change_cli import add_change
from curtilage.identity.oauth.cli import OpenClients, build_client_commands
from curtilage.identity.oauth.models.clients import Resource
from curtilage.identity.oauth.service.ground import Secrets
from curtilage.identity.oauth.settings import OAuthSettings
from curtilage.identity.passwords_cli import build_password_commands
from curtilage.identity.people.build import People
from curtilage.identity.people.cli import OpenPeople, build_session_commands, build_user_commands
from curtilage.identity.people.invitation_cli import add_invitations
from curtilage.identity.people.needs import PeopleNeeds
from curtilage.identity.people.ports import Holder
from curtilage.identity.people.store.people import SqlPersonStore
from curtilage.identity.people.store.setup_links import SqlSetupLinkStore
from curtilage.identity.ports import KnownPurposes
from curtilage.identity.providers.build import Providers, build_providers
from curtilage.identity.providers.models import Provider
from curtilage.identity.providers.store.links import SqlLinkStore
from curtilage.identity.reveal.build import RevealHolder
from curtilage.identity.reveal.checks import check_reveals
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.caller_budgets import CallerBudgetService
from curtilage.identity.service.keys import KeyService
from curtilage.identity.settings import IdentitySettings
from curtilage.identity.store.budgets import SqlBudgetStore
from curtilage.identity.store.caller_budgets import SqlCallerBudgetStore
from curtilage.identity.store.keys import SqlKeyStore


def build_keys(ground: Ground, *, known_purposes: KnownPurposes) -> KeyService:
    """The use cases of API keys; also for the command line, without the rest."""
    return KeyService(
        database=ground.database,
        store=SqlKeyStore(),
        groups=SqlBudgetStore(),
        authority=ground.authority,
        pseudonyms=ground.pseudonyms,
        known_purposes=known_purposes,
        owners=SqlPersonStore(),
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )


def build_budgets(ground: Ground) -> BudgetService:
    """The use cases of budgets; also for the command line, without the rest."""
    return BudgetService(
        database=ground.database,
        store=SqlBudgetStore(),
        authority=ground.authority,
        pseudonyms=ground.pseudonyms,
        clock=ground.clock,
        ids=ground.ids,
    )


def build_caller_budgets(ground: Ground, budgets: BudgetService) -> CallerBudgetService:
    """The use cases of budgets of people and apps."""
    return CallerBudgetService(
        database=ground.database,
        store=SqlCallerBudgetStore(),
        budgets=budgets,
        authority=ground.authority,
        pseudonyms=ground.pseudonyms,
        clock=ground.clock,
        ids=ground.ids,
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """The slice, built."""

    keys: KeyService
    budgets: BudgetService
    caller_budgets: CallerBudgetService
    people: People
    oauth: OAuth
    providers: Providers
    management: Management
    facts: "FactLoader"

    def as_slices(self, *, usual_purpose: Callable[[], str]) -> Sequence[Slice]:
        """What identity offers to the control process: people, and the page of keys."""
        keys = KeyPages(
            self.keys, self.budgets, self.keys.known_purposes, self.keys.clock, usual_purpose
        )
        own = Slice(
            name="identity",
            routes=keys.routes(),
            nav=keys.nav(),
            templates=str(Path(__file__).parent / "templates"),
        )
        people = self.people.as_slice(self.providers.desk, self.oauth.apps)
        management = self.management.as_slice()
        return own, people, self.providers.as_slice(), self.oauth.as_slice(), management

    def close(self) -> None:
        self.people.close()


@dataclass(frozen=True, slots=True)
class OAuthNeeds:
    """What the authorization server needs beside people. `issuer` is used byte for byte."""

    issuer: str
    secrets: Secrets
    resources: tuple[Resource, ...] = ()


def build_identity(
    ground: Ground,
    *,
    people: PeopleNeeds,
    oauth: OAuthNeeds,
    known_purposes: KnownPurposes,
    providers: Mapping[str, Provider] | None = None,
) -> Identity:
    """The whole slice for one tenant. `providers` are those that people sign in through."""
    keys, budgets = build_keys(ground, known_purposes=known_purposes), build_budgets(ground)
    holders: tuple[Holder, ...] = (
        *people.holders,
        keys,
        build_grant_holder(ground.clock),
        RevealHolder(ground.clock),
    )
    links = SqlLinkStore()
    erasers = (*people.erasers, links, build_app_eraser(), SqlCallerBudgetStore())
    needs = replace(
        people,
        holders=holders,
        erasers=erasers,
        names=build_other_names(),
        ends=(
            *people.ends,
            build_app_sessions(
                ground, people.tenant, oauth_settings(people.settings, oauth.issuer), oauth.secrets
            ),
        ),
        machines=build_machines(ground),
    )
    built = People(ground, needs, links)
    fetcher = Fetcher(inside=people.settings.networks)
    use_cases = UseCases(
        keys=keys,
        budgets=budgets,
        people=built,
        oauth=build_authorization_server(ground, built, oauth),
        providers=build_providers(ground, built, providers or {}, fetcher=fetcher),
    )
    return Identity(
        keys=keys,
        budgets=budgets,
        caller_budgets=build_caller_budgets(ground, budgets),
        people=built,
        oauth=use_cases.oauth,
        providers=use_cases.providers,
        management=build_management(ground, use_cases),
        facts=FactLoader(ground.database, people.tenant),
    )


def build_authorization_server(ground: Ground, people: People, needs: OAuthNeeds) -> OAuth:
    """The server over the accounts of people."""
    given = people.needs.settings
    fetcher = Fetcher(inside=given.networks)
    return OAuth(
        ground,
        people.tenant,
        settings=oauth_settings(given, needs.issuer),
        secrets=needs.secrets,
        outside=Outside(
            authentications=AccountSessions(people.tenant, people.sessions),
            people=AccountPeople(
                people.tenant, people.register, ground.authority, people.sessions.sessions
            ),
            sealer=ServiceSealer(people.register.boxes),
            notifier=ClientNotifier(fetcher),
            client_keys=FetchedKeys(fetcher, ground.clock),
        ),
        resources=(*needs.resources, build_management_resource(needs.issuer)),
    )


def oauth_settings(given: IdentitySettings, issuer: str) -> OAuthSettings:
    """What of the settings the authorization server goes by."""
    return OAuthSettings(issuer, given.registration, given.dpop_nonce)


@dataclass(frozen=True, slots=True)
class FactLoader:
    """Loads what the checks look at, so that the checks themselves wait for nothing."""

    database: Database
    tenant: TenantId

    async def load(self) -> IdentityFacts:
        """The facts as they are now."""
        async with self.database.read() as connection:
            return IdentityFacts(
                keys=await SqlKeyStore().load(connection, self.tenant),
                is_enrolled=await SqlPersonStore().has_any(connection, self.tenant),
                link=await SqlSetupLinkStore().find_link(connection, self.tenant),
            )


def build_identity_commands(
    open_keys: OpenKeys,
    open_people: OpenPeople,
    open_clients: OpenClients,
    open_callers: OpenCallers,
    *,
    facts: Callable[[], IdentityFacts],
    reveal: Callable[[], Mode],
    clock: Clock,
) -> Slice:
    """What identity offers to the command line. `facts` gives those that were loaded before."""
    return Slice(
        name="identity",
        checks=[
            lambda: check_identity(facts(), at=clock.now()),
            lambda: check_reveals(reveal()),
        ],
        commands=[
            ("apikeys", build_commands(open_keys)),
            ("groups", build_group_commands(open_keys, run_on)),
            (
                "clients",
                add_app_budget(
                    add_change(build_client_commands(open_clients), open_clients),
                    open_callers,
                    run_on,
                ),
            ),
            (
                "users",
                add_person_budget(
                    add_invitations(build_user_commands(open_people, run_on), open_people, run_on),
                    open_callers,
                    run_on,
                ),
            ),
            ("sessions", build_session_commands(open_people, run_on)),
            ("passwords", build_password_commands()),
        ],
    )


def build_mail(
    given: IdentitySettings, *, outbox: Path, password: str, clock: Clock, ids: Ids
) -> Mail:
    """How mail leaves: to the mail server of the settings, or into files in `outbox`.

    Connects to nobody yet. Raises a SetupError for settings that cannot be used."""
    sender = Sender(given.mail_from, "Curtilage")
    if not given.smtp_host:
        return FileOutbox(outbox, sender, clock, ids)
    server = MailServer(
        host=given.smtp_host,
        port=given.smtp_port,
        security=Security(given.smtp_security),
        username=given.smtp_user,
        password=password,
    )
    return SmtpMail(server, sender, clock, ids)
