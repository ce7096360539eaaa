"""Programs that call the management API of an identity house."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette

from curtilage.core.models import PrincipalId
from curtilage.identity.models import MANAGEMENT_RIGHTS, KeyRequest
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from tests.builders import TENANT
from tests.identity_house import ADMIN, House

BASE = "http://localhost:8787"
API = f"{BASE}/api"
EVERY = frozenset(MANAGEMENT_RIGHTS)


@dataclass
class Caller:
    """A program with a key, a token, or nothing."""

    app: Starlette
    headers: dict[str, str]

    async def call(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            given = {} if body is None else content
            return await client.request(method, path, headers=self.headers | named, **given)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.call("POST", path, body)

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.call("PUT", path, body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.call("DELETE", path)


def a_stranger(house: House, **headers: str) -> Caller:
    """A program that shows nothing but these headers."""
    return Caller(
        house.build(BASE), {name.replace("_", "-"): each for name, each in headers.items()}
    )


async def a_key(house: House, *rights: str, **given: Any) -> str:
    """A key with these rights; with none, those that open every door."""
    request = KeyRequest("deploy", frozenset(), rights=frozenset(rights) or EVERY)
    return (await house.identity.keys.create(ADMIN, replace(request, **given))).text


async def a_caller(house: House, *rights: str, **given: Any) -> Caller:
    """A program with a key that has these rights."""
    key = await a_key(house, *rights, **given)
    return a_stranger(house, authorization=f"Bearer {key}")


async def an_app(house: House, *scopes: str) -> RegisteredClient:
    """An app that may have tokens for the management API."""
    wish = ClientWish(
        name="Staff desk",
        method=AuthMethod.BASIC,
        redirect_uris=("https://desk.orchard.example/back",),
        grant_types=frozenset({GrantType.CODE, GrantType.CLIENT}),
        scopes=frozenset(scopes),
        resources=(API,),
    )
    return await house.identity.oauth.clients.register(ADMIN, wish)


async def a_token(
    house: House,
    app: RegisteredClient,
    *scopes: str,
    person: PrincipalId | None = None,
    audience: str = API,
    jkt: str = "",
    details: tuple[str, ...] = (),
    acr: str = "aal1",
) -> str:
    """An access token of the app: for itself, or for a person who allowed it."""
    await house.identity.oauth.keys.keep_up()
    grant = None if person is None else await _grant(house, app, scopes, person, acr)
    return await house.identity.oauth.minter.access_token(
        app.client, scopes=scopes, resource=audience, jkt=jkt, grant=grant, details=details
    )


async def _grant(
    house: House, app: RegisteredClient, scopes: tuple[str, ...], person: PrincipalId, acr: str
) -> Grant:
    at = house.clock.now()
    grant = Grant(
        id=house.identity.oauth.ground.ids.new(),
        tenant=TENANT,
        client=app.client.id,
        person=person,
        session="",
        scopes=scopes,
        resources=(API,),
        auth_time=at,
        acr=acr,
        amr=("pwd",),
        made_at=at,
        expires_at=at + timedelta(days=1),
    )
    async with house.database.begin() as connection:
        await SqlGrantStore().insert_grant(connection, TENANT, grant)
    return grant
