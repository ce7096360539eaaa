"""What a second node gives: `python -m bench.nodes [SECONDS]`.

One node and then two, each with one worker, over one PostgreSQL that holds store, keys and
ledger; the callers share their calls between the nodes. All nodes run on the server's core,
so this shows what sharing costs and not what a second machine adds. It needs a PostgreSQL
server on 127.0.0.1:5432, where it makes databases and drops them.
"""

import http.client
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import _machine as machine
from bench import _prompts as prompts
from bench._servers import JSON, _make_key, wait_until_ready, write_config

SERVER = "postgresql://postgres@127.0.0.1:5432"
SECONDS = 10.0
CALLERS = 8
SETTLED = 2.0  # seconds until every node knows a key that another made


@contextmanager
def databases() -> Iterator[str]:
    """The sections of a configuration over two databases, which go away with the block."""
    import psycopg

    names = [f"curtilage_bench_{kind}_{os.getpid()}" for kind in ("store", "keys")]
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as admin:
        try:
            for name in names:
                admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            store, keys = (f"{SERVER}/{name}" for name in names)
            yield (f'[store]\nurl = "{store}"\n[vault]\nurl = "{keys}"\n[ledger]\nlog = "store"\n')
        finally:
            for name in names:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def nodes(count: int, provider: int) -> Iterator[tuple[Sequence[int], dict[str, str]]]:
    """The ports of `count` nodes of one installation, and the headers of a call."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="curtilage-bench-")))
        more = stack.enter_context(databases())
        ports: list[int] = []
        headers = dict(JSON)
        for number in range(count):
            folder, port = root / str(number), machine.free_port()
            folder.mkdir()
            config = write_config(folder, port, provider, more)
            if number:
                (folder / "keys").mkdir(mode=0o700)
                shutil.copy2(root / "0" / "keys" / "root.key", folder / "keys")
            else:
                headers["authorization"] = f"Bearer {_make_key(config)}"
            command = [machine.OURS, "serve", "--config", config, "--workers", "1"]
            log = folder / "log"
            stack.enter_context(
                machine.process(
                    command,
                    core=machine.SERVER_CORE,
                    environment={"OPENAI_API_KEY": "bench"},
                    log=log,
                )
            )
            wait_until_ready(port, log)
            ports.append(port)
        time.sleep(SETTLED)
        yield ports, headers


def load(ports: Sequence[int], headers: dict[str, str], seconds: float) -> list[float]:
    """Milliseconds of every call that callers made at the nodes in that time."""
    spent: list[float] = []
    threads = [
        threading.Thread(target=_call, args=(ports[n % len(ports)], n, headers, seconds, spent))
        for n in range(CALLERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spent


def _call(
    port: int, caller: int, headers: dict[str, str], seconds: float, spent: list[float]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    until, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        mark = f"{caller:02}{number % 10_000:04}".encode()
        body = prompts.body(prompts.few()).replace(prompts.MARK.encode(), mark)
        begun = time.perf_counter()
        connection.request("POST", machine.CHAT, body, headers)
        reply = connection.getresponse()
        reply.read()
        if reply.status != 200:
            raise RuntimeError(f"answered with {reply.status}")
        spent.append((time.perf_counter() - begun) * 1e3)
        number += 1


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    provider = machine.free_port()
    command = [sys.executable, "-m", "bench._provider", str(provider), "0"]
    with machine.process(command, core=machine.LOAD_CORE):
        machine.wait_for_port(provider)
        print("| nodes | calls/s | p50 ms | p99 ms |\n|---|---|---|---|")
        for count in (1, 2):
            with nodes(count, provider) as (ports, headers):
                load(ports, headers, 1.0)
                spent = sorted(load(ports, headers, seconds))
                p50, p99 = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
                print(f"| {count} | {len(spent) / seconds:.0f} | {p50:.1f} | {p99:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
