"""HTTP/2 to a provider beside HTTP/1.1: `python -m bench.http2 [CALLS]`.

Both clients of a worker, in turn, over TLS to the same nginx, which passes on to a provider that
costs next to nothing. CPU time is this process's own, so the client's alone. The protocol is kept
in Python there and in C here: a call may take ten times the CPU, for a hundred over one connection.
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvloop

from bench import _machine as machine
from curtilage.gateway.adapters.multiplexed import Multiplexed
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.adapters.way import Way
from curtilage.gateway.ports import Upstream, UpstreamRequest

CALLS, ROUNDS, AT_ONCE = 400, 5, 50
MOST = 10.0
WHOLE = b'{"model":"bench","messages":[]}'
STREAM = b'{"model":"bench","stream":true,"messages":[]}'
CONFIG = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  keepalive_requests 1000000;
  upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


@contextmanager
def secured(provider: int) -> Iterator[tuple[int, Path]]:
    """nginx with TLS and both versions of HTTP: its port, and whom to trust."""
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        cert, key = Path(folder) / "cert.pem", Path(folder) / "key.pem"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        made += ["-nodes", "-keyout", str(key), "-out", str(cert), "-subj", "/CN=bench"]
        made += ["-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
        subprocess.run(made, check=True, capture_output=True)
        port = machine.free_port()
        config = Path(folder) / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, provider=provider))
        command = ["nginx", "-c", config, "-p", folder, "-e", f"{folder}/error.log"]
        with machine.process(command, core=machine.SERVER_CORE):
            machine.wait_for_port(port)
            yield port, cert


async def call(upstream: Upstream, body: bytes) -> None:
    request = UpstreamRequest(
        "POST", "/chat/completions", "", [("content-type", "application/json")], body
    )
    reply = await upstream.send(request)
    while await reply.read():
        pass
    await reply.close()


async def spend(upstream: Upstream, body: bytes, calls: int) -> tuple[float, float]:
    """Microseconds of CPU and of waiting for each call, of many at once."""
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await call(upstream, body)

    cpu, begun = used(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return (used() - cpu) / calls * 1e6, (time.perf_counter() - begun) / calls * 1e6


def used() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


async def measure(port: int, cert: Path, calls: int) -> Mapping[tuple[str, str], list[float]]:
    """The least CPU of several rounds in turn, and the least time, by version and kind."""
    base, way = f"https://127.0.0.1:{port}/v1", Way(ca_file=cert)
    pools: Mapping[str, Upstream] = {
        "HTTP/1.1": Provider(base, connect_timeout=10, way=way),
        "HTTP/2": Multiplexed(base, connect_timeout=10, way=way),
    }
    least: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for kind, body in (("whole", WHOLE), ("stream of 100 events", STREAM)):
            for version, pool in pools.items():
                spent = await spend(pool, body, calls)
                known = least.setdefault((kind, version), list(spent))
                known[:] = map(min, known, spent)
    for pool in pools.values():
        await pool.close()
    return least


def main() -> int:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    port = machine.free_port()
    with machine.process(
        [sys.executable, "-m", "bench._provider", str(port)], core=machine.LOAD_CORE
    ):
        machine.wait_for_port(port)
        with secured(port) as (front, cert):
            return show(uvloop.run(measure(front, cert, calls)))


def show(least: Mapping[tuple[str, str], list[float]]) -> int:
    """Print the table; 1 where HTTP/2 costs more than it may."""
    print(
        "| reply | version | CPU µs a call | µs a call | CPU, of HTTP/1.1's |\n|---|---|---|---|---|"
    )
    worst = 0.0
    for (kind, version), (cpu, waited) in least.items():
        ratio = cpu / least[kind, "HTTP/1.1"][0]
        worst = max(worst, ratio)
        print(f"| {kind} | {version} | {cpu:.0f} | {waited:.0f} | {ratio:.2f} |")
    print(f"{'ok  ' if worst <= MOST else 'MISS'} at most {MOST:.0f} times the CPU: {worst:.2f}")
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
