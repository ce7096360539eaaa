"""Two whole nodes behind a balancer, and what may befall them, while clients call.

A client is the SDK of OpenAI with the retries that it makes by itself. Nothing that it
was given may be missing in the records, no budget may be passed, and no ledger broken.
"""

import random
import threading
from collections import Counter, defaultdict
from pathlib import Path

import openai
import psycopg
import pytest

from tests.fakes.provider import Received, Step, chat_reply, whole
from tests.integration.cluster.nodes import Nodes, two_nodes
from tests.integration.processes import Service, eventually
from tests.tcp import TCPProxy, proxying

CALLERS = 4
BUDGET = 60
FREE, COUNTED = "Good morning.", "How much is left?"
OUTCOMES = {"completed", "failed", "aborted", "refused", "unknown"}

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


class Load:
    """Clients that call without a pause, and note what they were given."""

    def __init__(self, balancer: TCPProxy, free: str, counted: str) -> None:
        self.acknowledged: list[str] = []
        self.spent: list[str] = []
        self.surfaced: list[str] = []
        self._url = f"{balancer.url}/v1"
        self._over = threading.Event()
        callers = [(free, FREE)] * CALLERS + [(counted, COUNTED)]
        self._threads = [threading.Thread(target=self._call, args=each) for each in callers]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count: int) -> None:
        goal = len(self.acknowledged) + count
        eventually(lambda: self.surfaced or len(self.acknowledged) >= goal)

    def _call(self, key: str, words: str) -> None:
        with openai.OpenAI(base_url=self._url, api_key=key, timeout=30) as client:
            while not self._over.is_set():
                try:
                    self._one(client, words)
                except openai.RateLimitError:
                    self._over.wait(0.5)  # the budget is spent, as it should be
                except openai.OpenAIError as problem:
                    self.surfaced.append(f"{type(problem).__name__}: {problem}")

    def _one(self, client: openai.OpenAI, words: str) -> None:
        reply = client.chat.completions.with_raw_response.create(
            model="gpt-4.1-mini", messages=[{"role": "user", "content": words}]
        )
        assert reply.parse().choices[0].message.content == "Hello."
        id = reply.headers["x-curtilage-request-id"]
        (self.acknowledged if words == FREE else self.spent).append(id)


class Chaos:
    """What befalls nodes: one dies and comes back, or all lose their databases."""

    def __init__(self, nodes: Nodes, seed: int) -> None:
        self._nodes, self._chance = nodes, random.Random(seed)
        self.struck: Counter[str] = Counter()

    def pause(self) -> int:
        """How many replies until the next."""
        return self._chance.randrange(5, 60)

    def strike(self) -> None:
        strike = self._chance.choice((self._kill_one, self._kill_one, self._cut))
        self.struck[strike.__name__] += 1
        strike()

    def _kill_one(self) -> None:
        node = self._chance.choice((self._nodes.one, self._nodes.other))
        node.destroy()
        node.launch()
        eventually(node.is_ready)

    def _cut(self) -> None:
        with psycopg.connect(self._nodes.store_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
                [self._nodes.databases],
            )


def run_chaos(folder: Path, *, rounds: int, seed: int) -> None:
    with (
        two_nodes(folder) as nodes,
        proxying(TCPProxy(nodes.one.port, nodes.other.port)) as balancer,
    ):
        nodes.provider.script = _answer
        free, counted = nodes.key(), nodes.key("--requests", f"{BUDGET}/total")
        chaos = Chaos(nodes, seed)
        with Load(balancer, free, counted) as load:
            for _ in range(rounds):
                load.wait_for_more(chaos.pause())
                chaos.strike()
                load.wait_for_more(5)
                assert load.surfaced == [], "a client saw more than it retries by itself"
        asked = Counter(_words(each) for each in nodes.provider.received)
        assert 0 < len(load.spent) <= asked[COUNTED] <= BUDGET
        for node in (nodes.one, nodes.other):  # what a killed node left open, another closes
            eventually(lambda of=node: not _open_intents(of))
        for node in (nodes.one, nodes.other):
            assert node.stop() == 0
        print(f"{dict(chaos.struck)}, {len(load.acknowledged)} replies, budget {asked[COUNTED]}")
        check_records(nodes, [*load.acknowledged, *load.spent])


def _open_intents(node: Service) -> set[str]:
    events = node.events()
    closed = {event.facts.get("intent") for event in events}
    return {event.id for event in events if event.kind == "exchange.intended"} - closed


def check_records(nodes: Nodes, acknowledged: list[str]) -> None:
    """Both copies verify; each call has one intent and one outcome, and each reply its own."""
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    for node in (nodes.one, nodes.other):
        _verify(node)
        ids = Counter(event.id for event in node.events())
        assert set(ids.values()) == {1}, "an Event is in a copy once"
        for event in node.events():
            if event.kind.startswith("exchange."):
                of = kinds[event.facts.get("intent", event.id)]
                of[event.id] = event.kind.partition(".")[2]
    for id in acknowledged:
        assert list(kinds[id].values()) == ["intended", "completed"], kinds[id]
    for id, found in kinds.items():
        first, *rest = found.values()
        assert first == "intended", (id, found)
        assert len(rest) == 1 and rest[0] in OUTCOMES, (id, found)


def _verify(node: Service) -> None:
    done = node.run("ledger", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def _answer(_received: Received) -> list[Step]:
    return whole(chat_reply("Hello."))


def _words(received: Received) -> str:
    return str(received.document["messages"][-1]["content"])


@pytest.mark.timeout(420)
def test_nodes_die_and_lose_their_database_and_nothing_else_is_lost(tmp_path: Path) -> None:
    run_chaos(tmp_path, rounds=6, seed=20261128)


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5))
def test_nodes_die_again_and_again(tmp_path: Path, seed: int) -> None:
    run_chaos(tmp_path, rounds=40, seed=seed)
