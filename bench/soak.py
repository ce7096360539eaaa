"""Days in little: `python -m bench.soak [MINUTES]`, 3 unless said otherwise, 30 for a judgement.

What the service can serve is looked for first. Then 80 % of that are asked at a fixed
rate: short texts and dense ones, whole replies and streams, no two alike. Held against
the limits are the worker's memory and the slowest hundredth of the calls, the last
third of the run beside the first: a leak, a table that grows or a log that slows
things down shows there.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from bench import _machine as machine
from bench._pacer import PARTS
from bench._servers import Running, curtilage

MINUTES = 3.0
PART_OF_LOAD = 0.8
GROWTH = 1.05
SLOWER = 1.25  # what counts as flat: neighbours of the machine move a p99 by a tenth
FAILED = 0.001
TRIAL = 10.0  # seconds of each look for what can be served
LOWEST, STEP = 100.0, 1.2  # calls a second at first, and how many times more
IN_TIME = 200  # ms; the p99 of what can be served


@dataclass(frozen=True)
class Part:
    """A tenth of the run: calls that were due, that failed, times in ms, memory in MB."""

    due: int
    failed: int
    p50: float
    p99: float
    p999: float
    worker: float
    control: float


def load(running: Running, rate: float, seconds: float) -> Iterator[Part]:
    """Put the load on, and tell of each part when it is over."""
    command = [sys.executable, "-m", "bench._pacer", running.port, rate, seconds]
    with subprocess.Popen(
        ["taskset", "-c", machine.LOAD_CORE, *map(str, command)],
        cwd=machine.REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as pacer:
        assert pacer.stdin and pacer.stdout
        pacer.stdin.write(orjson.dumps(dict(running.headers)))
        pacer.stdin.close()
        for line in pacer.stdout:
            worker = machine.resident_mb(running.processes["gateway-0"])
            control = machine.resident_mb(running.processes["control"])
            yield Part(**orjson.loads(line), worker=worker, control=control)


def find_rate(running: Running) -> float:
    """Calls a second that are still answered in time, to a fifth."""
    rate = LOWEST
    while True:
        parts = list(load(running, rate, TRIAL))
        in_time = len(parts) == PARTS and statistics.median(part.p99 for part in parts) < IN_TIME
        if not in_time or any(part.failed for part in parts):
            break
        rate *= STEP
    if rate == LOWEST:
        raise RuntimeError(f"{LOWEST:g} calls a second are not answered in time")
    return rate / STEP


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    port = machine.free_port()
    provider = [sys.executable, "-m", "bench._provider", str(port)]
    with machine.process(provider, core=machine.LOAD_CORE), curtilage(port) as running:
        machine.wait_for_port(port)
        full = find_rate(running)
        rate = PART_OF_LOAD * full
        print(f"serves {full:,.0f} calls/s; {rate:,.0f} are asked for {minutes:g} minutes")
        time.sleep(5)
        parts = []
        for part in load(running, rate, minutes * 60):
            parts.append(part)
            print(
                f"{part.due - part.failed:>9,} calls, p50 {part.p50:.1f}, p99 {part.p99:.0f}, p99.9 "
                f"{part.p999:.0f} ms; worker {part.worker:.0f} MB, control {part.control:.0f} MB",
                flush=True,
            )
    return show(parts)


def show(parts: list[Part]) -> int:
    """Say what held; 1 where something did not."""
    third = PARTS // 3
    early, late = parts[1 : third + 1], parts[-third:]  # the first part is a warm-up

    def ratio(name: str) -> float:
        before, after = ([getattr(part, name) for part in some] for some in (early, late))
        return statistics.median(after) / statistics.median(before)

    failed = sum(part.failed for part in parts) / sum(part.due for part in parts)
    found: Mapping[str, tuple[float, float]] = {
        "the worker's memory, late beside early": (ratio("worker"), GROWTH),
        "the p99, late beside early": (ratio("p99"), SLOWER),
        "of the calls failed": (failed, FAILED),
    }
    for says, (value, most) in found.items():
        print(f"{'ok  ' if value <= most else 'MISS'} {says}: {value:.3f} (at most {most})")
    whole = len(parts) == PARTS
    if not whole:
        print("MISS the load was not put on to its end")
    return 0 if whole and all(value <= most for value, most in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
