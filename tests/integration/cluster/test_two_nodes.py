"""Two nodes over one PostgreSQL: what one does holds at the other, and both count as one."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import read_settings
from curtilage.app.tools import make_tools
from curtilage.consent.correcting import Said
from curtilage.consent.corrections import Verdict
from curtilage.core.models import PrincipalId
from tests.fakes.provider import chat_reply, whole
from tests.integration.cluster.nodes import Nodes, report, two_nodes, write_policy
from tests.integration.processes import CHAT, Service, eventually, last_line
from tests.integration.visiting import PASSPHRASE, enrol, set_up_path, submit
from tests.policy_house import a_text, a_written_policy

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(300)]
TRIES = 3
CALLS = 120
LIFE = timedelta(days=1)


@pytest.fixture(
    scope="module",
    params=[False, pytest.param(True, marks=pytest.mark.redis)],
    ids=["store", "redis"],
)
def nodes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nodes]:
    gateway = {"policy": "mine", "policy_approval": True}
    with two_nodes(
        tmp_path_factory.mktemp("nodes"), redis=request.param, policy=a_text(), gateway=gateway
    ) as nodes:
        nodes.provider.script = whole(chat_reply("Hi"))
        yield nodes


def status_at(node: Service, key: str) -> int:
    return node.status("/v1/models", authorization=f"Bearer {key}")


def at(node: Service, work: Callable[[Foundation], Coroutine[Any, Any, Any]]) -> Any:
    """What a command on this node's machine would do."""

    async def run() -> Any:
        settings, tools = read_settings(node.config, {}, {}), make_tools()
        async with open_foundation(
            settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
        ) as foundation:
            return await work(foundation)

    return asyncio.run(run())


def calls_at_both(nodes: Nodes, key: str, count: int = CALLS) -> list[int]:
    """The statuses of calls to both nodes, many at a time."""
    with (
        nodes.one.client(key) as one,
        nodes.other.client(key) as other,
        ThreadPoolExecutor(16) as pool,
    ):

        def call(number: int) -> int:
            client = (one, other)[number % 2]
            return client.post("/v1/chat/completions", json=CHAT).status_code

        return list(pool.map(call, range(count)))


def test_a_key_that_is_revoked_at_one_node_is_refused_at_the_other(nodes: Nodes) -> None:
    seconds = []
    with ThreadPoolExecutor(1) as pool:
        for _ in range(TRIES):
            key = nodes.key()
            refused_at = pool.submit(_when_refused, nodes.other, key)
            revoked_at = at(nodes.one, _revoke_newest)
            seconds.append(refused_at.result() - revoked_at)
            eventually(lambda key=key: status_at(nodes.one, key) == 401)
    report("from a revocation at one node to the refusal at the other", seconds)


def _when_refused(node: Service, key: str) -> float:
    eventually(lambda: status_at(node, key) == 401)
    return time.monotonic()


async def _revoke_newest(here: Foundation) -> float:
    """Revoke the key that was made last; when that was done."""
    keys = await here.identity.keys.list(here.operator())
    await here.identity.keys.revoke(here.operator(), keys[-1].id)
    return time.monotonic()


def test_a_new_key_is_known_at_the_other_node(nodes: Nodes) -> None:
    key = last_line(nodes.other.run("apikeys", "create", "new"))
    eventually(lambda: status_at(nodes.one, key) == 200)


def test_what_was_corrected_at_one_node_is_found_at_the_other(nodes: Nodes) -> None:
    key, word = nodes.key(), "nightjar-77"
    said = Said(
        Verdict.MISSED, "user.contact.email:EMAIL_ADDRESS", word, "A test of two nodes", LIFE
    )
    at(nodes.one, lambda here: here.corrections.say(here.operator(), said))

    def has_left_at_other() -> bool:
        body = {**CHAT, "messages": [{"role": "user", "content": f"Ask {word}."}]}
        with nodes.other.client(key) as client:
            assert client.post("/v1/chat/completions", json=body).status_code == 200
        return word in str(nodes.provider.received[-1].document)

    eventually(lambda: not has_left_at_other())


def test_a_policy_that_was_approved_at_one_node_comes_into_force_at_both(nodes: Nodes) -> None:
    """Their files hold it already, and it waits there."""
    key, address = nodes.key(), "ada.quill@orchard.example"
    body = {**CHAT, "messages": [{"role": "user", "content": f"Mail {address}"}]}

    def leaves(node: Service) -> str:
        with node.client(key) as client:
            assert client.post("/v1/chat/completions", json=body).status_code == 200
        return str(nodes.provider.received[-1].document["messages"][0]["content"])

    stricter, both = a_text("mask"), (nodes.one, nodes.other)
    before = max(_refusals(node) for node in both)
    for number, node in enumerate(both, 1):
        assert address not in leaves(node)
        write_policy(node, stricter)
        eventually(lambda to=before + number: all(_refusals(each) >= to for each in both))
        assert "[EMAIL]" not in leaves(node)

    async def approve(here: Foundation) -> None:
        operator = here.operator()
        policy = a_written_policy(stricter)
        version = await here.life.propose(operator, policy, stricter, "A test of two nodes")
        await here.life.approve(replace(operator, id=PrincipalId("another")), version)

    at(nodes.one, approve)
    for node in (nodes.one, nodes.other):
        eventually(lambda node=node: "[EMAIL]" in leaves(node))


