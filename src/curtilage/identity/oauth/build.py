"""Puts the authorization server together: stores, use cases, doors."""

from dataclasses import dataclass
from pathlib import Path

from curtilage.core.acts import Pseudonyms
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.identity.jobs import Repeated
from curtilage.identity.oauth.api import Endpoints
from curtilage.identity.oauth.apps_of_people import ConnectedApps
from curtilage.identity.oauth.console_pages import ClientPages
from curtilage.identity.oauth.jobs import (
    FORGET_EVERY,
    KEYS_EVERY,
    NOTICES_EVERY,
    Forgetting,
)
from curtilage.identity.oauth.models.clients import Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.pages import OAuthPages
from curtilage.identity.oauth.ports import Authentications, ClientKeys, Notifier, People, Sealer
from curtilage.identity.oauth.registration_api import RegistrationEndpoints
from curtilage.identity.oauth.service.authorize import AuthorizeService
from curtilage.identity.oauth.service.clients import ClientService
from curtilage.identity.oauth.service.consents import ConsentService
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


@dataclass(frozen=True, slots=True)
class OAuth:
    """The slice, built. `keys.keep_up()` must have run once before it serves."""

    ground: Ground
    clients: ClientService
    registration: RegistrationService
    consents: ConsentService
    logout: LogoutService
    keys: KeyService
    explaining: ExplainService
    standing: StandingService
    minter: Minter
    endpoints: Endpoints
    pages: OAuthPages
    console: ClientPages
    apps: ConnectedApps
    forgetting: Forgetting

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


@dataclass(frozen=True, slots=True)
class Foundation:
    """What every slice stands on."""

    tenant: TenantId
    database: Database
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    entropy: Entropy


def build_client_service(
    foundation: Foundation, settings: OAuthSettings, secrets: Secrets
) -> ClientService:
    """The use cases of clients alone; for the command line."""
    ground = _ground(foundation, settings, secrets)
    store = SqlClientStore()
    return ClientService(
        ground,
        store,
        SqlGrantStore(),
        ClientDirectory(ground, store),
        SqlOnceStore(),
        SqlConsentStore(),
        SqlChangedStore(),
    )


def build_oauth(
    foundation: Foundation,
    *,
    settings: OAuthSettings,
    secrets: Secrets,
    outside: Outside,
    resources: tuple[Resource, ...] = (),
    types: tuple[DetailType, ...] = (),
    sign_in: str = "/login",
) -> OAuth:
    """The whole server for one tenant. `resources` are the servers that tokens can be for,
    `types` the permissions of RFC 9396 that clients can ask for."""
    ground = _ground(foundation, settings, secrets)
    once, grants, requests = SqlOnceStore(), SqlGrantStore(), SqlRequestStore()
    directory = ClientDirectory(ground, SqlClientStore())
    keys = KeyService(ground, SqlKeyStore(), outside.sealer)
    minter = Minter(ground, keys)
    issuer = Issuer(ground, minter, outside.people, resources)
    clients = ClientService(
        ground, SqlClientStore(), grants, directory, once, SqlConsentStore(), SqlChangedStore()
    )
    consents = ConsentService(ground, directory, SqlConsentStore(), grants)
    authorize = AuthorizeService(
        ground=ground,
        directory=directory,
        requests=requests,
        consents=SqlConsentStore(),
        grants=grants,
        minter=minter,
        authentications=outside.authentications,
        people=outside.people,
        resources=resources,
        types=types,
    )
    devices = DeviceService(
        ground=ground,
        directory=directory,
        store=SqlDeviceStore(),
        grants=grants,
        once=once,
        issuer=issuer,
        people=outside.people,
        resources=resources,
    )
    logout = LogoutService(
        ground=ground,
        directory=directory,
        minter=minter,
        grants=grants,
        notices=SqlNoticeStore(),
        authentications=outside.authentications,
        notifier=outside.notifier,
    )
    explaining = ExplainService(ground, directory, minter, grants, once, outside.people)
    registration = RegistrationService(ground, clients, directory, once)
    endpoints = Endpoints(
        ground=ground,
        keys=keys,
        prover=Prover(ground, directory, outside.client_keys),
        authorize=authorize,
        pushing=PushService(ground, requests, once, authorize, resources, types),
        tokens=TokenService(ground, grants, once, issuer, outside.people, resources, types),
        devices=devices,
        explaining=explaining,
        registration=RegistrationEndpoints(registration),
        resources=resources,
        types=types,
    )
    pages = OAuthPages(
        authorize, devices, logout, consents, outside.authentications, resources, sign_in
    )
    return OAuth(
        ground=ground,
        clients=clients,
        registration=registration,
        consents=consents,
        logout=logout,
        keys=keys,
        explaining=explaining,
        standing=StandingService(
            ground, keys, grants, SqlClientStore(), once, SqlChangedStore(), outside.people
        ),
        minter=minter,
        endpoints=endpoints,
        pages=pages,
        console=ClientPages(clients, settings.issuer, resources),
        apps=ConnectedApps(consents, resources, f"{settings.path}/oauth2/apps"),
        forgetting=Forgetting(ground, once),
    )


def build_grant_holder(clock: Clock) -> GrantHolder:
    """What ends the grants of somebody who is disabled."""
    return GrantHolder(clock, SqlGrantStore(), SqlChangedStore())


def build_consent_eraser() -> SqlConsentStore:
    """What deletes all that somebody allowed apps: `people.ports.Eraser`."""
    return SqlConsentStore()


def _ground(foundation: Foundation, settings: OAuthSettings, secrets: Secrets) -> Ground:
    return Ground(
        tenant=foundation.tenant,
        settings=settings,
        secrets=secrets,
        database=foundation.database,
        authority=foundation.authority,
        pseudonyms=foundation.pseudonyms,
        clock=foundation.clock,
        ids=foundation.ids,
        entropy=foundation.entropy,
    )
