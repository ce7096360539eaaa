"""The gateway beside nginx, FastAPI with httpx, Portkey and LiteLLM, in one run.

Every server runs alone on core 0, all its processes; the load generator and a
provider that costs next to nothing on core 1. Rounds are interleaved and the
table shows medians, because machines are shared. Our service does everything:
key, policy, scan, tokens, restoring, durable intent and outcome, metrics; the
others pass bytes on. No two requests are alike, so nothing is cached for us.

`python -m bench.gateway [ROUNDS [SECONDS]]`, and `make bench-peers`, which installs the
peers first. One that is missing is not run; a load that a peer fails at is left out and told.
"""

import shutil
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench import _machine as machine
from bench import _prompts as prompts
from bench._servers import SERVERS, Running, Server, curtilage
from curtilage.ledger.models import Cursor
from curtilage.ledger.read import LedgerReader

EVENTS = 100
WARM_UP = 2  # seconds of each kind of load


@dataclass(frozen=True)
class Cell:
    """One kind of load: which body, over how many connections."""

    name: str
    body: bytes
    connections: int
    streams: bool = False


CELLS = (
    Cell("1 kB, c=1", prompts.body(prompts.few()), 1),
    Cell("1 kB, c=32", prompts.body(prompts.few()), 32),
    Cell("8 kB dense, c=32", prompts.body(prompts.many()), 32),
    Cell("streams, c=16", prompts.body(prompts.few(), stream=True), 16, streams=True),
)
FILTERED = "LiteLLM, its filter"
PACED = prompts.body(prompts.few(), stream=True, model="gpt-bench-paced")


@dataclass
class Sample:
    """One server under one cell, once."""

    load: machine.Load
    cpu_us: Mapping[str, float]
    resident: Mapping[str, float]
    told: Sequence[tuple[int, int]] = ()
    """What our records say of each call, µs: its own work, and the commit of its intent."""


class CallsFailed(Exception):
    """More than one call in a hundred: their times say nothing."""


