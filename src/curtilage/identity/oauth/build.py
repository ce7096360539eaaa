"""Puts the authorization server together: stores, use cases, doors."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.identity.ground import Ground as Foundation
from curtilage.identity.jobs import Repeated
from curtilage.identity.oauth.api import Endpoints
from curtilage.identity.oauth.apps_of_people import ConnectedApps
from curtilage.identity.oauth.console_pages import ClientPages
from curtilage.identity.oauth.jobs import FORGET_EVERY, KEYS_EVERY, NOTICES_EVERY, Forgetting
from curtilage.identity.oauth.models.clients import Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.pages import OAuthPages
from curtilage.identity.oauth.ports import Authentications, ClientKeys, Notifier, People, Sealer
from curtilage.identity.oauth.registration_api import RegistrationEndpoints
from curtilage.identity.oauth.service.app_sessions import AppSessions
from curtilage.identity.oauth.service.authorize import AuthorizeService
from curtilage.identity.oauth.service.callers import CallerBook
from curtilage.identity.oauth.service.clients import ClientService
from curtilage.identity.oauth.service.consents import AppEraser, ConsentService
from curtilage.identity.oauth.service.devices import DeviceService
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.explaining import ExplainService
from curtilage.identity.oauth.service.ground import Ground, Secrets
from curtilage.identity.oauth.service.issuing import Issuer
from curtilage.identity.oauth.service.keys import KeyService
from curtilage.identity.oauth.service.logout import LogoutService
from curtilage.identity.oauth.service.minting import Minter
from curtilage.identity.oauth.service.proving import Prover
from curtilage.identity.oauth.service.pushing import PushService
from curtilage.identity.oauth.service.registration import RegistrationService
from curtilage.identity.oauth.service.standing import GrantHolder, StandingService
from curtilage.identity.oauth.service.tokens import TokenService
from curtilage.identity.oauth.settings import OAuthSettings
from curtilage.identity.oauth.store.callers import SqlCallerStore
from curtilage.identity.oauth.store.changed import SqlChangedStore
from curtilage.identity.oauth.store.clients import SqlClientStore
from curtilage.identity.oauth.store.devices import SqlDeviceStore
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.store.requests import SqlConsentStore, SqlRequestStore
from curtilage.identity.oauth.store.upkeep import SqlKeyStore, SqlNoticeStore, SqlOnceStore


@dataclass(frozen=True, slots=True)
class Outside:
    """What is implemented elsewhere."""

    authentications: Authentications
    people: People
    sealer: Sealer
    notifier: Notifier
    client_keys: ClientKeys


@dataclass(frozen=True)
class OAuth:
    """The server of one tenant; each use case is put together where it is first asked for.

    `keys.keep_up()` must have run once before it serves. `resources` are the servers that
    tokens can be for, `types` the permissions of RFC 9396 that clients can ask for."""

    foundation: Foundation
    tenant: TenantId
    settings: OAuthSettings
    secrets: Secrets
    outside: Outside
    resources: tuple[Resource, ...] = ()
    types: tuple[DetailType, ...] = ()
    sign_in: str = "/login"

    @cached_property
    def ground(self) -> Ground:
        return _ground(self.foundation, self.tenant, self.settings, self.secrets)

    @cached_property
    def directory(self) -> ClientDirectory:
        return ClientDirectory(self.ground, SqlClientStore())

    @cached_property
    def keys(self) -> KeyService:
        return KeyService(self.ground, SqlKeyStore(), self.outside.sealer)

    @cached_property
    def minter(self) -> Minter:
        return Minter(self.ground, self.keys)

    @cached_property
    def issuer(self) -> Issuer:
        return Issuer(self.ground, self.minter, self.outside.people, self.resources)

    @cached_property
    def prover(self) -> Prover:
        return Prover(self.ground, self.directory, self.outside.client_keys)

    @cached_property
    def clients(self) -> ClientService:
        return ClientService(
            self.ground,
            SqlClientStore(),
            SqlGrantStore(),
            self.directory,
            SqlOnceStore(),
            SqlConsentStore(),
            SqlChangedStore(),
        )

    @cached_property
    def registration(self) -> RegistrationService:
        return RegistrationService(self.ground, self.clients, self.directory, SqlOnceStore())

    @cached_property
    def consents(self) -> ConsentService:
        return ConsentService(self.ground, self.directory, SqlConsentStore(), SqlGrantStore())

    @cached_property
    def callers(self) -> CallerBook:
        return CallerBook(self.ground, SqlCallerStore(), SqlClientStore())

    @cached_property
    def authorize(self) -> AuthorizeService:
        return AuthorizeService(
            ground=self.ground,
            directory=self.directory,
            requests=SqlRequestStore(),
            consents=SqlConsentStore(),
            grants=SqlGrantStore(),
            callers=self.callers,
            minter=self.minter,
            authentications=self.outside.authentications,
            people=self.outside.people,
            resources=self.resources,
            types=self.types,
        )

    @cached_property
    def pushing(self) -> PushService:
        return PushService(
            self.ground,
            SqlRequestStore(),
            SqlOnceStore(),
            self.authorize,
            self.resources,
            self.types,
        )

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(
            self.ground,
            SqlGrantStore(),
            SqlOnceStore(),
            self.issuer,
            self.outside.people,
            self.resources,
            self.types,
        )

    @cached_property
    def devices(self) -> DeviceService:
        return DeviceService(
            ground=self.ground,
            directory=self.directory,
            store=SqlDeviceStore(),
            grants=SqlGrantStore(),
            callers=self.callers,
            once=SqlOnceStore(),
            issuer=self.issuer,
            people=self.outside.people,
            resources=self.resources,
        )

    @cached_property
    def logout(self) -> LogoutService:
        return LogoutService(
            ground=self.ground,
            directory=self.directory,
            minter=self.minter,
            notices=SqlNoticeStore(),
            authentications=self.outside.authentications,
            notifier=self.outside.notifier,
        )

    @cached_property
    def explaining(self) -> ExplainService:
        return ExplainService(
            self.ground,
            self.directory,
            self.minter,
            SqlGrantStore(),
            SqlOnceStore(),
            self.outside.people,
        )

    @cached_property
    def standing(self) -> StandingService:
        return StandingService(
            self.ground,
            self.keys,
            SqlGrantStore(),
            SqlClientStore(),
            SqlOnceStore(),
            SqlChangedStore(),
            self.outside.people,
        )

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(self.ground, SqlOnceStore())

    @cached_property
    def endpoints(self) -> Endpoints:
        return Endpoints(
            ground=self.ground,
            keys=self.keys,
            prover=self.prover,
            authorize=self.authorize,
            pushing=self.pushing,
            tokens=self.tokens,
            devices=self.devices,
            explaining=self.explaining,
            registration=RegistrationEndpoints(self.registration),
            resources=self.resources,
            types=self.types,
        )

    @cached_property
    def pages(self) -> OAuthPages:
        return OAuthPages(
            self.authorize,
            self.devices,
            self.logout,
            self.consents,
            self.outside.authentications,
            self.resources,
            self.sign_in,
        )

    @cached_property
    def console(self) -> ClientPages:
        return ClientPages(self.clients, self.settings.issuer, self.resources)

    @cached_property
    def apps(self) -> ConnectedApps:
        return ConnectedApps(self.consents, self.resources, f"{self.settings.path}/oauth2/apps")

    def as_slice(self) -> Slice:
        """What it offers to the control process. Templates are found as `oauth/…`."""
        return Slice(
            name="oauth",
            routes=[*self.pages.routes(), *self.console.routes()],
            nav=self.console.nav(),
            endpoints=self.endpoints.endpoints(),
            jobs=[
                Repeated("oauth.keys", self.keys.keep_up, KEYS_EVERY),
                Repeated("oauth.notices", self.logout.send_due, NOTICES_EVERY),
                Repeated("oauth.forget", self.forgetting.forget, FORGET_EVERY),
            ],
            templates=str(Path(__file__).parent / "templates"),
        )


def build_app_sessions(
    foundation: Foundation, tenant: TenantId, settings: OAuthSettings, secrets: Secrets
) -> AppSessions:
    """What hears of each session that ends; made before people, who end them."""
    ground = _ground(foundation, tenant, settings, secrets)
    directory = ClientDirectory(ground, SqlClientStore())
    return AppSessions(ground, directory, SqlGrantStore(), SqlNoticeStore())


def build_grant_holder(clock: Clock) -> GrantHolder:
    """What ends the grants of somebody who is disabled."""
    return GrantHolder(clock, SqlGrantStore(), SqlChangedStore())


def build_app_eraser() -> AppEraser:
    """What deletes all that somebody allowed apps, and what these got."""
    return AppEraser(SqlConsentStore(), SqlGrantStore(), SqlCallerStore())


def build_other_names() -> SqlCallerStore:
    """What knows by which names apps call somebody."""
    return SqlCallerStore()


def _ground(
    below: Foundation, tenant: TenantId, settings: OAuthSettings, secrets: Secrets
) -> Ground:
    return Ground(
        tenant=tenant,
        settings=settings,
        secrets=secrets,
        database=below.database,
        authority=below.authority,
        pseudonyms=below.pseudonyms,
        clock=below.clock,
        ids=below.ids,
        entropy=below.entropy,
    )
