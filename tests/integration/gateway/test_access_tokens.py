"""Access tokens at the gateway, from the service's own authorization server.

The app and the SDK are real; the provider is scripted. Tokens that no server would give are
made with the server's own keys, or forged with others.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import openai
import pytest

from curtilage.app.foundation import Foundation
from curtilage.app.names import KnownByToken, list_callers
from curtilage.app.usage import usage_needs
from curtilage.core.clock import SystemClock
from curtilage.core.models import PrincipalId
from curtilage.gateway.jobs import ProjectExchanges
from curtilage.gateway.search import EVERYTHING
from curtilage.gateway.service.live import LiveService
from curtilage.gateway.service.places import RecordPlaces
from curtilage.gateway.store.exchanges import ExchangeStore
from curtilage.gateway.usage.build import build_usage_desk
from curtilage.gateway.usage.models import By, Period
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.identity.wire.jws import sign_jws
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.ledger.read import LedgerReader
from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import eventually
from tests.integration.service import CREDENTIAL, RunningService, running_service
from tests.integration.signing_in import SCOPES, Neighbourhood
from tests.policy_house import a_text
from tests.proofs import a_key, a_proof
from tests.signed_tokens import EC_KEY, RSA_KEY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
PUBLIC = "https://ai.orchard.example"
CHAT_PATH = "/v1/chat/completions"
CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}
STRICT = """
[purposes.ward]
title = "Look after patients"
assurance = 2
max_age = "15m"

[[rules]]
data = ["user.financial.card"]
treatment = "token"
assurance = 1
"""
WITHIN = 1.0  # seconds


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "policies").mkdir()
    (folder / "policies" / "mine.toml").write_text(a_text(more=STRICT))
    flags = {"policy.dir": folder / "policies", "gateway.policy": "mine"}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, CREDENTIAL)
        with running_service(folder, **flags) as service:
            yield service


@pytest.fixture(scope="module")
def here(shared: RunningService) -> Neighbourhood:
    made = Neighbourhood(shared.settings, shared.url, shared.folder / "data")
    made.enrol()
    return made


@pytest.fixture(scope="module")
def ada(here: Neighbourhood) -> PrincipalId:
    return here.ada()


@pytest.fixture(scope="module")
def app(here: Neighbourhood) -> RegisteredClient:
    return here.an_app(scopes=SCOPES | {"purpose:ward"})


@pytest.fixture
def service(shared: RunningService) -> RunningService:
    shared.provider.reset()
    shared.provider.script = whole(chat_reply("Hi"))
    return shared


def ask(service: RunningService, token: str, body: Any = CHAT, **headers: str) -> httpx.Response:
    sent = {"authorization": f"Bearer {token}"} | headers
    return httpx.post(f"{service.url}{CHAT_PATH}", json=body, headers=sent, timeout=30)


def list_models(service: RunningService, **headers: str) -> int:
    return httpx.get(f"{service.url}/v1/models", headers=headers, timeout=30).status_code


def signing_key(service: RunningService) -> SigningKey:
    return service.ask(service.control.standing.keys.signer("ES256"))


def claims_of(token: str) -> dict[str, Any]:
    return dict(json.loads(decode_base64url(token.split(".")[1])))


def resign(
    service: RunningService, token: str, header: dict[str, Any] | None = None, **changed: Any
) -> str:
    """The same token with other claims, under the server's own key."""
    key = signing_key(service)
    claims = {name: value for name, value in (claims_of(token) | changed).items() if value != ""}
    own = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid} | (header or {})
    return sign_jws(
        encode_base64url(json.dumps(own).encode()), json.dumps(claims).encode(), key=key
    )


