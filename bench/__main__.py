"""Run the benchmarks one after another: `python -m bench [NAME…]`.

A benchmark is a module of this folder that can be run (`python -m bench.scan`),
prints its table and returns 1 where a gate does not hold. Each gets a process
of its own, so that none leaves a warm cache or a full heap to the next.
"""

import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    """Run all, or those whose names begin with one of the arguments."""
    wanted = tuple(sys.argv[1:])
    names = [name for name in benchmarks() if not wanted or name.startswith(wanted)]
    if not names:
        print("error: no benchmark of that name", file=sys.stderr)
        return 2
    failed = [name for name in names if not _run(name)]
    if failed:
        print(f"gates that do not hold: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def benchmarks() -> list[str]:
    """The modules of this folder that can be run, by name."""
    return [
        path.stem
        for path in sorted(FOLDER.glob("*.py"))
        if not path.stem.startswith("_")
        and 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")
    ]


def _run(name: str) -> bool:
    print(f"\n== {name}", flush=True)
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=FOLDER.parent, check=False)
    print(f"({time.perf_counter() - begun:.0f} s)", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
