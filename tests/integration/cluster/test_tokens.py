"""Two nodes and the tokens of one authorization server: one budget, one successor, one rule."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from curtilage.app.settings import read_settings
from tests.fakes.provider import chat_reply, whole
from tests.integration.cluster.nodes import Nodes, report, two_nodes
from tests.integration.processes import CHAT, Service, eventually
from tests.integration.signing_in import Neighbourhood

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(300)]
PUBLIC = "http://localhost:8787"
WITHIN = 1.0  # seconds, of the best of the tries: a machine that is busy elsewhere is no fault
TRIES = 3


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("tokens")
    with two_nodes(folder, server={"public_url": PUBLIC}) as nodes:
        nodes.provider.script = whole(chat_reply("Hi"))
        yield nodes


def at(node: Service) -> Neighbourhood:
    return Neighbourhood(read_settings(node.config, {}, {}), node.url, node.data_dir)


def call(node: Service, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    url = f"{node.url}/v1/chat/completions"
    return httpx.post(url, json=CHAT, headers=headers, timeout=60)


def call_often(nodes: Nodes, tokens: list[str], count: int) -> Counter[int]:
    """The statuses of so many calls, at both nodes at once, with each token in turn."""
    both = (nodes.one, nodes.other)
    with ThreadPoolExecutor(16) as pool:
        calls = [
            pool.submit(call, both[number % 2], tokens[number // 2 % len(tokens)])
            for number in range(count)
        ]
        return Counter(each.result(60).status_code for each in calls)


def limit(nodes: Nodes, *arguments: str) -> None:
    """By the command, once both nodes know: they do when they know a key that came after."""
    done = nodes.one.run(*arguments)
    assert done.returncode == 0, done.stderr
    nodes.key()


@pytest.mark.requirement(59)
@pytest.mark.complaint(24)
def test_of_a_hundred_calls_of_a_person_with_room_for_one_one_passes(nodes: Nodes) -> None:
    """With two apps, one of which knows the person by another name."""
    one = at(nodes.one)
    person = one.add_person("spending")
    limit(nodes, "users", "budget", "spending", "--requests", "1/total")
    free = one.add_person("another")
    apps = [one.an_app(), one.an_app(subject_type="pairwise")]
    tokens = [one.granted(app, person)[0] for app in apps]
    before = len(nodes.provider.received)
    assert call_often(nodes, tokens, 100) == {200: 1, 429: 99}
    assert len(nodes.provider.received) - before == 1
    refused = call(nodes.other, tokens[1])
    assert refused.json()["error"]["type"] == "insufficient_quota"
    assert "The person has a budget of requests in total" in refused.json()["error"]["message"]
    assert call(nodes.other, one.granted(apps[1], free)[0]).status_code == 200
    told = nodes.other.run("users", "budget", "spending").stdout
    assert told == "1 of 1/total requests\n"


@pytest.mark.requirement(59)
def test_a_budget_of_each_app_holds_for_one_by_itself(nodes: Nodes) -> None:
    one = at(nodes.one)
    app, person = one.an_app(), one.add_person("of an app")
    limit(nodes, "clients", "budget", "--everybody", "--requests", "30/total")
    own, of_person = one.own_token(app, scope="models:call"), one.granted(app, person)[0]
    try:
        passed = 0
        while passed < 30:  # what a node holds and does not use comes back within seconds
            counted = call_often(nodes, [own, of_person], 20)
            assert set(counted) <= {200, 429}
            passed += counted[200]
        assert passed == 30
        assert call_often(nodes, [own, of_person], 8) == {429: 8}
        assert "app has a budget" in call(nodes.one, own).json()["error"]["message"]
        limit(nodes, "clients", "budget", app.client.id, "--requests", "100/total")
        eventually(lambda: call(nodes.other, own).status_code == 200)
    finally:
        limit(nodes, "clients", "budget", "--everybody", "--none")


@pytest.mark.requirement(8)
@pytest.mark.complaint(3)
def test_fifty_refreshes_at_both_nodes_give_one_successor(nodes: Nodes) -> None:
    one, other = at(nodes.one), at(nodes.other)
    app = one.an_app()
    _, grant = one.granted(app, one.add_person("refreshing"))
    first = one.a_refresh_token(app, grant)

    def refresh(number: int) -> httpx.Response:
        where = (one, other)[number % 2]
        return where.post(app, grant_type="refresh_token", refresh_token=first)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(refresh, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    (following,) = {answer.json()["refresh_token"] for answer in answers}
    again = other.post(app, grant_type="refresh_token", refresh_token=following)
    assert again.status_code == 200


@pytest.mark.requirement(57)
def test_what_an_app_may_no_more_its_tokens_may_not_at_both_nodes(nodes: Nodes) -> None:
    one, seconds = at(nodes.one), []
    for number in range(TRIES):
        app = one.an_app()
        token, _ = one.granted(app, one.add_person(f"app-{number}"))
        assert {call(node, token).status_code for node in (nodes.one, nodes.other)} == {200}
        with ThreadPoolExecutor(2) as pool:
            refused = [
                pool.submit(when_refused, node, token, 403) for node in (nodes.one, nodes.other)
            ]
            changed_at = one.change(app, scopes=frozenset({"openid", "offline_access"}))
            seconds.append(max(each.result(30) for each in refused) - changed_at)
    report("from taking a scope from an app to the last refusal at both nodes", seconds)
    assert min(seconds) < WITHIN, seconds
    assert 'scope="models:call"' in call(nodes.other, token).headers["www-authenticate"]
    one.change(app, resources=())
    for node in (nodes.one, nodes.other):
        when_refused(node, token, 401)
        assert 'error="invalid_token"' in call(node, token).headers["www-authenticate"]


def when_refused(node: Service, token: str, status: int) -> float:
    while call(node, token).status_code != status:
        time.sleep(0.01)
    return time.monotonic()