def _refusals(node: Service) -> int:
    """How often a change of files was refused at either node: their ledger is one."""
    return [event.kind for event in node.events()].count("configuration.refused")


def test_a_budget_holds_over_both_nodes_to_the_last_request(nodes: Nodes) -> None:
    key = nodes.key("--requests", "40/total")
    before = len(nodes.provider.received)
    statuses = calls_at_both(nodes, key)
    assert set(statuses) <= {200, 429}
    passed = statuses.count(200)
    while passed < 40:  # what a node holds and does not use comes back within seconds
        passed += calls_at_both(nodes, key, 4).count(200)
    assert passed == 40
    assert calls_at_both(nodes, key, 8) == [429] * 8
    assert len(nodes.provider.received) - before == 40


def test_a_limit_of_a_minute_holds_over_both_nodes(nodes: Nodes) -> None:
    key = nodes.key("--rpm", "30")
    statuses = calls_at_both(nodes, key)
    assert set(statuses) <= {200, 429}
    assert 0 < statuses.count(200) <= 30


def test_who_signed_in_at_one_node_is_known_at_the_other(nodes: Nodes) -> None:
    with httpx.Client(base_url=nodes.one.url, timeout=30) as here:
        assert enrol(here, _open_link(nodes)).status_code == 303
        with httpx.Client(base_url=nodes.other.url, timeout=30, cookies=here.cookies) as there:
            page = there.get("/console/keys")
            assert page.status_code == 200
            assert "ada" in page.text
            assert submit(there, "/console/keys", to="/logout").status_code == 303
        assert here.get("/console/keys").status_code == 303
    with httpx.Client(base_url=nodes.other.url, timeout=30) as there:
        signed_in = submit(there, "/login", name="ada", passphrase=PASSPHRASE)
        assert signed_in.status_code == 303


def _open_link(nodes: Nodes) -> str:
    """The path of the set-up link that holds: that of the node which came to lead last."""
    written = [node for node in (nodes.one, nodes.other) if _has_link(node)]
    return set_up_path(max(written, key=lambda node: _link_of(node).stat().st_mtime))


def _has_link(node: Service) -> bool:
    return _link_of(node).exists()


def _link_of(node: Service) -> Path:
    return node.data_dir / "set-up-link"


def test_without_redis_limited_keys_wait_and_all_else_goes_on(nodes: Nodes) -> None:
    if nodes.redis is None:
        pytest.skip("these nodes have none")
    limited, free = nodes.key("--rpm", "1000"), nodes.key()
    assert "shared.unreachable" not in nodes.one.run("doctor", "--json").stdout
    nodes.redis.stop()
    try:
        with nodes.other.client(limited) as client:
            refused = eventually(lambda: _refusal(client))
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["error"]["code"] == "app.control-unreachable"
        assert set(calls_at_both(nodes, free, 4)) == {200}
        assert "shared.unreachable" in nodes.one.run("doctor", "--json").stdout
        at(nodes.one, _revoke_newest)
        eventually(lambda: status_at(nodes.other, free) == 401)
    finally:
        nodes.redis.start()
    eventually(lambda: set(calls_at_both(nodes, limited, 4)) == {200})


def _refusal(client: httpx.Client) -> httpx.Response | None:
    reply = client.post("/v1/chat/completions", json=CHAT)
    return reply if reply.status_code == 503 else None


@pytest.mark.parametrize("how", ["cut", "hang"])
def test_a_node_that_lost_the_database_refuses_until_it_is_back(nodes: Nodes, how: str) -> None:
    """It would not see what is revoked elsewhere. Before it can know that, it cannot record."""
    key, revoked = nodes.key(), nodes.key()
    getattr(nodes.way, how)()
    try:
        at(nodes.one, _revoke_newest)
        told: set[str] = set()
        eventually(lambda: _told(nodes.other, revoked, told) == "gateway.stale")
        assert told <= {"ledger.unavailable", "gateway.stale"}
        assert status_at(nodes.one, key) == 200
    finally:
        nodes.way.mend()
    eventually(lambda: status_at(nodes.other, key) == 200)
    assert status_at(nodes.other, revoked) == 401


def test_a_node_whose_connections_answer_nothing_any_more_makes_new_ones(nodes: Nodes) -> None:
    """As behind a balancer that lost what was behind it, and says so to nobody."""
    key = nodes.key()
    nodes.way.mute()
    eventually(lambda: status_at(nodes.other, key) == 503)
    eventually(lambda: status_at(nodes.other, key) == 200)
    eventually(nodes.other.is_ready)


def _told(node: Service, key: str, told: set[str]) -> str:
    """The code of a refusal, or the status of what was none; kept in `told`."""
    with node.client(key) as client:
        reply = client.get("/v1/models")
    is_refused = reply.status_code == 503
    code = reply.json()["error"]["code"] if is_refused else str(reply.status_code)
    told.add(code)
    return str(code)
