"""An app signs people in with one line of configuration: the whole service, unmodified clients."""

import asyncio
import re
from base64 import b32decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from curtilage.app.foundation import Foundation, open_foundation
from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.totp import hotp, step_at
from tests.integration.service import RunningService, running_service
from tests.integration.visiting import PASSPHRASE, submit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]
CALLBACK = "http://127.0.0.1:1/callback"
FORM = re.compile(r'name="_csrf" value="([^"]+)"')


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "x")
        patch.setenv("ANTHROPIC_API_KEY", "x")
        with running_service(tmp_path_factory.mktemp("identity")) as running:
            enrol(running)
            yield running


def enrol(service: RunningService) -> None:
    link = (service.folder / "data" / "set-up-link").read_text().strip()
    with browser(service) as client:
        answer = submit(
            client, urlsplit(link).path, name="ada", passphrase=PASSPHRASE, again=PASSPHRASE
        )
        assert answer.headers["location"] == "/"


def browser(service: RunningService) -> httpx.Client:
    url = service.settings.public_url
    return httpx.Client(base_url=url, headers={"accept": "text/html"}, timeout=30, verify=False)


@asynccontextmanager
async def beside(service: RunningService) -> AsyncIterator[Foundation]:
    """The same database and keys, as a command on the machine opens them."""
    clock, entropy = SystemClock(), SystemEntropy()
    async with open_foundation(
        service.settings, clock=clock, ids=SystemIds(clock, entropy), entropy=entropy
    ) as foundation:
        yield foundation


def an_app(service: RunningService, **given: object) -> RegisteredClient:
    wish = {
        "name": "Orchard notes",
        "method": AuthMethod.BASIC,
        "redirect_uris": (CALLBACK,),
        "grant_types": frozenset({GrantType.CODE, GrantType.REFRESH}),
        "scopes": frozenset({"openid", "profile", "offline_access"}),
        **given,
    }

    async def register() -> RegisteredClient:
        async with beside(service) as foundation:
            clients = foundation.identity.oauth.clients
            return await clients.register(foundation.operator(), ClientWish(**wish))  # type: ignore[arg-type]

    return asyncio.run(register())


def a_client(app: RegisteredClient, scope: str) -> OAuth2Client:
    return OAuth2Client(
        app.client.id,
        app.secret,
        scope=scope,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        verify=False,
    )


def discovered(service: RunningService) -> dict[str, str]:
    url = service.settings.public_url
    found = httpx.get(f"{url}/.well-known/openid-configuration", verify=False).json()
    assert found["issuer"] == url
    return dict(found)


def through(client: httpx.Client, location: str) -> str:
    """Follow our own pages, signing in and allowing what is asked, to the app's address."""
    for _ in range(12):
        if location.startswith(CALLBACK):
            return location
        page = client.get(location)
        if page.is_redirect:
            location = page.headers["location"]
            continue
        token = FORM.search(page.text)
        assert token, page.text
        fields = {"_csrf": token[1]}
        path = urlsplit(location).path
        if path == "/login":
            fields |= {"name": "ada", "passphrase": PASSPHRASE}
            fields["next"] = parse_qs(urlsplit(location).query)["next"][0]
            answer = client.post("/login", data=fields, headers=own(client))
        else:
            request = re.search(r'name="request" value="([^"]+)"', page.text)
            assert request, page.text
            fields |= {"request": request[1], "decision": "allow"}
            action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
            answer = client.post(action[1] if action else path, data=fields, headers=own(client))
        assert answer.is_redirect, answer.text
        location = answer.headers["location"]
    raise AssertionError("there is no end to the pages")


def own(client: httpx.Client) -> dict[str, str]:
    return {"origin": str(client.base_url).rstrip("/")}


def test_an_unmodified_client_signs_somebody_in(service: RunningService) -> None:
    app, at = an_app(service), discovered(service)
    verifier = "v" * 64
    with a_client(app, "openid profile offline_access") as oauth:
        url, state = oauth.create_authorization_url(
            at["authorization_endpoint"], code_verifier=verifier
        )
        with browser(service) as client:
            location = through(client, url)
        assert parse_qs(urlsplit(location).query)["iss"] == [at["issuer"]]
        token = oauth.fetch_token(
            at["token_endpoint"],
            authorization_response=location,
            state=state,
            code_verifier=verifier,
        )
        assert {"access_token", "id_token", "refresh_token"} <= token.keys()
        told = oauth.get(at["userinfo_endpoint"]).json()
        assert told["name"] == "ada"
        again = oauth.refresh_token(at["token_endpoint"])
        assert again["refresh_token"] != token["refresh_token"]
    assert service.verify().holds
    kinds = {event.kind for event in service.events()}
    assert {"session.started", "oauth_client.registered"} <= kinds


@pytest.mark.requirement(23)
def test_an_app_that_asks_for_two_factors_gets_them(service: RunningService) -> None:
    """The app says which level it needs; the sign-in page leads there and back."""
    app, at = an_app(service, name="Ward round"), discovered(service)

    async def with_app() -> bytes:
        async with beside(service) as foundation:
            people = foundation.identity.people
            link = (await people.invitations.invite(foundation.operator())).link
            begun = await people.mailbox.join(
                link.rpartition("/")[2],
                name="grace",
                passphrase=PASSPHRASE,
                arrival=Arrival("192.0.2.7"),
            )
            offer = await people.account.offer_totp(begun.secret)
            plain = offer.secret.replace(" ", "")
            seed = b32decode(plain + "=" * (-len(plain) % 8))
            now = SystemClock().now()
            await people.account.add_totp(
                begun.secret, offer.ceremony, hotp(seed, step_at(now) - 1)
            )
            return seed

    seed = asyncio.run(with_app())
    verifier = "w" * 64
    with a_client(app, "openid") as oauth:
        url, state = oauth.create_authorization_url(
            at["authorization_endpoint"], code_verifier=verifier, acr_values="aal2"
        )
        with browser(service) as client:
            page = client.get(url)
            while page.is_redirect:
                page = client.get(page.headers["location"])
            token = FORM.search(page.text)
            assert token
            onward = re.search(r'name="next" value="([^"]+)"', page.text)
            assert onward
            answer = client.post(
                "/login",
                data={
                    "_csrf": token[1],
                    "name": "grace",
                    "passphrase": PASSPHRASE,
                    "next": onward[1],
                },
                headers=own(client),
            )
            second = answer.headers["location"]
            assert second.startswith("/login/second?next=")
            page = client.get(second)
            token = FORM.search(page.text)
            assert token
            code = hotp(seed, step_at(SystemClock().now()))
            answer = client.post(
                "/login/second",
                data={"_csrf": token[1], "code": code, "next": onward[1]},
                headers=own(client),
            )
            location = through(client, answer.headers["location"])
        token_ = oauth.fetch_token(
            at["token_endpoint"],
            authorization_response=location,
            state=state,
            code_verifier=verifier,
        )
    keys = httpx.get(at["jwks_uri"], verify=False).json()
    claims = jwt.decode(token_["id_token"], KeySet.import_key_set(keys)).claims
    assert claims["acr"] == "aal2"
    assert set(claims["amr"]) == {"mfa", "otp", "pwd"}
