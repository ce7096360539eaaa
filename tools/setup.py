"""Make `.venv` and install into it: `python3 tools/setup.py base|extras|test|dev|docs|frameworks|adapters|fuzz|peers…`.

Runs on the machine's own Python with its standard library alone. What is
already there is left alone: each lock has a stamp in `.venv` with its digest,
so a second run does nothing and says nothing.
"""

from __future__ import annotations  # so that an old Python parses this and can be told

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
VENV = REPOSITORY / ".venv"
APART = {  # environments of their own, never beside the product
    "adapters": REPOSITORY / ".venv-adapters",  # taggers of others that ours stand beside
    "frameworks": REPOSITORY / ".venv-frameworks",  # what people build on
    "fuzz": REPOSITORY / ".venv-fuzz",  # what asks the service whatever its description allows
    "peers": REPOSITORY / ".venv-peers",  # rivals to measure against
}
FROM_NPM = (
    REPOSITORY / "tests" / "clients" / "node",  # the `openai` package, used as its users do
    REPOSITORY / "tests" / "browser" / "axe",  # axe-core, which looks for barriers in pages
)
PEERS_FROM_NPM = REPOSITORY / "bench" / "portkey"
LOCKS = {
    "base": ("base", "build"),
    "extras": ("base", "build", "extras"),
    "test": ("base", "build", "test", "clients"),
    "dev": ("base", "build", "test", "clients", "dev"),
    "docs": ("base", "build", "docs"),
    "frameworks": ("frameworks",),
    "adapters": ("adapters",),
    "fuzz": ("fuzz",),
    "peers": ("peers",),
}
OLDEST = (3, 11)


def main(groups: list[str]) -> int:
    """Install the named groups; return the exit code."""
    unknown = sorted(set(groups) - set(LOCKS))
    if unknown or not groups:
        return _fail("expected one or more of: " + ", ".join(LOCKS))
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        return _fail(
            f"Python 3.11 or later is needed and this is {found};"
            " name a later one with `make PYTHON=/path/to/python3.11 …`."
        )
    os.chdir(REPOSITORY)
    ours = [group for group in groups if group not in APART]
    if ours and not _fill(VENV, ours):
        return 1
    for group in groups:
        if group in APART and not _fill(APART[group], [group]):
            return 1
    if ours:
        _install_project()
    if "test" in groups:
        _install_from_npm(*FROM_NPM, for_whom="tests")
        _install_programs()
    if "peers" in groups:
        _install_from_npm(PEERS_FROM_NPM, for_whom="benchmarks")
        _install_load_tools()
    return 0


def _fill(venv: Path, groups: list[str]) -> bool:
    """Make the environment where it is missing, and install the locks of the groups."""
    if not _python(venv).exists() and not _make_environment(venv):
        return False
    for lock in dict.fromkeys(lock for group in groups for lock in LOCKS[group]):
        _install_lock(venv, lock)
    return True


def _make_environment(venv: Path) -> bool:
    """Create it through venv, else through virtualenv, else say what to install."""
    for module, name in (("venv", "venv"), ("virtualenv", "virtualenv")):
        attempt = subprocess.run(
            [sys.executable, "-m", module, str(venv)], capture_output=True, text=True, check=False
        )
        if attempt.returncode == 0 and _python(venv).exists():
            print(f"made {venv.name} with {name}", flush=True)
            return True
        shutil.rmtree(venv, ignore_errors=True)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    _fail(
        f"A virtual environment cannot be made here: install Debian's package {package}"
        " (or `pip install virtualenv`) and run the command again."
    )
    return False


def _install_lock(venv: Path, name: str) -> None:
    """Install `requirements/<name>.txt` with its hashes, unless its stamp says it is there."""
    lock = REPOSITORY / "requirements" / f"{name}.txt"
    stamp = _stamp(venv, name)
    digest = _digest(lock)
    if _is_current(stamp, digest):
        return
    print(f"installing requirements/{lock.name}", flush=True)
    # The lock names everything: what pip 23 would look up for an extra (`pydantic[email]`)
    # it would then refuse, because only the pinned release has a hash.
    _pip(venv, "--no-deps", "--require-hashes", "-r", str(lock))
    stamp.write_text(digest)


def _install_project() -> None:
    """Install Curtilage itself, editable, without asking for anything more."""
    stamp = _stamp(VENV, "project")
    digest = _digest(REPOSITORY / "pyproject.toml")
    if _is_current(stamp, digest):
        return
    print("installing curtilage", flush=True)
    _pip(VENV, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(digest)


def _install_from_npm(*folders: Path, for_whom: str) -> None:
    """Install the packages of these folders, where there is Node."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        print(f"no Node here: the {for_whom} that need it will say that they were skipped")
        return
    for folder in folders:
        _install_node_packages(npm, folder)


def _install_node_packages(npm: str, folder: Path) -> None:
    """Install the locked packages of one folder; none of their scripts is run."""
    stamp = _stamp(VENV, f"npm-{folder.name}")
    digest = _digest(folder / "package-lock.json")
    if _is_current(stamp, digest) and (folder / "node_modules").is_dir():
        return
    name = folder.relative_to(REPOSITORY)
    print(f"installing {name}", flush=True)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([npm, "ci", *quiet], cwd=folder, check=False)
    if done.returncode == 0:
        stamp.write_text(digest)
    else:
        print(f"npm could not install {name}: what needs it will say that it was skipped")


def _install_programs() -> None:
    """Debian's Chromium and Tesseract, where they are missing and we may."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        _install_from_debian("chromium", to="run the tests of pages")
    if not shutil.which("tesseract"):
        _install_from_debian("tesseract-ocr", to="test reading texts in pictures")


def _install_load_tools() -> None:
    """What puts load on servers, and the one that all are held against."""
    for program, package in (("wrk", "wrk"), ("nginx", "nginx-light")):
        if not shutil.which(program):
            _install_from_debian(package, to="measure the gateway")


def _install_from_debian(package: str, *, to: str) -> None:
    """Install a package where we may; say what it is good for where we may not."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        print(f"no {package} here: install Debian's package {package} to {to}")
        return
    print(f"installing {package}", flush=True)
    # A server that is only measured is not to run by itself (policy-rc.d(5), invoke-rc.d(8)).
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    install = [apt, "install", "--yes", "-qq", "--no-install-recommends", package]
    for command in ([apt, "update", "-qq"], install):
        done = subprocess.run(command, env=env, check=False, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            print(f"apt-get could not install {package}, which is needed to {to}")
            return


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _stamp(venv: Path, name: str) -> Path:
    folder = venv / "stamps"
    folder.mkdir(exist_ok=True)
    return folder / name


def _pip(venv: Path, *arguments: str) -> None:
    """Run pip; what it says is told only where it fails."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [str(_python(venv)), "-m", "pip", "install", *quiet, *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr, end="", flush=True)
        raise subprocess.CalledProcessError(done.returncode, command)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_current(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def _fail(sentence: str) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as problem:
        sys.exit(_fail(f"this step failed: {' '.join(map(str, problem.cmd))}"))
