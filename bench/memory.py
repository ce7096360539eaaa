"""Whether a worker's memory stays flat: `python -m bench.memory [REQUESTS]`.

Resident memory of the gateway worker and of the control process, looked at ten
times over the run. No two requests are alike, so every cache fills up: flat
means that from a fifth of the run on it grows by at most 5 %.
"""

import sys
from collections.abc import Iterator

from bench import _machine as machine
from bench._servers import Running, curtilage
from bench.gateway import CELLS, put_load

REQUESTS = 200_000
LOOKS = 10
LIMIT_MB = 130
GROWTH = 1.05


def main() -> int:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    port = machine.free_port()
    with (
        machine.process([sys.executable, "-m", "bench._provider", str(port)], core="0,1"),
        curtilage(port, core="0,1") as running,
    ):
        seen = list(_look_while_loaded(running, requests))
    settled = seen[LOOKS // 5 :]
    growth = settled[-1] / settled[0]
    small, flat = max(seen) <= LIMIT_MB, growth <= GROWTH
    print(f"{'ok  ' if small else 'MISS'} at most {max(seen):.0f} MB (at most {LIMIT_MB})")
    print(f"{'ok  ' if flat else 'MISS'} grew by {growth - 1:+.1%} (at most {GROWTH - 1:.0%})")
    return 0 if small and flat else 1


def _look_while_loaded(running: Running, requests: int) -> Iterator[float]:
    done = 0
    while done < requests:
        part = 0
        while part < requests // LOOKS:
            part += put_load(running, CELLS[1], 10).requests
        done += part
        worker = machine.resident_mb(running.processes["gateway-0"])
        control = machine.resident_mb(running.processes["control"])
        print(f"{done:>9,} requests: worker {worker:.0f} MB, control {control:.0f} MB", flush=True)
        yield worker


if __name__ == "__main__":
    sys.exit(main())
