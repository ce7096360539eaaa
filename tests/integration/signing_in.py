"""Apps and people of a running service: registered, signed in, with tokens for the gateway."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.core.clock import SystemClock
from curtilage.core.errors import CurtilageError
from curtilage.core.models import PrincipalId, PurposeKey
from curtilage.identity.oauth.models.clients import AuthMethod, Client, GrantType
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.models import AuthenticatorKind, Profile
from curtilage.identity.people.views import Arrival
from curtilage.identity.service.keys import KeyRequest
from curtilage.identity.token_callers import audience_of
from curtilage.identity.wire.pkce import challenge_of, encode_code_challenge
from tests.integration.visiting import PASSPHRASE, submit

CALLBACK = "http://127.0.0.1:1/callback"
SCOPES = frozenset({"openid", "offline_access", "models:call", "restore", "purpose:assist"})
FORM = re.compile(r'name="_csrf" value="([^"]+)"')
HANDLE = re.compile(r'name="request" value="([^"]+)"')
VERIFIER = "v" * 64


@asynccontextmanager
async def beside(settings: Settings) -> AsyncIterator[Foundation]:
    """The same database and keys, as a command on the machine opens them."""
    tools = make_tools()
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        yield foundation


def _wish_of(client: Client) -> ClientWish:
    """What would register the same app again."""
    names = (each.name for each in fields(ClientWish))
    return ClientWish(**{name: getattr(client, name) for name in names})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an app got for somebody."""

    access: str
    refresh: str
    id_token: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A service's authorization server, from outside and from beside."""

    settings: Settings
    url: str  # where it can be reached
    data_dir: Any

    @property
    def resource(self) -> str:
        return audience_of(self.settings.public_url.rstrip("/"))

    def run(self, work: Any) -> Any:
        """Do something with a foundation beside the service."""

        async def inside() -> Any:
            async with beside(self.settings) as foundation:
                return await work(foundation)

        return asyncio.run(inside())

    def enrol(self) -> None:
        """Ada is the first administrator."""
        link = (self.data_dir / "set-up-link").read_text().strip()
        with self.browser() as client:
            answer = submit(
                client, urlsplit(link).path, name="ada", passphrase=PASSPHRASE, again=PASSPHRASE
            )
            assert answer.headers["location"] == "/"

    def ada(self) -> PrincipalId:
        async def find(here: Foundation) -> PrincipalId:
            found = await here.identity.people.people.find_id(here.operator(), "ada")
            assert found is not None
            return found

        return PrincipalId(self.run(find))

    def add_person(self, name: str) -> PrincipalId:
        """Somebody with the passphrase that everybody has."""

        async def add(here: Foundation) -> PrincipalId:
            people = here.identity.people
            register = people.register
            hashed = (await people.passphrases.hash(PASSPHRASE.encode())).encode()
            person = await register.prepare(here.tenant, Profile(name))
            kept = register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)
            async with here.database.begin() as connection:
                assert await register.insert(connection, person, Profile(name))
                await register.authenticators.insert(connection, here.tenant, kept)
            return person.id

        return PrincipalId(self.run(add))

    def disable(self, person: PrincipalId) -> float:
        """Gives when that was done, on the monotonic clock."""

        async def end(here: Foundation) -> float:
            await here.identity.people.people.disable(here.operator(), person)
            return time.monotonic()

        return float(self.run(end))

    def a_session(self, name: str) -> str:
        """The secret in the cookie of somebody who signed in."""

        async def begin(here: Foundation) -> str:
            arrival = Arrival("192.0.2.7")
            begun = await here.identity.people.desk.sign_in(
                name=name, passphrase=PASSPHRASE, arrival=arrival
            )
            return begun.secret

        return str(self.run(begin))

    def a_refresh_token(self, app: RegisteredClient, grant_id: str) -> str:
        """Of a grant that is there."""

        async def make(here: Foundation) -> str:
            oauth = here.identity.oauth
            async with here.database.begin() as connection:
                grants = oauth.standing.grants
                grant = await grants.find_grant(connection, here.tenant, grant_id)
                assert grant is not None
                made = oauth.endpoints.tokens.issuer.first_refresh(app.client, grant)
                assert made is not None
                await grants.insert_refresh(connection, here.tenant, made.token)
            return made.text

        return str(self.run(make))

    def try_key(self, owner: PrincipalId) -> str:
        """The code with which a key for somebody is refused."""

        async def make(here: Foundation) -> str:
            request = KeyRequest("late", frozenset({PurposeKey("assist")}), owner=owner)
            try:
                await here.identity.keys.create(here.operator(), request)
            except CurtilageError as refusal:
                return refusal.code
            return ""

        return str(self.run(make))

    def sign_in(self, client: httpx.Client, name: str) -> None:
        page = client.get("/login")
        token = FORM.search(page.text)
        assert token, page.text
        fields = {"_csrf": token[1], "name": name, "passphrase": PASSPHRASE}
        origin = str(client.base_url).rstrip("/")
        assert client.post("/login", data=fields, headers={"origin": origin}).is_redirect

    def browser(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.settings.public_url,
            headers={"accept": "text/html"},
            timeout=30,
            verify=False,
        )

    def an_app(self, **given: Any) -> RegisteredClient:
        wish: dict[str, Any] = {
            "name": "Orchard notes",
            "method": AuthMethod.POST,
            "redirect_uris": (CALLBACK,),
            "grant_types": frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.CLIENT}),
            "scopes": SCOPES,
            "resources": (self.resource,),
            "is_first_party": True,
            **given,
        }

        async def register(here: Foundation) -> RegisteredClient:
            return await here.identity.oauth.clients.register(here.operator(), ClientWish(**wish))

        made: RegisteredClient = self.run(register)
        return made

    def change(self, app: RegisteredClient, **given: Any) -> float:
        """Let the app have what `given` says from now on; when that was done."""

        async def put(here: Foundation) -> float:
            wish = replace(_wish_of(app.client), **given)
            await here.identity.oauth.clients.change(here.operator(), app.client.id, wish)
            return time.monotonic()

        return float(self.run(put))

    def tokens(
        self,
        app: RegisteredClient,
        scope: str = "openid offline_access models:call restore",
        who: str = "ada",
    ) -> Tokens:
        """All the way: somebody signs in, the app exchanges its code."""
        asked = {
            "response_type": "code",
            "client_id": app.client.id,
            "redirect_uri": CALLBACK,
            "scope": scope,
            "state": "s",
            "resource": self.resource,
            "code_challenge": encode_code_challenge(challenge_of(VERIFIER)),
            "code_challenge_method": "S256",
        }
        with self.browser() as client:
            address = str(httpx.URL("/oauth2/authorize", params=asked))
            location = self._through(client, address, who)
        told = parse_qs(urlsplit(location).query)
        answer = self.post(
            app,
            grant_type="authorization_code",
            code=told["code"][0],
            redirect_uri=CALLBACK,
            code_verifier=VERIFIER,
        )
        assert answer.status_code == 200, answer.text
        got = answer.json()
        return Tokens(got["access_token"], got["refresh_token"], got["id_token"])

    def own_token(self, app: RegisteredClient, **given: str) -> str:
        """With which the app acts for itself; `dpop` is a proof."""
        asked = {"grant_type": "client_credentials", "resource": self.resource} | given
        answer = self.post(app, **asked)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def post(self, app: RegisteredClient, **given: str) -> httpx.Response:
        proof = given.pop("dpop", "")
        secret = {"client_id": app.client.id, "client_secret": app.secret}
        return httpx.post(
            f"{self.url}/oauth2/token",
            data=secret | given,
            headers={"dpop": proof} if proof else {},
            verify=False,
        )

    def granted(self, app: RegisteredClient, person: PrincipalId, **given: Any) -> tuple[str, str]:
        """A token of a grant that says anything about how somebody signed in; and its id."""
        at = SystemClock().now()

        async def make(here: Foundation) -> tuple[str, str]:
            fields: dict[str, Any] = {
                "id": here.ids.new(),
                "tenant": here.tenant,
                "client": app.client.id,
                "person": person,
                "session": "",
                "scopes": ("models:call",),
                "resources": (self.resource,),
                "auth_time": at,
                "acr": "aal1",
                "amr": ("pwd",),
                "made_at": at,
                "expires_at": at + timedelta(days=1),
            }
            grant = Grant(**(fields | given))
            oauth = here.identity.oauth
            async with here.database.begin() as connection:
                await oauth.standing.grants.insert_grant(connection, here.tenant, grant)
            token = await oauth.minter.access_token(
                app.client, scopes=grant.scopes, resource=grant.resources[0], grant=grant
            )
            return token, grant.id

        made: tuple[str, str] = self.run(make)
        return made

    def _through(self, client: httpx.Client, location: str, who: str) -> str:
        for _ in range(12):
            if location.startswith(CALLBACK):
                return location
            page = client.get(location)
            if page.is_redirect:
                location = page.headers["location"]
                continue
            if "refresh" in page.headers:  # a page that sends on to the app
                location = page.headers["refresh"].partition("url=")[2]
                continue
            token = FORM.search(page.text)
            assert token, page.text
            fields, path = {"_csrf": token[1]}, urlsplit(location).path
            if path == "/login":
                fields |= {"name": who, "passphrase": PASSPHRASE}
                fields["next"] = parse_qs(urlsplit(location).query)["next"][0]
            else:
                handle = HANDLE.search(page.text)
                assert handle, page.text
                fields |= {"request": handle[1], "decision": "allow"}
                path = "/oauth2/continue"
            origin = str(client.base_url).rstrip("/")
            answer = client.post(path, data=fields, headers={"origin": origin})
            assert answer.is_redirect, answer.text
            location = answer.headers["location"]
        raise AssertionError("there is no end to the pages")
