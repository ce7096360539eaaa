"""How fast big logs are scanned, and in how much memory: `python -m bench.logs [MB]`.

Four logs are generated, the same on every run: lines of an application, a web server and
a system, and objects of JSON, each with an address in every third line and a mailbox in
every fiftieth. `curtilage scan --no-names` reads them in one process and in two. Gates
are of the first log: at least 1.7 times as fast with two processes, what they take to
start, and for a first short log, left out, and at most 300 MB, shared pages counted once (PSS) over all processes.
Where others took more than a tenth of two cores meanwhile, time says nothing: then it is
CPU time that is halved, as far as the first process does not do more than half alone.
"""

import json
import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench import _machine as machine

MEGABYTES = 100
LEAST_RATIO = 1.7
MOST_MB = 300.0
QUIET = 0.1
CORES = 2
SHORT = 12.0  # megabytes, for both processes to start and to compile what they look with
PATHS = ("/", "/index.html", "/api/v1/orders", "/static/app.js", "/login", "/search?q=lamp")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "curl/8.5.0",
)


@dataclass(frozen=True)
class Run:
    """One scan: what it took, and at most held."""

    seconds: float
    cpu: float
    parent: float
    """Of the CPU time, what the first process took."""
    pss_mb: float
    others: float
    """Of the cores that it could have used, what others took meanwhile."""


def main() -> int:
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    holds = []
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        for number, (name, line) in enumerate(LOGS.items()):
            log = Path(folder) / f"{name}.log"
            _write(log, line, SHORT)
            _scan(log, 1)  # compiles patterns, if nobody did on this machine
            starts = {jobs: _scan(log, jobs) for jobs in (1, 2)}
            size = megabytes if not number else megabytes / 4
            _write(log, line, SHORT + size)
            one, two = (_scan(log, jobs) for jobs in (1, 2))
            took, halved = _ratios(one, two, starts)
            _tell(name, size, one, two, starts[1])
            print(
                f"    {took:.2f} times as fast with two, {halved:.2f} by CPU time;"
                f" the first process alone {two.parent / two.cpu:.0%},"
                f" others {max(one.others, two.others):.0%} of the machine"
            )
            if not number:
                is_quiet = max(one.others, two.others) < QUIET
                holds.append((took if is_quiet else halved) >= LEAST_RATIO)
                holds.append(max(one.pss_mb, two.pss_mb) <= MOST_MB)
                print(f"    {'ok  ' if holds[0] else 'MISS'} at least {LEAST_RATIO} times")
                print(f"    {'ok  ' if holds[1] else 'MISS'} at most {MOST_MB:.0f} MB")
            log.unlink()
    return 0 if all(holds) else 1


def _ratios(one: Run, two: Run, starts: Mapping[int, Run]) -> tuple[float, float]:
    """How many times as fast two processes are, by the clock and by CPU time."""
    took = (one.seconds - starts[1].seconds) / (two.seconds - starts[2].seconds)
    shared = max((two.cpu - starts[2].cpu) / 2, two.parent - starts[2].parent)
    return took, (one.cpu - starts[1].cpu) / shared


def _tell(name: str, megabytes: float, one: Run, two: Run, start: Run) -> None:
    speed = megabytes / (one.cpu - start.cpu)
    print(f"{name}, {megabytes:.0f} MB: {speed:.1f} MB a second of CPU", flush=True)
    for jobs, run in ((1, one), (2, two)):
        print(
            f"    --jobs {jobs}: {run.seconds:.1f} s, {run.cpu:.1f} s of CPU,"
            f" {run.pss_mb:.0f} MB at most"
        )


def _scan(log: Path, jobs: int) -> Run:
    command = [str(machine.OURS), "scan", str(log), "--no-names", "--jobs", str(jobs)]
    report = log.with_suffix(f".{jobs}.txt")
    begun, busy = time.perf_counter(), _busy_seconds()
    running = subprocess.Popen(
        [*command, "--output", str(report)], cwd=log.parent, stderr=subprocess.DEVNULL
    )
    most, seen = 0.0, dict[int, float]()
    while running.poll() is None:
        with suppress(OSError, IndexError):  # a process that has just ended
            family = machine.family(running.pid)
            seen |= {pid: _cpu_seconds(pid) for pid in family}
            most = max(most, sum(map(_pss_mb, family)))
        time.sleep(0.1)
    took, cpu = time.perf_counter() - begun, sum(seen.values())
    others = max(0.0, _busy_seconds() - busy - cpu) / (CORES * took)
    report.unlink(missing_ok=True)
    return Run(took, cpu, seen.get(running.pid, 0.0), most, others)


