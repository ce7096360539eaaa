"""`import curtilage` costs next to nothing: what is heavy is loaded when it is used."""

import subprocess
import sys

HEAVY = ["hyperscan", "sqlalchemy", "starlette", "granian", "httptools", "typer", "phonenumbers"]
LIMIT = 0.150  # seconds

PROGRAM = f"""
import sys, time
begun = time.perf_counter()
import curtilage
print(time.perf_counter() - begun)
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_importing_the_package_loads_nothing_heavy_and_is_quick() -> None:
    best = LIMIT * 10
    for _ in range(3):  # the best of three: the first may compile, a neighbour may disturb
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
        )
        took, loaded = done.stdout.split("\n", 1)
        assert loaded.strip() == ""
        best = min(best, float(took))
    assert best < LIMIT
