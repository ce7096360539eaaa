"""Bad input at the doors of the whole application, item by item of what was promised.

Each is answered with the protocol's own error and counted in an Event; no answer shows a stack
trace or what was sent, and nobody is let in. The application is the control process's own, over
its real store and keys; a test asks it in the process, and reads the records after it stopped.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from curtilage.app.control import open_control
from curtilage.app.foundation import open_foundation
from curtilage.app.settings import Settings, read_settings
from curtilage.app.tools import make_tools
from curtilage.core.clock import SystemClock
from curtilage.core.db import outbox
from curtilage.core.db.engine import open_database
from curtilage.core.models import Event
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.models import AuthenticatorKind, Profile
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.ledger.read import LedgerReader
from tests.integration.visiting import PASSPHRASE
from tests.planted import remember
from tests.proofs import a_key, a_proof, an_assertion

HOME = "http://localhost:8787"
CALLBACK = "https://app.orchard.example/callback"
ADDRESS = "ada@quince.example"  # of no planted domain: her mail is a file here
HTML = {"accept": "text/html"}
TRACE = re.compile(r"Traceback|File \"|curtilage\.[a-z]+\.[a-z]|site-packages|\.py\b")
FORM = re.compile(r'name="_csrf" value="([^"]+)"')
TEN_MB = 10_000_000


@dataclass
class Doors:
    """The running application, and what it recorded once it stopped."""

    settings: Settings
    app: Any
    stack: AsyncExitStack

    def visitor(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url=HOME, headers=headers)

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """An answer that refuses: it shows no trace, and lets nobody in."""
        async with self.visitor() as client:
            return nobody_in(await client.request(method, path, **given))

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        """A form as its page sends it."""
        async with self.visitor(**HTML, origin=HOME) as client:
            page = await client.get(path)
            found = FORM.search(page.text)
            assert found, page.text
            return nobody_in(await client.post(path, data={"_csrf": found[1], **fields}))

    async def register(self, method: AuthMethod, **given: Any) -> RegisteredClient:
        wish = ClientWish(
            name="Orchard notes",
            method=method,
            redirect_uris=(CALLBACK,),
            grant_types=frozenset({GrantType.CODE, GrantType.REFRESH}),
            scopes=frozenset({"openid", "offline_access"}),
            **given,
        )
        tools = make_tools()
        async with open_foundation(
            self.settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
        ) as beside:
            return await beside.identity.oauth.clients.register(beside.operator(), wish)

    async def recorded(self) -> list[Event]:
        """Stop the application; every Event that is in the ledger or on its way there."""
        await self.stack.aclose()
        data_dir = self.settings.server.data_dir
        database = open_database("sqlite", data_dir)
        async with database.read() as connection:
            waiting = [each.event for each in await outbox.read_batch(connection, 10_000)]
        await database.close()
        return [each.event for each in LedgerReader(data_dir / "ledger").iterate()] + waiting

    async def counted(self) -> dict[tuple[str, str, str], int]:
        """How often each kind was refused, by route, code and app."""
        counts: dict[tuple[str, str, str], int] = {}
        for event in await self.recorded():
            if event.kind == "request.refused":
                for row in event.facts["refused"]:  # type: ignore[union-attr]
                    kind = (row["at"], row["code"], row.get("client", ""))
                    counts[kind] = counts.get(kind, 0) + row["count"]
        return counts


def nobody_in(answer: httpx.Response) -> httpx.Response:
    assert not TRACE.search(answer.text), answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert not [each for each in cookies if each.startswith("curtilage-session=")]
    assert "access_token" not in answer.text
    return answer


def oauth_error(answer: httpx.Response, status: int, error: str) -> None:
    """As RFC 6749 §5.2 has it, and no more."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error"] == error
    assert answer.json().keys() <= {"error", "error_description"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    config = tmp_path / "curtilage.toml"
    config.write_text(
        f'[server]\npublic_url = "{HOME}"\n[identity]\nsign_up = "open"\n'
        "[identity.providers.grove]\n"
        'client_id = "here"\nissuer = "https://grove.example"\nclient_secret_env = "GROVE"\n'
    )
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    remember(tmp_path / "data", tmp_path / "keys")
    tools = make_tools()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROVE", "a secret of a provider")
        settings = read_settings(config, {}, flags)
        async with AsyncExitStack() as stack:
            control = await stack.enter_async_context(
                open_control(settings, config, tools.clock, tools.ids, tools.entropy)
            )
            await add_ada(settings)
            yield Doors(settings, control.web, stack)


async def add_ada(settings: Settings) -> None:
    """Somebody whose name and address are worth imitating."""
    tools = make_tools()
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as beside:
        people, register = beside.identity.people, beside.identity.people.register
        hashed = (await people.passphrases.hash(PASSPHRASE.encode())).encode()
        profile = Profile("ada", ADDRESS, beside.clock.now())
        person = await register.prepare(beside.tenant, profile)
        kept = register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)
        async with beside.database.begin() as connection:
            assert await register.insert(connection, person, profile)
            await register.authenticators.insert(connection, beside.tenant, kept)


