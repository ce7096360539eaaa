"""Where the time of a call goes: each step of the data plane, in the order of a call.

`python -m bench.stages [CALLS]`. The steps run in turn over requests of which no
two are alike, so that each finds the processor's caches as it finds them in
service: a step that is repeated alone takes half as long. CPU of one thread,
medians. What the server, the client and the ledger's thread cost shows in
`bench.gateway`, as the rest of a call's CPU.
"""

import gc
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

from bench import _prompts as prompts
from bench import _provider as provider
from curtilage.app.tools import make_tools
from curtilage.core.models import Decision
from curtilage.detect.conversation import Conversation
from curtilage.detect.hostile.assess import build_hostile, no_readings
from curtilage.detect.hostile.models import Origin, Verdict
from curtilage.detect.scanner import build_scanner
from curtilage.gateway import records
from curtilage.gateway.admitting import admit
from curtilage.gateway.engine import Engine
from curtilage.gateway.recording import facts_of
from curtilage.gateway.replying import restore_whole
from curtilage.gateway.session import open_session
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.ledger.record import encode_record
from tests.fakes.dataplane import KEY, a_loaded_scope, a_snapshot

CALLS = 2000
PROTOCOL = PROTOCOLS["openai.chat"]
HEADERS = [
    (b"host", b"localhost"),
    (b"content-type", b"application/json"),
    (b"authorization", b"Bearer " + KEY.text.encode()),
]
STEPS = ("admit", "read", "scan", "assess", "protect", "intent", "restore", "outcome")


class Call:
    """One worker's steps, timed one by one."""

    def __init__(self, cache: Path) -> None:
        self.tools = make_tools()
        scanner = build_scanner(cache, names=False)
        self._scan = scanner.scan
        self.snapshot = a_snapshot()
        hostile = build_hostile(
            readings=scanner.hidden.readings if scanner.hidden else no_readings, cache_dir=cache
        )
        self._assess = hostile.assess
        patterns = scanner.engine.scan
        self.engine = Engine(
            scan=self._timed_scan,
            rules=scanner.version,
            categories=scanner.categories,
            cache_key=bytes(32),
            bare=patterns,
            begin=partial(Conversation, patterns),
            assess=self._timed_assess,
        )
        self.spent: dict[str, list[int]] = {step: [] for step in STEPS}
        self._scanning = self._assessing = 0
        self._session: Any = None

    def _timed_scan(self, text: str) -> Any:
        began = thread_time_ns()
        found = self._scan(text)
        self._scanning += thread_time_ns() - began
        return found

    def _timed_assess(self, text: str, origin: Origin) -> Verdict:
        began = thread_time_ns()
        verdict = self._assess(text, origin)
        self._assessing += thread_time_ns() - began
        return verdict

    def run(self, body: bytes) -> None:
        engine, snapshot, ids, clock = self.engine, self.snapshot, self.tools.ids, self.tools.clock
        admitted = self._time("admit", lambda: admit(snapshot, HEADERS, clock.now()))
        inbound = self._time("read", lambda: engine.read(snapshot, admitted, PROTOCOL, body))
        if self._session is None:
            self._session = open_session(a_loaded_scope(admitted.scope), self.tools.quick)
        session = self._session
        self._scanning = self._assessing = 0
        outbound = self._time(
            "protect", lambda: engine.protect(snapshot, admitted, PROTOCOL, inbound, session)
        )
        self.spent["scan"].append(self._scanning)
        self.spent["assess"].append(self._assessing)
        self.spent["protect"][-1] -= self._scanning + self._assessing
        request_id = ids.new()
        intent = self._time("intent", lambda: self._intent(request_id, inbound.account.decision))
        reply = _reply(outbound.body)
        _, stats = self._time(
            "restore",
            lambda: restore_whole(
                reply, status=200, protocol=PROTOCOL, inbound=inbound, outbound=outbound
            ),
        )
        self._time("outcome", lambda: self._outcome(intent, stats))

    def _time(self, step: str, work: Callable[[], Any]) -> Any:
        began = thread_time_ns()
        done = work()
        self.spent[step].append(thread_time_ns() - began)
        return done

    def _intent(self, request_id: str, decision: Decision | None) -> Any:
        event = records.intended(
            request_id=request_id,
            at=self.tools.clock.now(),
            tenant=self.snapshot.tenant,
            actor="actor",
            actor_kind="service",
            subject="",
            purpose="assist",
            decision=decision,
            facts={"route": PROTOCOL.kind, "bytes_in": 1000},
            sealed=self._session.sealer.seal(b'{"key":"k","address":"127.0.0.1"}', request_id),
        )
        encode_record(event, writer="gateway-0", n=1, prev=bytes(32))
        return event

    def _outcome(self, intent: Any, stats: Any) -> None:
        event = records.outcome(
            event_id=self.tools.ids.new(),
            at=self.tools.clock.now(),
            kind=records.COMPLETED,
            intent=intent,
            facts=facts_of(stats),
        )
        encode_record(event, writer="gateway-0", n=2, prev=bytes(32))


def _reply(body: bytes) -> bytes:
    tokens = [token.decode() for token in provider.TOKEN.findall(body)[:5]]
    return provider.whole(tokens).split(b"\r\n\r\n", 1)[1]


def mark(number: int) -> bytes:
    return bytes(97 + number * 7919 // 26**place % 26 for place in range(len(prompts.MARK)))


def main() -> int:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        measured = {}
        for name, text in (("1 kB", prompts.few()), ("dense 8 kB", prompts.many())):
            call, body = Call(Path(folder)), prompts.body(text)
            gc.collect()
            gc.freeze()
            for number in range(calls):
                call.run(body.replace(prompts.MARK.encode(), mark(number)))
            half = {step: spent[calls // 2 :] for step, spent in call.spent.items()}
            measured[name] = {step: median(spent) / 1000 for step, spent in half.items()}
    print(f"| step, µs | {' | '.join(measured)} |\n|---|---|---|")
    for step in STEPS:
        print(f"| {step} | {' | '.join(f'{each[step]:.0f}' for each in measured.values())} |")
    print(f"| all | {' | '.join(f'{sum(each.values()):.0f}' for each in measured.values())} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
