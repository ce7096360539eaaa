"""Two nodes whose ledger is one: in PostgreSQL, with a copy at each."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest

from curtilage.ledger.layout import find_writers
from tests.fakes.provider import chat_reply, whole
from tests.integration.cluster.nodes import Nodes, two_nodes
from tests.integration.processes import CHAT, Service, eventually, running_provider
from tests.policy_house import a_text
from tests.postgres_server import own_database, some_postgres

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    with two_nodes(tmp_path_factory.mktemp("nodes"), policy=a_text()) as nodes:
        nodes.provider.script = whole(chat_reply("Hi"))
        yield nodes


def ids_at(node: Service) -> list[str]:
    return sorted(event.id for event in node.events())


def is_anchored(node: Service) -> bool:
    """It verifies, and what the node has is signed and anchored to the last record."""
    done = node.run("ledger", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    return bool(verdict["records"]) and verdict["unanchored"] == 0


def call(node: Service, key: str) -> str:
    """A call; its request id where it was answered."""
    with node.client(key) as client:
        try:
            reply = client.post("/v1/chat/completions", json=CHAT)
        except httpx.TransportError:
            return ""
    return reply.headers["x-curtilage-request-id"] if reply.status_code == 200 else ""


def test_what_one_node_records_both_hold_and_verify(nodes: Nodes) -> None:
    key = nodes.key()
    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(lambda n: call((nodes.one, nodes.other)[n % 2], key), range(40)))
    assert all(answered)
    for node in (nodes.one, nodes.other):
        for request in answered:
            eventually(lambda node=node, request=request: node.kinds(request)[-1:] == ["completed"])
    eventually(lambda: ids_at(nodes.one) == ids_at(nodes.other))
    for node in (nodes.one, nodes.other):
        eventually(lambda node=node: is_anchored(node))


def test_a_node_that_is_killed_under_load_loses_nothing_that_was_answered(nodes: Nodes) -> None:
    key = nodes.key()
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call, (nodes.one, nodes.other)[n % 2], key) for n in range(300)]
        eventually(lambda: sum(each.done() for each in calls) > 60)
        nodes.one.destroy()
        answered = [each.result() for each in calls]
    assert any(answered[-40:])  # the other went on
    kept = [request for request in answered if request]
    for request in kept:
        eventually(lambda request=request: nodes.other.kinds(request)[-1:] == ["completed"])
    eventually(lambda: not open_calls(nodes.other))
    records = ids_at(nodes.other)
    assert len(records) == len(set(records))
    eventually(lambda: is_anchored(nodes.other))
    nodes.one.start()
    eventually(lambda: set(records) <= set(ids_at(nodes.one)))
    eventually(lambda: is_anchored(nodes.one))


def test_a_leader_that_cannot_sign_is_followed_by_the_other(nodes: Nodes) -> None:
    """Its copy is damaged: it refuses calls, and what is recorded elsewhere is signed."""
    for node in (nodes.one, nodes.other):
        assert node.stop() == 0
    nodes.one.start()  # alone, so that it leads
    nodes.other.start()
    key = nodes.key()
    eventually(lambda: is_anchored(nodes.one))
    checkpoint = nodes.one.data_dir / "ledger" / "head" / "checkpoint"
    kept, led = checkpoint.read_bytes(), takings(nodes)

    def refuses() -> bool:
        checkpoint.write_bytes(b"another" + kept)
        return nodes.one.status("/readyz") == 503

    eventually(refuses)
    assert call(nodes.other, key)
    eventually(lambda: is_anchored(nodes.other))
    assert takings(nodes) > led
    checkpoint.write_bytes(kept)
    eventually(nodes.one.is_ready)


def takings(nodes: Nodes) -> int:
    """How often some node began to lead."""
    with psycopg.connect(nodes.store_url) as admin:
        found = admin.execute("SELECT fence FROM lease WHERE name = 'leader'").fetchone()
    assert found is not None
    return int(found[0])


def open_calls(node: Service) -> set[str]:
    """Intents that nothing has ended."""
    events = node.events()
    ended = {event.facts.get("intent") for event in events}
    return {event.id for event in events if event.kind.endswith(".intended")} - ended


def test_a_service_moves_its_ledger_of_files_into_the_database(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(some_postgres(_new(tmp_path / "postgres")))
        url = stack.enter_context(own_database(server))
        provider = stack.enter_context(running_provider())
        provider.script = whole(chat_reply("Hi"))
        node = Service(_new(tmp_path / "node"), provider=provider, more=f'[store]\nurl = "{url}"\n')
        stack.callback(node.destroy)
        node.start()
        key = node.key()
        before = [call(node, key) for _ in range(5)]
        assert node.stop() == 0
        node.env = {**node.env, "CURTILAGE__LEDGER__LOG": "store"}
        node.start()
        after = [call(node, key) for _ in range(5)]
        assert all(before + after)
        for request in before + after:
            eventually(lambda request=request: node.kinds(request)[-1:] == ["completed"])
        eventually(lambda: is_anchored(node))
        assert writers(node) == {"control", "control-0001", "gateway-0", "gateway-1"}
        assert node.run("ledger", "prune", "--before", "2020-01-01").returncode == 0
        assert call(node, key)
        assert node.stop() == 0  # and signed what was recorded until then
        assert is_anchored(node)


def writers(node: Service) -> set[str]:
    return set(find_writers(node.data_dir / "ledger"))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