@dataclass
class Table:
    """All samples, by server and cell; what could not be run, and why."""

    samples: dict[tuple[str, str], list[Sample]] = field(default_factory=dict)
    first: dict[str, list[float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def median(self, server: str, cell: str, what: Callable[[Sample], float]) -> float | None:
        found = self.samples.get((server, cell))
        return statistics.median(map(what, found)) if found else None


def measure(table: Table, name: str, server: Server, provider: int, seconds: int) -> None:
    """One round of one server: warmed up, then every cell, then first bytes."""
    try:
        with server(provider) as running:
            for cell in CELLS[1:]:
                put_load(running, cell, WARM_UP)
            for cell in CELLS:
                _measure_cell(table, name, running, cell, seconds)
            if (name, CELLS[-1].name) in table.samples:
                waits = machine.first_bytes_ms(running.port, PACED, running.headers, times=20)
                table.first.setdefault(name, []).append(statistics.median(waits))
    except FileNotFoundError as missing:
        table.missing[name] = str(missing)


def _measure_cell(table: Table, name: str, running: Running, cell: Cell, seconds: int) -> None:
    try:
        table.samples.setdefault((name, cell.name), []).append(_load(running, cell, seconds))
    except CallsFailed as failed:
        del table.samples[name, cell.name]
        table.missing[f"{name}, {cell.name}"] = str(failed)


def put_load(running: Running, cell: Cell, seconds: int) -> machine.Load:
    return machine.run_wrk(
        running.port,
        cell.body,
        connections=cell.connections,
        seconds=seconds,
        headers=running.headers,
    )


def _load(running: Running, cell: Cell, seconds: int) -> Sample:
    reader = LedgerReader(running.ledger) if running.ledger else None
    end = reader.end() if reader else {}
    before = {name: machine.cpu_ns(pid) for name, pid in running.processes.items()}
    load = put_load(running, cell, seconds)
    if load.errors > load.requests // 100 or not load.requests:
        raise CallsFailed(f"{load.errors} of {load.requests} calls failed")
    spent = {name: machine.cpu_ns(pid) - before[name] for name, pid in running.processes.items()}
    return Sample(
        load,
        {name: ns / 1000 / load.requests for name, ns in spent.items()},
        {name: machine.resident_mb(pid) for name, pid in running.processes.items()},
        _told(reader, end) if reader else (),
    )


def _told(reader: LedgerReader, since: Cursor) -> list[tuple[int, int]]:
    facts = [record.event.facts for record in reader.read(since, limit=10**9)[0]]
    return [
        (int(each["overhead_us"]), int(each["commit_us"])) for each in facts if "commit_us" in each
    ]


def in_front(sample: Sample) -> float:
    """CPU of what the caller talks to: every process but supervisor and control."""
    apart = ("supervisor", "control")
    return sum(us for name, us in sample.cpu_us.items() if name not in apart)


def beside(sample: Sample) -> float:
    """CPU of supervisor and control: trees, checkpoints, the table of calls."""
    return sum(sample.cpu_us.values()) - in_front(sample)


def show(table: Table) -> None:
    print("| server | cell | req/s | p50 ms | p99 ms | CPU us/req | beside | RSS MB |")
    print("|---|---|---|---|---|---|---|---|")
    for (server, cell), samples in table.samples.items():
        figures = [
            statistics.median(sample.load.per_second for sample in samples),
            statistics.median(sample.load.p50 for sample in samples),
            statistics.median(sample.load.p99 for sample in samples),
            statistics.median(map(in_front, samples)),
            statistics.median(map(beside, samples)),
            statistics.median(max(sample.resident.values()) for sample in samples),
        ]
        row = " | ".join(f"{figure:,.{_places(figure)}f}" for figure in figures)
        print(f"| {server} | {cell} | {row} |")
    print(
        "\n| a call of ours, by its record | own work p50 / p99 ms | commit of its intent p50 / p99 ms |"
    )
    print("|---|---|---|")
    for (_, cell), samples in table.samples.items():
        told = [each for sample in samples for each in sample.told]
        if told:
            print(
                f"| {cell} | {' | '.join(_spread(column) for column in zip(*told, strict=True))} |"
            )
    print()
    for server, waits in table.first.items():
        print(f"first event, c=1, {server}: {statistics.median(waits):.2f} ms")
    for server, why in table.missing.items():
        print(f"{server}: not run ({why})")


def _spread(us: Sequence[int]) -> str:
    ordered = sorted(us)
    return " / ".join(f"{ordered[len(ordered) * part // 100] / 1000:.2f}" for part in (50, 99))


def _places(figure: float) -> int:
    return 2 if figure < 10 else 0


@dataclass(frozen=True)
class Gate:
    """A bound that holds or does not; None where a peer is missing."""

    says: str
    value: float | None
    least: float = 0.0
    most: float = float("inf")

    @property
    def holds(self) -> bool:
        return self.value is None or self.least <= self.value <= self.most

    def show(self) -> None:
        if self.value is None:
            print(f"{self.says}: not measured, the peer was not run")
        else:
            print(f"{'ok  ' if self.holds else 'MISS'} {self.says}: {self.value:,.1f}")


def gates(table: Table) -> list[Gate]:
    one, dense, streams = CELLS[1].name, CELLS[2].name, CELLS[3].name

    def times(peer: str, cell: str) -> float | None:
        """How many times the peer's calls per second, one core each."""
        ours = table.median("curtilage", cell, lambda sample: sample.load.per_second)
        theirs = table.median(peer, cell, lambda sample: sample.load.per_second)
        return ours / theirs if ours and theirs else None

    def cpu(cell: str) -> float | None:
        return table.median("curtilage", cell, in_front)

    rate = table.median("curtilage", streams, lambda sample: sample.load.per_second * EVENTS)
    event = cpu(streams)
    return [
        Gate("times LiteLLM at 1 kB, at least 30", times("LiteLLM", one), 30),
        Gate("times LiteLLM at dense 8 kB, at least 12", times("LiteLLM", dense), 12),
        Gate("times LiteLLM with its filter at 1 kB, at least 45", times(FILTERED, one), 45),
        Gate(
            "times LiteLLM with its filter at dense 8 kB, at least 50", times(FILTERED, dense), 50
        ),
        Gate("times FastAPI+httpx at 1 kB, at least 8", times("FastAPI+httpx", one), 8),
        Gate("CPU us per request at 1 kB, at most 550", cpu(one), most=550),
        Gate("CPU us per request at dense 8 kB, at most 1,200", cpu(dense), most=1200),
        Gate("stream events per second, at least 30,000", rate, 30_000),
        Gate("CPU us per stream event, at most 25", event / EVENTS if event else None, most=25),
    ]


def main() -> int:
    rounds, seconds = (*map(int, sys.argv[1:3]), *(3, 4)[len(sys.argv) - 1 :])
    if shutil.which("wrk") is None:
        print("not run: the load generator wrk is missing (Debian package wrk)")
        return 0
    port = machine.free_port()
    provider = [sys.executable, "-m", "bench._provider", str(port)]
    table = Table()
    with machine.process(provider, core=machine.LOAD_CORE):
        machine.wait_for_port(port)
        for _ in range(rounds):
            for name, server in SERVERS.items():
                measure(table, name, server, port, seconds)
        for workers in (1, 2):
            measure_workers(table, port, workers, seconds)
    show(table)
    if any(missing.startswith("curtilage") for missing in table.missing):
        return 1
    held = gates(table)
    for gate in held:
        gate.show()
    return 0 if all(gate.holds for gate in held) else 1


def measure_workers(table: Table, provider: int, workers: int, seconds: int) -> None:
    """All on both cores, load and provider too: a ratio, not a throughput."""
    with curtilage(provider, workers=workers, core="0,1") as running:
        put_load(running, CELLS[1], WARM_UP)
        name = f"both cores, {workers} worker{'s' * (workers > 1)}"
        table.samples.setdefault((name, CELLS[1].name), []).append(
            _load(running, CELLS[1], seconds)
        )


if __name__ == "__main__":
    sys.exit(main())
