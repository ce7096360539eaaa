"""The gateway as a protected resource: found from a challenge alone, with nonces in proofs."""

from collections.abc import Iterator

import httpx
import pytest

from curtilage.core.clock import SystemClock
from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.fakes.provider import chat_reply, whole
from tests.integration.service import CREDENTIAL, RunningService, running_service
from tests.integration.signing_in import Neighbourhood
from tests.proofs import a_key, a_proof

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
CHAT_PATH = "/v1/chat/completions"
CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, CREDENTIAL)
        folder = tmp_path_factory.mktemp("nonces")
        with running_service(folder, **{"identity.dpop_nonce": True}) as running:
            running.provider.script = whole(chat_reply("Hi"))
            yield running


@pytest.fixture(scope="module")
def here(service: RunningService) -> Neighbourhood:
    return Neighbourhood(service.settings, service.url, service.folder / "data")


@pytest.fixture(scope="module")
def app(here: Neighbourhood) -> RegisteredClient:
    return here.an_app()


def call(service: RunningService, **headers: str) -> httpx.Response:
    return httpx.post(f"{service.url}{CHAT_PATH}", json=CHAT, headers=headers, timeout=60)


@pytest.mark.requirement(24)
def test_who_knows_the_address_alone_finds_who_gives_tokens(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    refused = call(service)
    base = here.settings.public_url
    where = f"{base}/.well-known/oauth-protected-resource/v1"
    challenges = refused.headers.get_list("www-authenticate")
    assert len(challenges) == 2
    assert all(f'resource_metadata="{where}"' in each for each in challenges)
    told = httpx.get(where).json()
    assert told["resource"] == here.resource == f"{base}/v1"
    (issuer,) = told["authorization_servers"]
    metadata = httpx.get(f"{issuer}/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == issuer
    assert {"models:call", "restore", "purpose:assist"} <= set(told["scopes_supported"])
    token = here.own_token(app, scope="models:call")[:-4] + "AAAA"
    wrong = call(service, authorization=f"Bearer {token}").headers.get_list("www-authenticate")
    assert 'error="invalid_token"' in wrong[0] and f'resource_metadata="{where}"' in wrong[0]


@pytest.mark.requirement(22)
def test_a_proof_needs_the_nonce_of_the_reply_before(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    key, now = a_key(), SystemClock().now
    endpoint, url = f"{here.settings.public_url}/oauth2/token", here.resource + CHAT_PATH[3:]
    fields = {
        "grant_type": "client_credentials", "scope": "models:call", "resource": here.resource,
        "client_id": app.client.id, "client_secret": app.secret,
    }  # fmt: skip
    first = httpx.post(endpoint, data=fields, headers={"dpop": a_proof(key, endpoint, now())})
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    theirs = first.headers["dpop-nonce"]
    proof = a_proof(key, endpoint, now(), nonce=theirs)
    token = httpx.post(endpoint, data=fields, headers={"dpop": proof}).json()["access_token"]

    def send(nonce: str = "") -> httpx.Response:
        proof = a_proof(key, url, now(), token=token, **({"nonce": nonce} if nonce else {}))
        return call(service, authorization=f"DPoP {token}", dpop=proof)

    asked = send()
    assert (asked.status_code, asked.json()["error"]["code"]) == (401, "gateway.nonce-asked")
    (challenge,) = asked.headers.get_list("www-authenticate")
    assert challenge.startswith("DPoP ") and 'error="use_dpop_nonce"' in challenge
    nonce = asked.headers["dpop-nonce"]
    done = send(nonce)
    assert done.status_code == 200
    assert done.headers["dpop-nonce"], "the next one comes with every reply"
    assert send(done.headers["dpop-nonce"]).status_code == 200
    for wrong in ("made-up", theirs):
        assert send(wrong).status_code == 401, "nor is one of the token endpoint good here"


def test_who_brings_no_proof_hears_of_no_nonce(service: RunningService) -> None:
    done = call(service, authorization=f"Bearer {service.key()}")
    assert (done.status_code, done.headers.get("dpop-nonce")) == (200, None)
