"""Two nodes: what acted for somebody who is disabled at one ends at both within a second."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from curtilage.app.settings import read_settings
from curtilage.core.clock import SystemClock
from curtilage.core.models import PrincipalId
from tests.fakes.provider import chat_reply, whole
from tests.integration.cluster.nodes import Nodes, report, two_nodes
from tests.integration.processes import CHAT, Service
from tests.integration.signing_in import Neighbourhood
from tests.proofs import a_key, a_proof

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(300)]
PUBLIC = "http://localhost:8787"
WITHIN = 1.0  # seconds, of the best of the tries: a machine that is busy elsewhere is no fault
TRIES = 3


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("ending")
    with two_nodes(folder, server={"public_url": PUBLIC}) as nodes:
        nodes.provider.script = whole(chat_reply("Hi"))
        yield nodes


def at(node: Service) -> Neighbourhood:
    return Neighbourhood(read_settings(node.config, {}, {}), node.url, node.data_dir)


def is_let_in(node: Service, secret: str) -> bool:
    """Whether a key or token is."""
    return node.status("/v1/models", authorization=f"Bearer {secret}") == 200


def has_session(node: Service, secret: str) -> bool:
    cookie = {"cookie": f"curtilage-session={secret}", "accept": "text/html"}
    return httpx.get(f"{node.url}/account", headers=cookie).status_code == 200


def when_all_ended(node: Service, secrets: list[str], session: str) -> float:
    while has_session(node, session) or any(is_let_in(node, each) for each in secrets):
        time.sleep(0.01)
    return time.monotonic()


@pytest.mark.requirement(57)
@pytest.mark.complaint(19)
def test_all_of_somebody_ends_at_both_nodes(nodes: Nodes) -> None:
    one, seconds = at(nodes.one), []
    app = one.an_app()
    for number in range(TRIES):
        person: PrincipalId = one.add_person(f"ben-{number}")
        token, grant = one.granted(app, person)
        refresh, session = one.a_refresh_token(app, grant), one.a_session(f"ben-{number}")
        key = nodes.key("--owner", f"ben-{number}")
        for node in (nodes.one, nodes.other):
            assert has_session(node, session)
            assert is_let_in(node, token) and is_let_in(node, key)
        with ThreadPoolExecutor(2) as pool:
            ended = [
                pool.submit(when_all_ended, node, [token, key], session)
                for node in (nodes.one, nodes.other)
            ]
            disabled_at = one.disable(person)
            seconds.append(max(each.result(30) for each in ended) - disabled_at)
        for node in (nodes.one, nodes.other):
            answer = at(node).post(app, grant_type="refresh_token", refresh_token=refresh)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    report("from disabling somebody to the last refusal at both nodes", seconds)
    assert min(seconds) < WITHIN, seconds


@pytest.mark.requirement(22)
def test_a_proof_that_one_node_took_is_refused_at_the_other(nodes: Nodes) -> None:
    one, key, now = at(nodes.one), a_key(), SystemClock().now
    proof = a_proof(key, f"{PUBLIC}/oauth2/token", now())
    token = one.own_token(one.an_app(), scope="models:call", dpop=proof)
    proof = a_proof(key, f"{PUBLIC}/v1/chat/completions", now(), token=token)
    headers = {"authorization": f"DPoP {token}", "dpop": proof}
    statuses = [
        httpx.post(f"{node.url}/v1/chat/completions", json=CHAT, headers=headers).status_code
        for node in (nodes.one, nodes.other, nodes.one)
    ]
    assert statuses == [200, 401, 401]