@pytest.mark.requirement(9)
def test_the_openai_sdk_calls_with_a_persons_token(
    service: RunningService, here: Neighbourhood, app: RegisteredClient, ada: PrincipalId
) -> None:
    got = here.tokens(app)
    mail = "ada.quill@orchard.example"
    service.provider.script = whole(chat_reply("Fine."))
    client = openai.OpenAI(api_key=got.access, base_url=f"{service.url}/v1", max_retries=0)
    with client:
        said = client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": f"Write to {mail}"}]
        )
    assert said.choices[0].message.content == "Fine."
    sent = str(service.provider.received[-1].document)
    assert mail not in sent and "cur_" not in sent and got.access not in sent
    request_id = service.events()[-1].id
    assert request_id
    intent = next(e for e in reversed(service.events()) if e.actor_kind == "person" and e.purpose)
    assert (intent.purpose, bool(intent.actor), bool(intent.subject)) == ("assist", True, True)


async def live_and_usage(here: Foundation, service: RunningService) -> tuple[Any, Any, Any]:
    """What an administrator sees: the newest requests, and what was used by whom."""
    ledger = LedgerReader(service.settings.server.data_dir / "ledger")
    known, actor = KnownByToken(here), here.operator()
    projects = ProjectExchanges(ledger, ExchangeStore(here.database))
    while await projects.step():
        pass
    live = LiveService(
        ExchangeStore(here.database),
        RecordPlaces(ledger, lambda _: False),
        here.authority,
        lambda: list_callers(here),
        {},
        known,
    )
    rows = (await live.page(actor, EVERYTHING, after=None, limit=200)).rows
    usage = build_usage_desk(usage_needs(here, ledger), actor)
    await usage.project.catch_up()
    people = await usage.service.overview(actor, By.PERSON, Period(), limit=50)
    return rows, people.rows, await usage.service.report(actor, By.APP, Period())


@pytest.mark.parametrize("subject_type", ["public", "pairwise"])
def test_who_called_with_a_token_is_told_by_person_and_app(
    service: RunningService, here: Neighbourhood, subject_type: str
) -> None:
    """Also where the app knows the person by a name that no other app knows."""
    name = f"caller {subject_type}"
    person = here.add_person(name)
    app = here.an_app(name=f"Notes {subject_type}", subject_type=subject_type)
    assert ask(service, here.tokens(app, who=name).access).status_code == 200
    assert ask(service, here.own_token(app, scope="models:call")).status_code == 200
    rows, people, apps = here.run(lambda inside: live_and_usage(inside, service))
    by_app = [row for row in rows if row.asker.app == app.client.name]
    assert [row.who for row in by_app] == [app.client.name, f"a person by {app.client.name}"]
    assert by_app[1].asker.person_path == f"/console/people/{person}"
    (one,) = [row for row in people if row.label == name]
    assert (one.counts.calls, one.path) == (1, f"/console/people/{person}")
    (total,) = [row for row in apps if row.label == app.client.name]
    assert (total.counts.calls, total.path) == (2, f"/console/apps/{app.client.id}")
    here.run(lambda inside: inside.identity.people.leaving.delete(inside.operator(), person))
    rows, people, _ = here.run(lambda inside: live_and_usage(inside, service))
    assert name not in {row.label for row in people}, "who is deleted is nobody in records"
    assert "a person no longer known" in {row.label for row in people}


def test_a_person_speaks_for_nobody_else(
    service: RunningService, here: Neighbourhood, app: RegisteredClient, ada: PrincipalId
) -> None:
    token, _ = here.granted(app, ada)
    assert ask(service, token, **{"x-curtilage-subject": str(ada)}).status_code == 200
    other = ask(service, token, **{"x-curtilage-subject": "ben"})
    assert (other.status_code, other.json()["error"]["code"]) == (
        403,
        "gateway.subject-not-allowed",
    )


@pytest.mark.parametrize("name", ["x-api-key", "api-key", "x-curtilage-key"])
def test_a_token_comes_where_an_sdk_puts_its_key(
    service: RunningService, here: Neighbourhood, app: RegisteredClient, name: str
) -> None:
    token = here.own_token(app, scope="models:call")
    assert list_models(service, **{name: token}) == 200