def an_unsigned(claims: bytes, **header: str) -> str:
    """A JWS whose header says that it is none."""
    head = orjson.dumps({"alg": "none", **header})
    return f"{encode_base64url(head)}.{encode_base64url(claims)}."


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/callback",
        CALLBACK + ".elsewhere.example",
        "https://app.orchard.example@elsewhere.example/callback",
        CALLBACK + "/../../elsewhere",
        "HTTPS://APP.ORCHARD.EXAMPLE/callback",
        "javascript:alert(1)",
        "//elsewhere.example",
        CALLBACK + "\r\nlocation: https://elsewhere.example",
    ],
)
async def test_a_hostile_redirect_uri_sends_nobody_anywhere(doors: Doors, address: str) -> None:
    app = (await doors.register(AuthMethod.BASIC)).client.id
    query = {"client_id": app, "response_type": "code", "redirect_uri": address}
    answer = await doors.ask("GET", "/oauth2/authorize", params=query, headers=HTML)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "elsewhere" not in answer.text
    assert await doors.counted() == {("oauth.oauth2.authorize-get", "oauth.address-refused", ""): 1}


async def test_what_else_an_app_asks_wrongly_is_told_to_its_registered_address_alone(
    doors: Doors,
) -> None:
    app = (await doors.register(AuthMethod.BASIC)).client.id
    query = {"client_id": app, "response_type": "token", "redirect_uri": CALLBACK}
    answer = await doors.ask("GET", "/oauth2/authorize", params=query, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{CALLBACK}?error=unsupported_response_type&")
    kind = ("oauth.oauth2.authorize-get", "unsupported_response_type", app)
    assert await doors.counted() == {kind: 1}


async def test_hostile_jose_proves_nothing(doors: Doors) -> None:
    app = (await doors.register(AuthMethod.POST)).client
    own = await doors.register(AuthMethod.KEY, jwks={"keys": [a_key().as_dict(private=False)]})
    forged = an_unsigned(b'{"sub":"ada","iss":"http://localhost:8787","exp":9999999999}')
    fields = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": own.client.id}
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    asserted = fields | {"client_assertion_type": kind, "client_assertion": forged}
    oauth_error(await doors.ask("POST", "/oauth2/token", data=asserted), 401, "invalid_client")

    secret = {"client_id": app.id, "client_secret": "guessed"}
    oauth_error(
        await doors.ask("POST", "/oauth2/token", data=fields | secret), 401, "invalid_client"
    )

    bearer = {"authorization": f"Bearer {forged}"}
    answer = await doors.ask("GET", "/oauth2/userinfo", headers=bearer)
    oauth_error(answer, 401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    proof = {"authorization": f"DPoP {forged}", "dpop": an_unsigned(b"{}", typ="dpop+jwt")}
    answer = await doors.ask("GET", "/oauth2/userinfo", headers=proof)
    oauth_error(answer, 401, "invalid_dpop_proof")
    assert await doors.counted() == {
        ("oauth.oauth2.token-post", "invalid_client", ""): 1,  # the assertion names nobody else
        ("oauth.oauth2.token-post", "invalid_client", app.id): 1,
        ("oauth.oauth2.userinfo-get", "invalid_token", ""): 1,
        ("oauth.oauth2.userinfo-get", "invalid_dpop_proof", ""): 1,
    }


@pytest.mark.parametrize("cookie", ["forged", "x" * 9000, "\"'><script>", "a; curtilage-session=b"])
async def test_hostile_cookies_open_nothing(doors: Doors, cookie: str) -> None:
    headers = HTML | {"cookie": f"curtilage-session={cookie}; curtilage-form={cookie}"}
    answer = await doors.ask("GET", "/account", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/account")
    answer = await doors.ask(
        "POST", "/login", headers=headers | {"origin": HOME}, data={"_csrf": cookie, "name": "ada"}
    )
    assert answer.status_code == 403
    counted = await doors.counted()
    assert counted["identity.sign-in-run", "web.forged-form", ""] == 1
    assert {code for _, code, _ in counted} == {"web.sign-in-needed", "web.forged-form"}


async def test_forwarded_headers_move_neither_the_issuer_nor_what_a_proof_is_for(
    doors: Doors,
) -> None:
    app = await doors.register(AuthMethod.POST)
    forwarded = {
        "forwarded": "for=127.0.0.1;host=elsewhere.example;proto=https",
        "x-forwarded-host": "elsewhere.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "127.0.0.1",
        "x-original-url": "/console",
    }
    told = await doors.ask("GET", "/.well-known/openid-configuration", headers=forwarded)
    assert told.json()["issuer"] == HOME
    assert "elsewhere" not in told.text
    at = SystemClock().now()
    proof = a_proof(a_key(), "https://elsewhere.example/oauth2/token", at)
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": "x",
        "client_id": app.client.id,
        "client_secret": app.secret,
    }
    answer = await doors.ask(
        "POST", "/oauth2/token", data=fields, headers=forwarded | {"dpop": proof}
    )
    oauth_error(answer, 400, "invalid_dpop_proof")
    kind = ("oauth.oauth2.token-post", "invalid_dpop_proof", app.client.id)
    assert await doors.counted() == {kind: 1}


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost:8787.elsewhere.example", "localhost:8787@x", ""]
)
async def test_another_host_is_served_nothing(doors: Doors, host: str) -> None:
    answer = await doors.ask("GET", "/login", headers=HTML | {"host": host})
    assert answer.status_code == 421
    assert 'name="passphrase"' not in answer.text
    oauth_error(
        await doors.ask("POST", "/oauth2/token", headers={"host": host}), 421, "invalid_request"
    )
    answer = await doors.ask("GET", "/api/keys", headers={"host": host})
    assert answer.headers["content-type"] == "application/problem+json"
    assert await doors.counted() == {
        ("identity.sign-in", "web.wrong-host", ""): 1,
        ("oauth.oauth2.token-post", "web.wrong-host", ""): 1,
        ("management.keys-list", "web.wrong-host", ""): 1,
    }


async def test_ten_megabytes_are_not_read_to_their_end(doors: Doors) -> None:
    huge = {"client_id": "x" * TEN_MB}
    answer = await doors.ask("POST", "/oauth2/token", data=huge)
    oauth_error(answer, 413, "invalid_request")
    answer = await doors.ask("POST", "/login", data=huge, headers=HTML | {"origin": HOME})
    assert answer.status_code == 413
    answer = await doors.ask("POST", "/login/with/grove/callback", data={"state": "x" * TEN_MB})
    assert answer.status_code == 413
    answer = await doors.ask("POST", "/api/keys", content=b"x" * TEN_MB)
    assert (answer.status_code, answer.json()["code"]) == (413, "web.form-too-large")
    counted = await doors.counted()
    assert counted == {
        ("oauth.oauth2.token-post", "web.form-too-large", ""): 1,
        ("identity.sign-in-run", "web.form-too-large", ""): 1,
        ("providers.posted", "web.form-too-large", ""): 1,
        ("management.keys-create", "web.form-too-large", ""): 1,
    }


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_clock_that_is_an_hour_off_proves_nothing(doors: Doors, off: timedelta) -> None:
    key, at = a_key(), SystemClock().now() + off
    app = await doors.register(AuthMethod.POST)
    own = await doors.register(AuthMethod.KEY, jwks={"keys": [key.as_dict(private=False)]})
    fields = {"grant_type": "refresh_token", "refresh_token": "x"}
    by_secret = {"client_id": app.client.id, "client_secret": app.secret}
    proof = {"dpop": a_proof(a_key(), f"{HOME}/oauth2/token", at)}
    answer = await doors.ask("POST", "/oauth2/token", data=fields | by_secret, headers=proof)
    oauth_error(answer, 400, "invalid_dpop_proof")
    asserted = an_assertion(key, own.client.id, HOME, at)
    answer = await doors.ask("POST", "/oauth2/token", data=fields | asserted)
    oauth_error(answer, 401, "invalid_client")
    assert await doors.counted() == {
        ("oauth.oauth2.token-post", "invalid_dpop_proof", app.client.id): 1,
        ("oauth.oauth2.token-post", "invalid_client", own.client.id): 1,
    }


@pytest.mark.parametrize(
    "name", ["\u0430d\u0430", "ad\u0251", "a\u200bda", "ada\u202e", "\u0391da"]
)
async def test_a_name_that_looks_like_another_signs_nobody_in(doors: Doors, name: str) -> None:
    answer = await doors.submit("/login", name=name, passphrase=PASSPHRASE)
    assert answer.status_code == 401
    events = await doors.recorded()
    (failed,) = [each for each in events if each.kind == "session.failed"]
    assert name not in str(failed)
    (refused,) = [each for each in events if each.kind == "request.refused"]
    assert refused.facts["refused"] == [{"at": "identity.sign-in-run", "code": "401", "count": 1}]


@pytest.mark.parametrize(
    "address",
    [
        "ad\u0430@orchard.example",
        "ada@orchard.exam\u017fple",
        "ada@ORCHARD.\u0415XAMPLE",
        "ADA@@x.y",
    ],
)
async def test_tricks_with_letters_of_an_address_make_no_second_account(
    doors: Doors, address: str
) -> None:
    answer = await doors.submit("/join", address=address)
    assert answer.status_code == 422
    assert await doors.counted() == {("people.join-ask", "422", ""): 1}


async def test_an_address_in_capitals_is_the_address_of_who_has_it(doors: Doors) -> None:
    """So nobody else joins with it, and what is sent goes where it always goes."""
    answer = await doors.submit("/join", address=ADDRESS.upper())
    assert answer.status_code == 200
    outbox_dir = doors.settings.server.data_dir / "outbox"
    while not (messages := list(outbox_dir.glob("*.eml"))):  # it is written after the answer
        await asyncio.sleep(0.01)
    sent = messages[0].read_text()
    assert f"To: {ADDRESS}" in sent
    assert "/join/" not in sent
    assert await doors.counted() == {}


async def test_what_nobody_asked_for_comes_back_from_no_provider(doors: Doors) -> None:
    forged = {"state": "forged", "code": "x", "iss": "https://elsewhere.example"}
    path = "/login/with/grove/callback"
    answer = await doors.ask("GET", path, params=forged, headers=HTML)
    assert answer.status_code == 401
    assert "elsewhere" not in answer.text
    answer = await doors.ask("GET", "/login/with/nobody/callback", params=forged, headers=HTML)
    assert answer.status_code == 404
    counted = await doors.counted()
    assert {code for at, code, _ in counted if at == "providers.callback"} == {
        "401",
        "providers.unknown",
    }


async def test_a_passkey_that_is_made_up_signs_nobody_in(doors: Doors) -> None:
    async with doors.visitor(**HTML, origin=HOME) as client:
        token = FORM.search((await client.get("/login")).text)
        assert token
        for passkey in ("", "{}", "x" * 50_000, '{"id":"AA","response":{}}'):
            fields = {"_csrf": token[1], "passkey": passkey}
            assert nobody_in(await client.post("/login/passkey", data=fields)).status_code == 401
    assert await doors.counted() == {("people.passkey-sign-in", "401", ""): 4}


async def test_what_no_route_answers_and_who_shows_no_key_is_counted_too(doors: Doors) -> None:
    assert (await doors.ask("GET", "/oauth2/../console/nothing")).status_code == 404
    assert (await doors.ask("DELETE", "/.well-known/openid-configuration")).status_code == 405
    answer = await doors.ask("GET", "/api/keys", headers={"authorization": "Bearer forged"})
    assert (answer.status_code, "www-authenticate" in answer.headers) == (401, True)
    assert await doors.counted() == {
        ("no-route", "web.unknown-page", ""): 1,
        ("no-route", "web.wrong-method", ""): 1,
        ("management.keys-list", "401", ""): 1,
    }


async def test_who_has_no_session_yet_is_refused_nothing(doors: Doors) -> None:
    assert (await doors.ask("GET", "/account", headers=HTML)).status_code == 303
    assert (await doors.ask("GET", "/login", headers=HTML)).status_code == 200
    assert await doors.counted() == {}
