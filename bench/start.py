"""How soon the service is ready: cold, with nothing on disk, and warm.

From the command to the line that says where it serves; by then every worker
takes calls. Cold makes keys, database and tables and compiles the patterns.
The gates are wall times, so on a busy machine look at the CPU time beside them.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench import _machine as machine
from bench._servers import wait_until_ready, write_config

COLD_GATE, WARM_GATE = 2.5, 1.5
ROUNDS = 3


def start_once(config: Path, log: Path, port: int) -> tuple[float, float]:
    """Seconds until ready, and CPU seconds of all its processes by then."""
    begun = time.perf_counter()
    command = [machine.OURS, "serve", "--config", config]
    with machine.process(command, core="0,1", log=log) as started:
        wait_until_ready(port, log)
        waited = time.perf_counter() - begun
        spent = sum(machine.cpu_ns(pid) for pid in machine.family(started.pid)) / 1e9
    return waited, spent


def main() -> int:
    cold, warm = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
            port = machine.free_port()
            config = write_config(Path(folder), port, provider=9)
            for times in (cold, warm):
                times.append(start_once(config, Path(folder) / "log", port))
    held = True
    for name, times, gate in (("cold", cold, COLD_GATE), ("warm", warm, WARM_GATE)):
        wall = statistics.median(wall for wall, _ in times)
        spent = statistics.median(cpu for _, cpu in times)
        held &= wall <= gate
        print(
            f"{'ok  ' if wall <= gate else 'MISS'} ready {name} after {wall:.2f} s"
            f" (at most {gate}); CPU {spent:.2f} s"
        )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
