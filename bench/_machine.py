"""Processes pinned to a core, what they cost, and the load that is put on them.

Costs are read from /proc: CPU time as the kernel's scheduler counts it, in
nanoseconds, summed over threads; resident memory as the kernel says it.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench._prompts import MARK

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = Path(sys.executable).parent / "curtilage"
SERVER_CORE, LOAD_CORE = "0", "1"
CHAT = "/v1/chat/completions"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(
    command: Sequence[str | Path],
    *,
    core: str,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` on one core; on leaving, end it and all that it started."""
    pinned = ["taskset", "-c", core] if shutil.which("taskset") else []
    output = log.open("wb") if log else subprocess.DEVNULL
    started = subprocess.Popen(
        [*pinned, *map(str, command)],
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def wait_for_port(
    port: int, *, seconds: float = 90, of: subprocess.Popen[bytes] | None = None
) -> None:
    """Until something listens; at once a TimeoutError where the process has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and (of is None or of.poll() is None):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def cpu_ns(pid: int) -> int:
    """CPU time of the threads that are alive: `serve` keeps its threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        total += int(task.read_text().split()[0])
    return total


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True)
class Load:
    """What one cell of load gave. Times are in milliseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def run_wrk(
    port: int,
    body: bytes,
    *,
    connections: int,
    seconds: float,
    headers: Mapping[str, str],
    path: str = CHAT,
) -> Load:
    """POST `body` as fast as answers come, each time with other letters at the mark."""
    script = _write_script(body, headers)
    address = f"http://127.0.0.1:{port}{path}"
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += ["--timeout", "20s", "-s", str(script), address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    return Load(**said)


def _write_script(body: bytes, headers: Mapping[str, str]) -> Path:
    path = Path(f"/tmp/curtilage-bench-{os.getpid()}.lua")
    # Begins anywhere: a run that went through the same letters as the one before it would
    # find its texts in the caches.
    parts = body.decode().split(MARK)
    sets = "\n".join(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}" for k, v in headers.items())
    path.write_text(f"""
wrk.method = "POST"
{sets}
local parts = {{{", ".join(f"[=[{part}]=]" for part in parts)}}}
local count = {secrets.randbelow(26 ** len(MARK))}
local function letters(n)
  local out = {{}}
  for i = 1, {len(MARK)} do out[i] = string.char(97 + n % 26); n = math.floor(n / 26) end
  return table.concat(out)
end
request = function()
  count = count + 1
  return wrk.format(nil, nil, nil, table.concat(parts, letters(count * 7919)))
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\n{{"requests": %d, "seconds": %f, "errors": %d, "p50": %f, "p99": %f}}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
""")
    return path


def first_bytes_ms(
    port: int, body: bytes, headers: Mapping[str, str], *, times: int
) -> list[float]:
    """How long until the first event of a stream, one stream after the other."""
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    waits = []
    for number in range(times):
        mark = "".join(chr(97 + number // 26**place % 26) for place in range(len(MARK)))
        sent = body.replace(MARK.encode(), mark.encode())
        with socket.create_connection(("127.0.0.1", port)) as connection:
            begun = time.perf_counter()
            connection.sendall(f"{head}content-length: {len(sent)}\r\n\r\n".encode() + sent)
            received = b""
            while b"data:" not in received:
                part = connection.recv(65536)
                if not part:
                    raise ConnectionError("the stream ended before its first event")
                received += part
            waits.append((time.perf_counter() - begun) * 1e3)
    return waits


def peers_python() -> Path | None:
    """The rivals' own environment: `.venv-peers`, or the one that PEERS_VENV names."""
    venv = Path(os.environ.get("PEERS_VENV", REPOSITORY / ".venv-peers"))
    python = venv / "bin" / "python"
    return python if python.exists() else None
