"""Lock the dependencies with hashes: `python tools/lock.py [NAME…] [--upgrade]`.

What is wanted stands in pyproject.toml alone (dependencies, extras, groups);
`requirements/<name>.txt` is what it resolves to, for any platform and without
an index address. uv resolves; it comes through pip where it is missing.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

# A later lock takes its versions from the ones it stands on, so that all of
# them install into one environment; `extras`, which services are run with, from those that
# were tested. `frameworks` are what people build on, `adapters` taggers of others, `fuzz` asks the
# service whatever its description allows, `peers` are rivals to measure against: each live
# in an environment of their own.
GROUPS: dict[str, list[str]] = {
    "base": ["pyproject.toml"],
    "build": ["--group=build", "--constraints=requirements/base.txt"],
    "test": [
        "pyproject.toml",
        "--extra=files",
        "--extra=http2",
        "--extra=mysql",
        "--extra=otel",
        "--extra=parquet",
        "--extra=places",
        "--extra=postgres",
        "--extra=ray",
        "--extra=redis",
        "--extra=tagger",
        "--extra=uvicorn",
        "--group=test",
        "--constraints=requirements/base.txt",
    ],
    "clients": ["--group=clients", "--constraints=requirements/test.txt"],
    "extras": [
        "pyproject.toml",
        "--extra=bedrock",
        "--extra=files",
        "--extra=http2",
        "--extra=mysql",
        "--extra=otel",
        "--extra=parquet",
        "--extra=places",
        "--extra=postgres",
        "--extra=redis",
        "--extra=tagger",
        "--extra=uvicorn",
        "--constraints=requirements/test.txt",
        "--constraints=requirements/clients.txt",
    ],
    "dev": ["--group=dev", "--constraints=requirements/test.txt"],
    "docs": ["--group=docs", "--constraints=requirements/test.txt"],
    "frameworks": ["--group=frameworks"],
    "adapters": ["--group=adapters"],
    "fuzz": ["--group=fuzz"],
    "peers": ["--group=peers"],
}
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=python tools/lock.py",
    "--quiet",
]


def main() -> int:
    """Lock the named groups, or all of them in order."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(GROUPS))
    parser.add_argument("--upgrade", action="store_true", help="take newer releases too")
    given = parser.parse_args()
    if not set(given.names) <= set(GROUPS):
        parser.error(f"expected names among {', '.join(GROUPS)}")
    tool = uv()
    for name in GROUPS:
        if not given.names or name in given.names:
            print(f"locking {name}", flush=True)
            lock(tool, name, upgrade=given.upgrade)
    return 0


def lock(tool: list[str], name: str, *, upgrade: bool) -> None:
    """Write `requirements/<name>.txt`."""
    output = [f"--output-file=requirements/{name}.txt", *(["--upgrade"] if upgrade else [])]
    command = [*tool, "pip", "compile", *GROUPS[name], *OPTIONS, *output]
    subprocess.run(command, cwd=REPOSITORY, check=True)


def uv() -> list[str]:
    """How to call uv: the one on the path, else the module that pip installs here."""
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if found:
        return [found]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    return [sys.executable, "-m", "uv"]


if __name__ == "__main__":
    sys.exit(main())