def _busy_seconds() -> float:
    """What all processes of the machine took until now: in programs, niced ones, and the kernel."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return sum(map(int, fields[1:4])) / 100


def _cpu_seconds(pid: int) -> float:
    """What a process took until now, threads that ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next((int(line.split()[1]) * 1.024e-3 for line in lines if line.startswith("Pss:")), 0.0)


def _write(log: Path, line: Callable[[random.Random, int], str], megabytes: float) -> None:
    dice = random.Random(7)
    block = "".join(line(dice, number) for number in range(50_000))  # repeated: dice are slow
    with log.open("w") as opened:
        for piece in _pieces(block, int(megabytes * 1e6)):
            opened.write(piece)


def _pieces(block: str, size: int) -> Iterator[str]:
    while size > 0:
        yield block[:size]
        size -= len(block)


def _time(number: int) -> str:
    seconds = number // 50
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _address(dice: random.Random) -> str:
    return f"203.0.113.{dice.randrange(256)}"


def _mailbox(dice: random.Random) -> str:
    return f"{dice.choice(('ada', 'grace', 'alan'))}.{dice.randrange(5000)}@example.org"


def _of_application(dice: random.Random, number: int) -> str:
    drawn = dice.random()
    who = f" ip={_address(dice)}" if drawn < 0.3 else ""
    who = f" user={_mailbox(dice)}" if 0.3 <= drawn < 0.32 else who
    return (
        f"2026-03-01T{_time(number)}.{dice.randrange(1000):03}Z INFO web-{dice.randrange(8)}"
        f' "GET {dice.choice(PATHS)} HTTP/1.1" {dice.choice((200, 304, 404))}'
        f' {dice.randrange(200, 90000)} "{dice.choice(AGENTS)}"{who} took={dice.randrange(1, 900)}ms\n'
    )


def _of_web_server(dice: random.Random, number: int) -> str:
    who = _address(dice) if dice.random() < 0.3 else f"web-{dice.randrange(40)}.internal"
    user = _mailbox(dice) if dice.random() < 0.02 else "-"
    return (
        f"{who} - {user} [01/Mar/2026:{_time(number)} +0000]"
        f' "GET {dice.choice(PATHS)} HTTP/1.1" {dice.choice((200, 304, 404))}'
        f' {dice.randrange(100, 90000)} "-" "{dice.choice(AGENTS)}"\n'
    )


def _of_json(dice: random.Random, number: int) -> str:
    record = {
        "ts": f"2026-03-01T{_time(number)}.{dice.randrange(1000):03}Z",
        "level": "info",
        "msg": "request done",
        "path": dice.choice(PATHS),
        "status": dice.choice((200, 404)),
        "bytes": dice.randrange(100, 90000),
        "trace": f"{dice.getrandbits(128):032x}",
        "span": f"{dice.getrandbits(64):016x}",
    }
    drawn = dice.random()
    if drawn < 0.3:
        record["ip"] = _address(dice)
    elif drawn < 0.32:
        record["user"] = _mailbox(dice)
    return json.dumps(record) + "\n"


def _of_system(dice: random.Random, number: int) -> str:
    drawn = dice.random()
    key = "".join(dice.choices(string.ascii_letters + string.digits, k=43))
    said = "Started Session 12345 of User deploy."
    if drawn < 0.3:
        said = f"Accepted publickey for ada from {_address(dice)} port {dice.randrange(1024, 65000)} ssh2: ED25519 SHA256:{key}"
    elif drawn < 0.32:
        said = f"mail sent to {_mailbox(dice)} id={dice.getrandbits(48):012x}"
    elif drawn < 0.6:
        said = "session opened for user root(uid=0) by (uid=0)"
    return f"Mar  1 {_time(number)} host-{dice.randrange(9)} sshd[{dice.randrange(300, 32000)}]: {said}\n"


LOGS = {
    "application": _of_application,
    "web server": _of_web_server,
    "json": _of_json,
    "system": _of_system,
}


if __name__ == "__main__":
    sys.exit(main())