@pytest.mark.requirement(23)
def test_a_token_without_the_scope_is_told_which(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    refused = ask(service, here.own_token(app, scope="purpose:assist"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "gateway.scope-missing")
    challenge = refused.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge and 'scope="models:call"' in challenge


def test_a_purpose_that_no_scope_names_is_refused(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    plain = here.own_token(app, scope="models:call")
    assert ask(service, plain).status_code == 200, "the usual purpose"
    refused = ask(service, plain, **{"x-curtilage-purpose": "ward"})
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (403, "gateway.purpose-not-held")
    assert error["type"] == "permission_error"
    bearer, dpop = refused.headers.get_list("www-authenticate")
    assert bearer.startswith('Bearer error="insufficient_scope", scope="models:call purpose:ward"')
    assert dpop.startswith('DPoP error="insufficient_scope", scope="models:call purpose:ward"')
    made_up = ask(service, plain, **{"x-curtilage-purpose": "made-up"})
    assert made_up.status_code == 403
    assert 'error="insufficient_scope"' in made_up.headers["www-authenticate"]
    assert "made-up" not in str(made_up.headers)
    key = ask(service, service.key(), **{"x-curtilage-purpose": "ward"})
    assert (key.status_code, "www-authenticate" in key.headers) == (403, False)
    named = here.own_token(app, scope="models:call purpose:ward")
    assert ask(service, named, **{"x-curtilage-purpose": "assist"}).status_code == 403


def test_values_come_back_by_a_scope_and_not_without(
    service: RunningService, here: Neighbourhood, app: RegisteredClient, ada: PrincipalId
) -> None:
    mail = "ben.harrow@orchard.example"
    body = {**CHAT, "messages": [{"role": "user", "content": f"Write to {mail}"}]}

    def echo(token: str) -> str:
        assert ask(service, token, body).status_code == 200
        sent = service.provider.received[-1].document["messages"][-1]["content"]
        service.provider.script = whole(chat_reply(sent))
        return str(ask(service, token, body).json()["choices"][0]["message"]["content"])

    assert mail in echo(here.tokens(app).access)
    service.provider.script = whole(chat_reply("Hi"))
    assert mail not in echo(here.tokens(app, "openid models:call offline_access").access)


@pytest.mark.requirement(23)
def test_a_purpose_asks_for_a_surer_and_fresher_sign_in(
    service: RunningService, here: Neighbourhood, app: RegisteredClient, ada: PrincipalId
) -> None:
    ward = {"x-curtilage-purpose": "ward"}
    scopes, now = ("models:call", "purpose:ward"), SystemClock().now()
    weak, _ = here.granted(app, ada, scopes=scopes)
    refused = ask(service, weak, **ward)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "gateway.step-up")
    challenge = refused.headers["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="aal2"' in challenge and 'max_age="900"' in challenge
    old, _ = here.granted(
        app, ada, scopes=scopes, acr="aal2", auth_time=now - timedelta(minutes=16)
    )
    assert ask(service, old, **ward).status_code == 401
    sure, _ = here.granted(app, ada, scopes=scopes, acr="aal2")
    assert ask(service, sure, **ward).status_code == 200
    key = service.key(purposes=frozenset({"ward"}))
    assert ask(service, key).status_code == 401, "a key signed in never"
    assert any(event.decision.get("effect") == "step_up" for event in service.events())


def test_data_that_asks_for_a_sign_in_is_not_sent_for_a_key(service: RunningService) -> None:
    body = {**CHAT, "messages": [{"role": "user", "content": "Card 4111 1111 1111 1111"}]}
    key = service.key()
    assert ask(service, key).status_code == 200
    assert ask(service, key, body).json()["error"]["code"] == "gateway.step-up"


@pytest.mark.requirement(22)
def test_a_bound_token_comes_with_a_proof_that_is_used_once(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    key, now = a_key(), SystemClock().now
    endpoint = f"{here.settings.public_url}/oauth2/token"
    token = here.own_token(app, scope="models:call", dpop=a_proof(key, endpoint, now()))
    url = f"{here.settings.public_url}{CHAT_PATH}"

    def send(proof: str, scheme: str = "DPoP") -> httpx.Response:
        return ask(service, token, authorization=f"{scheme} {token}", dpop=proof)

    good = a_proof(key, url, now(), token=token)
    assert send(good).status_code == 200
    again = send(good)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "gateway.proof-refused")
    assert 'error="invalid_dpop_proof"' in again.headers["www-authenticate"]
    assert send(a_proof(key, url, now(), token=token), "dpop").status_code == 200
    assert ask(service, token).status_code == 401, "sent as a bearer token"
    assert ask(service, token, authorization=f"DPoP {token}").status_code == 401, "no proof"
    other = "http://127.0.0.1:1" + CHAT_PATH
    for wrong in (
        a_proof(key, other, now(), token=token),
        a_proof(key, url, now(), token=token, method="GET"),
        a_proof(key, url, now(), token="another"),
        a_proof(key, url, now()),
        a_proof(a_key(), url, now(), token=token),
        a_proof(key, url, now() - timedelta(minutes=5), token=token),
    ):
        assert send(wrong).status_code == 401
    plain = here.own_token(app, scope="models:call")
    unbound = a_proof(key, url, now(), token=plain)
    assert ask(service, plain, authorization=f"DPoP {plain}", dpop=unbound).status_code == 401


@pytest.mark.requirement(22)
def test_two_proofs_are_none(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    key, now = a_key(), SystemClock().now
    endpoint = f"{here.settings.public_url}/oauth2/token"
    token = here.own_token(app, scope="models:call", dpop=a_proof(key, endpoint, now()))
    proof = a_proof(key, f"{here.settings.public_url}{CHAT_PATH}", now(), token=token)
    sent = [("authorization", f"DPoP {token}"), ("dpop", proof), ("dpop", proof)]
    answer = httpx.post(f"{service.url}{CHAT_PATH}", json=CHAT, headers=sent)
    assert answer.status_code == 401
    assert ask(service, token, authorization=f"DPoP {token}", dpop=proof).status_code == 200


@pytest.mark.requirement(22)
@pytest.mark.complaint(26)
def test_behind_a_proxy_the_public_address_counts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The proxy calls by another name and scheme; the client signs what it sees."""
    folder = tmp_path_factory.mktemp("proxied")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, CREDENTIAL)
        with running_service(folder, **{"server.public_url": PUBLIC}) as service:
            service.provider.script = whole(chat_reply("Hi"))
            here = Neighbourhood(service.settings, service.url, folder / "data")
            app, key, now = here.an_app(), a_key(), SystemClock().now
            proof = a_proof(key, f"{PUBLIC}/oauth2/token", now())
            token = here.own_token(app, scope="models:call", dpop=proof)
            for address, status in ((PUBLIC, 200), (service.url, 401)):
                proof = a_proof(key, f"{address}{CHAT_PATH}?n=1", now(), token=token)
                for host in ("ai.orchard.example", f"127.0.0.1:{service.port}"):
                    if status == 200:
                        proof = a_proof(key, f"{address}{CHAT_PATH}", now(), token=token)
                    told = {"host": host, "x-forwarded-proto": "http", "dpop": proof}
                    answer = ask(service, token, authorization=f"DPoP {token}", **told)
                    assert answer.status_code == status, (address, host)


def _none(service: RunningService, token: str) -> str:
    header = encode_base64url(b'{"alg":"none","typ":"at+jwt"}')
    return f"{header}.{token.split('.')[1]}."


def _forged(service: RunningService, token: str) -> str:
    header = encode_base64url(json.dumps({"alg": "ES256", "typ": "at+jwt"}).encode())
    return sign_jws(header, json.dumps(claims_of(token)).encode(), key=EC_KEY)


def _other_algorithm(service: RunningService, token: str) -> str:
    header = encode_base64url(json.dumps({"alg": "RS256", "typ": "at+jwt"}).encode())
    return sign_jws(header, json.dumps(claims_of(token)).encode(), key=RSA_KEY)


def _own_key(service: RunningService, token: str) -> str:
    own = {"alg": "ES256", "typ": "at+jwt", "jwk": dict(EC_KEY.public.members)}
    header = encode_base64url(json.dumps(own).encode())
    return sign_jws(header, json.dumps(claims_of(token)).encode(), key=EC_KEY)


def _tampered(service: RunningService, token: str) -> str:
    header, _, signature = token.split(".")
    claims = claims_of(token) | {"scope": "models:call restore purpose:ward"}
    return f"{header}.{encode_base64url(json.dumps(claims).encode())}.{signature}"


def _hollow(service: RunningService, token: str) -> str:
    """r = s = 0 (CVE-2022-21449)."""
    return f"{token.rpartition('.')[0]}.{encode_base64url(bytes(64))}"


def _twice(service: RunningService, token: str) -> str:
    key = signing_key(service)
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    payload = json.dumps(claims_of(token)).replace("{", '{"sub":"ben",', 1).encode()
    return sign_jws(encode_base64url(json.dumps(header).encode()), payload, key=key)


HOSTILE: dict[str, Callable[[RunningService, str], str]] = {
    "unsigned": _none,
    "signed by another": _forged,
    "other algorithm": _other_algorithm,
    "key in the header": _own_key,
    "tampered": _tampered,
    "hollow signature": _hollow,
    "no signature": lambda _, token: token.rpartition(".")[0] + ".",
    "a name twice": _twice,
    "padding": lambda _, token: token + "=",
    "encrypted": lambda _, token: token + ".AAAA.AAAA",
    "critical extension": lambda s, t: resign(s, t, {"crit": ["exp"], "exp": 1}),
    "an ID token's type": lambda s, t: resign(s, t, {"typ": "JWT"}),
    "kid of a path": lambda s, t: resign(s, t, {"kid": "../../dev/null"}),
    "another audience": lambda s, t: resign(s, t, aud="https://files.orchard.example"),
    "another issuer": lambda s, t: resign(s, t, iss="https://id.orchard.example"),
    "expired": lambda s, t: resign(s, t, exp=int(time.time()) - 120, iat=int(time.time()) - 700),
    "not yet": lambda s, t: resign(s, t, iat=int(time.time()) + 300),
    "for ever": lambda s, t: resign(s, t, exp=int(time.time()) + 90_000),
    "without an end": lambda s, t: resign(s, t, exp=""),
    "an unknown claim": lambda s, t: resign(s, t, may_act={"sub": "ben"}),
    "permissions of RFC 9396": lambda s, t: resign(s, t, authorization_details=[{"type": "tool"}]),
    "too long": lambda s, t: resign(s, t, jti="j" * 12_000),
}


@pytest.mark.requirement(9, 22)
@pytest.mark.complaint(10)
def test_hostile_tokens_are_refused_counted_and_not_echoed(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    token = here.own_token(app, scope="models:call")
    assert ask(service, token).status_code == 200
    assert (
        resign(service, token) != token and ask(service, resign(service, token)).status_code == 200
    )
    time.sleep(1.2)  # what was counted before is written down
    before = _rejected(service)
    for what, make in HOSTILE.items():
        hostile = make(service, token)
        answer = ask(service, hostile)
        assert answer.status_code == 401, what
        assert answer.json()["error"]["code"] == "gateway.token-refused", what
        assert 'error="invalid_token"' in answer.headers["www-authenticate"], what
        assert hostile not in answer.text + str(answer.headers), what
    eventually(lambda: _rejected(service) - before == len(HOSTILE))
    told = [event for event in service.events() if event.kind == "caller.rejected"]
    assert len(told) < len(HOSTILE), "in sums"


def _rejected(service: RunningService) -> int:
    events = [event for event in service.events() if event.kind == "caller.rejected"]
    counts = [json.dumps(dict(event.facts)) for event in events]
    return sum(_count(json.loads(text)) for text in counts)


def _count(facts: Any) -> int:
    if isinstance(facts, dict):
        return sum(
            value if key == "gateway.token-refused" and isinstance(value, int) else _count(value)
            for key, value in facts.items()
        )
    return 0


@pytest.mark.requirement(9)
def test_an_id_token_and_a_refresh_token_open_nothing(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    got = here.tokens(app)
    assert ask(service, got.access).status_code == 200
    assert ask(service, got.id_token).status_code == 401
    assert ask(service, got.refresh).status_code == 401


def until_refused(service: RunningService, *tokens: str) -> float:
    """Seconds from now to the last call that was let in."""
    began = time.monotonic()
    while any(list_models(service, authorization=f"Bearer {each}") != 401 for each in tokens):
        assert time.monotonic() - began < 30, "it is never refused"
    return time.monotonic() - began


def test_a_token_ends_with_its_grant_its_client_or_by_itself(
    service: RunningService, here: Neighbourhood, ada: PrincipalId
) -> None:
    app = here.an_app()
    token, grant = here.granted(app, ada)
    revoked, other = (
        here.own_token(app, scope="models:call"),
        here.own_token(app, scope="models:call"),
    )
    for each in (token, revoked, other):
        assert list_models(service, authorization=f"Bearer {each}") == 200
    form = {"client_id": app.client.id, "client_secret": app.secret, "token": revoked}
    assert httpx.post(f"{service.url}/oauth2/revoke", data=form).status_code == 200
    assert until_refused(service, revoked) < WITHIN
    assert list_models(service, authorization=f"Bearer {token}") == 200
    assert list_models(service, authorization=f"Bearer {other}") == 200

    async def end_grant(beside: Any) -> None:
        async with beside.database.begin() as connection:
            grants = beside.identity.oauth.standing.grants
            await grants.revoke(connection, beside.tenant, beside.clock.now(), grant_id=grant)

    here.run(end_grant)
    assert until_refused(service, token) < WITHIN
    assert list_models(service, authorization=f"Bearer {other}") == 200

    async def end_client(beside: Any) -> None:
        await beside.identity.oauth.clients.revoke(beside.operator(), app.client.id)

    here.run(end_client)
    assert until_refused(service, other) < WITHIN


@pytest.mark.requirement(57)
@pytest.mark.complaint(19)
def test_all_of_somebody_ends_when_they_are_disabled(
    service: RunningService, here: Neighbourhood, app: RegisteredClient
) -> None:
    """Session, refresh token, access token and key, in one transaction."""
    ben = here.add_person("ben")
    got, key = here.tokens(app, who="ben"), service.key(owner=ben)
    with here.browser() as browser:
        here.sign_in(browser, "ben")
        assert browser.get("/account").status_code == 200
        for each in (got.access, key):
            assert list_models(service, authorization=f"Bearer {each}") == 200
        refreshed = here.post(app, grant_type="refresh_token", refresh_token=got.refresh)
        assert refreshed.status_code == 200
        here.disable(ben)
        assert until_refused(service, got.access, refreshed.json()["access_token"], key) < WITHIN
        latest = refreshed.json()["refresh_token"]
        answer = here.post(app, grant_type="refresh_token", refresh_token=latest)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert browser.get("/account").status_code in (302, 303)
    refused = here.try_key(ben)
    assert refused == "identity.unacceptable-key", "nor does anybody get a new one"
