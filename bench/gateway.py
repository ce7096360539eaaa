"""The gateway beside nginx, FastAPI with httpx, and LiteLLM, in one run.

Every server runs alone on core 0, all its processes; the load generator and a
provider that costs next to nothing on core 1. Rounds are interleaved and the
table shows medians, because machines are shared. Our service does everything:
key, policy, scan, tokens, restoring, durable intent and outcome, metrics; the
others pass bytes on. No two requests are alike, so nothing is cached for us.

`python -m bench.gateway [ROUNDS [SECONDS]]`. A peer that is missing is not run.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import _machine as machine
from bench import _prompts as prompts
from curtilage.ledger.models import Cursor
from curtilage.ledger.read import LedgerReader

HERE = Path(__file__).resolve().parent
EVENTS = 100
WARM_UP = 2  # seconds of each kind of load
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Cell:
    """One kind of load: which body, over how many connections."""

    name: str
    body: bytes
    connections: int
    streams: bool = False


CELLS = (
    Cell("1 kB, c=1", prompts.body(prompts.few()), 1),
    Cell("1 kB, c=32", prompts.body(prompts.few()), 32),
    Cell("8 kB dense, c=32", prompts.body(prompts.many()), 32),
    Cell("streams, c=16", prompts.body(prompts.few(), stream=True), 16, streams=True),
)
PACED = prompts.body(prompts.few(), stream=True, model="gpt-bench-paced")


@dataclass(frozen=True)
class Running:
    """A server that takes load: its port, its processes by what they do."""

    port: int
    processes: Mapping[str, int]
    headers: Mapping[str, str] = field(default_factory=lambda: dict(JSON))
    ledger: Path | None = None


@dataclass
class Sample:
    """One server under one cell, once."""

    load: machine.Load
    cpu_us: Mapping[str, float]
    resident: Mapping[str, float]
    told: Sequence[tuple[int, int]] = ()
    """What our records say of each call, µs: its own work, and the commit of its intent."""


Server = Callable[[int], AbstractContextManager[Running]]


@contextmanager
def curtilage(
    provider: int, *, workers: int = 1, core: str = machine.SERVER_CORE
) -> Iterator[Running]:
    """Our service as `serve` starts it, with a key of its own."""
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        port = machine.free_port()
        config = write_config(Path(folder), port, provider)
        key = _make_key(config)
        command = [machine.OURS, "serve", "--config", config]
        command += ["--workers", str(workers)]
        environment = {"OPENAI_API_KEY": "bench"}
        log = Path(folder) / "log"
        with machine.process(command, core=core, environment=environment, log=log) as started:
            wait_until_ready(port, log)
            supervisor, control, *gateways = machine.family(started.pid)
            names = {"supervisor": supervisor, "control": control}
            names |= {f"gateway-{number}": pid for number, pid in enumerate(gateways)}
            headers = {**JSON, "authorization": f"Bearer {key}"}
            yield Running(port, names, headers, Path(folder) / "data" / "ledger")


def write_config(folder: Path, port: int, provider: int) -> Path:
    path = folder / "curtilage.toml"
    path.write_text(
        f'[server]\nport = {port}\ndata_dir = "{folder}/data"\nkey_dir = "{folder}/keys"\n'
        f'[upstreams.openai]\nprotocol = "openai"\nbase_url = "http://127.0.0.1:{provider}/v1"\n'
        'api_key_env = "OPENAI_API_KEY"\n'
    )
    return path


def _make_key(config: Path) -> str:
    command = [
        machine.OURS,
        "apikeys",
        "create",
        "bench",
        "--purpose",
        "assist",
    ]
    done = subprocess.run(
        [*command, "--config", config],
        capture_output=True,
        text=True,
        check=True,
        cwd=machine.REPOSITORY,
    )
    return done.stdout.strip().rsplit("\n", 1)[-1]


def wait_until_ready(port: int, log: Path) -> None:
    """Until it says where it serves: by then every worker takes calls."""
    until = time.monotonic() + 90
    while b"Serving on" not in log.read_bytes():
        if time.monotonic() > until:
            raise TimeoutError(log.read_text())
        time.sleep(0.02)
    machine.wait_for_port(port)


@contextmanager
def nginx(provider: int) -> Iterator[Running]:
    """The floor: a reverse proxy in C that reads nothing."""
    if shutil.which("nginx") is None:
        raise FileNotFoundError("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        port = machine.free_port()
        config = Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, port=port, provider=provider))
        command = ["nginx", "-c", config, "-p", folder, "-e", f"{folder}/error.log"]
        with machine.process(command, core=machine.SERVER_CORE) as started:
            machine.wait_for_port(port)
            yield Running(port, {"nginx": started.pid})


NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  keepalive_requests 1000000; client_body_buffer_size 64k;
  upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


@contextmanager
def fastapi(provider: int) -> Iterator[Running]:
    """The ordinary pass-through in Python."""
    python = machine.peers_python()
    if python is None:
        raise FileNotFoundError("`make bench` installs it into .venv-peers")
    port = machine.free_port()
    command = [python, HERE / "_passthrough.py", str(port), str(provider)]
    with machine.process(command, core=machine.SERVER_CORE) as started:
        try:
            machine.wait_for_port(port, of=started)
        except TimeoutError:
            raise FileNotFoundError("it did not start; `make bench` installs it") from None
        yield Running(port, {"uvicorn": started.pid})


@contextmanager
def litellm(provider: int) -> Iterator[Running]:
    """LiteLLM's proxy: one worker, no database, no logs, no protection."""
    python = machine.peers_python()
    if python is None or not (python.parent / "litellm").exists():
        raise FileNotFoundError("`make bench` installs it into .venv-peers")
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        port = machine.free_port()
        config = Path(folder) / "litellm.yaml"
        config.write_text(LITELLM.format(provider=provider))
        command = [
            python.parent / "litellm",
            "--config",
            config,
            "--port",
            str(port),
            "--num_workers",
            "1",
        ]
        environment = {
            "LITELLM_LOG": "ERROR",
            "LITELLM_MASTER_KEY": "sk-bench",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }
        log = Path(folder) / "log"
        with machine.process(
            command, core=machine.SERVER_CORE, environment=environment, log=log
        ) as started:
            try:
                machine.wait_for_port(port, seconds=120, of=started)
            except TimeoutError:
                raise FileNotFoundError(f"it did not start: {log.read_text()[-300:]}") from None
            yield Running(
                port, {"litellm": started.pid}, {**JSON, "authorization": "Bearer sk-bench"}
            )


LITELLM = """model_list:
  - {{model_name: gpt-bench, litellm_params: {{model: openai/gpt-bench, api_base: "http://127.0.0.1:{provider}/v1", api_key: bench}}}}
  - {{model_name: gpt-bench-paced, litellm_params: {{model: openai/gpt-bench-paced, api_base: "http://127.0.0.1:{provider}/v1", api_key: bench}}}}
litellm_settings: {{telemetry: false, num_retries: 0}}
"""

SERVERS: Mapping[str, Server] = {
    "nginx": nginx,
    "curtilage": curtilage,
    "FastAPI+httpx": fastapi,
    "LiteLLM": litellm,
}


@dataclass
class Table:
    """All samples, by server and cell; what could not be run, and why."""

    samples: dict[tuple[str, str], list[Sample]] = field(default_factory=dict)
    first: dict[str, list[float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def median(self, server: str, cell: str, what: Callable[[Sample], float]) -> float | None:
        found = self.samples.get((server, cell))
        return statistics.median(map(what, found)) if found else None


def measure(table: Table, name: str, server: Server, provider: int, seconds: int) -> None:
    """One round of one server: warmed up, then every cell, then first bytes."""
    try:
        with server(provider) as running:
            for cell in CELLS[1:]:
                put_load(running, cell, WARM_UP)
            for cell in CELLS:
                table.samples.setdefault((name, cell.name), []).append(
                    _load(running, cell, seconds)
                )
            waits = machine.first_bytes_ms(running.port, PACED, running.headers, times=20)
            table.first.setdefault(name, []).append(statistics.median(waits))
    except FileNotFoundError as missing:
        table.missing[name] = str(missing)


def put_load(running: Running, cell: Cell, seconds: int) -> machine.Load:
    return machine.run_wrk(
        running.port,
        cell.body,
        connections=cell.connections,
        seconds=seconds,
        headers=running.headers,
    )


def _load(running: Running, cell: Cell, seconds: int) -> Sample:
    reader = LedgerReader(running.ledger) if running.ledger else None
    end = reader.end() if reader else {}
    before = {name: machine.cpu_ns(pid) for name, pid in running.processes.items()}
    load = put_load(running, cell, seconds)
    if load.errors > load.requests // 100 or not load.requests:
        raise RuntimeError(f"{cell.name}: {load.errors} of {load.requests} calls failed")
    spent = {name: machine.cpu_ns(pid) - before[name] for name, pid in running.processes.items()}
    return Sample(
        load,
        {name: ns / 1000 / load.requests for name, ns in spent.items()},
        {name: machine.resident_mb(pid) for name, pid in running.processes.items()},
        _told(reader, end) if reader else (),
    )


def _told(reader: LedgerReader, since: Cursor) -> list[tuple[int, int]]:
    facts = [record.event.facts for record in reader.read(since, limit=10**9)[0]]
    return [
        (int(each["overhead_us"]), int(each["commit_us"])) for each in facts if "commit_us" in each
    ]


def in_front(sample: Sample) -> float:
    """CPU of what the caller talks to: every process but supervisor and control."""
    apart = ("supervisor", "control")
    return sum(us for name, us in sample.cpu_us.items() if name not in apart)


def beside(sample: Sample) -> float:
    """CPU of supervisor and control: trees, checkpoints, the table of calls."""
    return sum(sample.cpu_us.values()) - in_front(sample)


def show(table: Table) -> None:
    print("| server | cell | req/s | p50 ms | p99 ms | CPU us/req | beside | RSS MB |")
    print("|---|---|---|---|---|---|---|---|")
    for (server, cell), samples in table.samples.items():
        figures = [
            statistics.median(sample.load.per_second for sample in samples),
            statistics.median(sample.load.p50 for sample in samples),
            statistics.median(sample.load.p99 for sample in samples),
            statistics.median(map(in_front, samples)),
            statistics.median(map(beside, samples)),
            statistics.median(max(sample.resident.values()) for sample in samples),
        ]
        row = " | ".join(f"{figure:,.{_places(figure)}f}" for figure in figures)
        print(f"| {server} | {cell} | {row} |")
    print(
        "\n| a call of ours, by its record | own work p50 / p99 ms | commit of its intent p50 / p99 ms |"
    )
    print("|---|---|---|")
    for (_, cell), samples in table.samples.items():
        told = [each for sample in samples for each in sample.told]
        if told:
            print(
                f"| {cell} | {' | '.join(_spread(column) for column in zip(*told, strict=True))} |"
            )
    print()
    for server, waits in table.first.items():
        print(f"first event, c=1, {server}: {statistics.median(waits):.2f} ms")
    for server, why in table.missing.items():
        print(f"{server}: not run ({why})")


def _spread(us: Sequence[int]) -> str:
    ordered = sorted(us)
    return " / ".join(f"{ordered[len(ordered) * part // 100] / 1000:.2f}" for part in (50, 99))


def _places(figure: float) -> int:
    return 2 if figure < 10 else 0


@dataclass(frozen=True)
class Gate:
    """A bound that holds or does not; None where a peer is missing."""

    says: str
    value: float | None
    least: float = 0.0
    most: float = float("inf")

    @property
    def holds(self) -> bool:
        return self.value is None or self.least <= self.value <= self.most

    def show(self) -> None:
        if self.value is None:
            print(f"{self.says}: not measured, the peer was not run")
        else:
            print(f"{'ok  ' if self.holds else 'MISS'} {self.says}: {self.value:,.1f}")


def gates(table: Table) -> list[Gate]:
    one, dense, streams = CELLS[1].name, CELLS[2].name, CELLS[3].name

    def times(peer: str, cell: str) -> float | None:
        """How many times the peer's calls per second, one core each."""
        ours = table.median("curtilage", cell, lambda sample: sample.load.per_second)
        theirs = table.median(peer, cell, lambda sample: sample.load.per_second)
        return ours / theirs if ours and theirs else None

    def cpu(cell: str) -> float | None:
        return table.median("curtilage", cell, in_front)

    rate = table.median("curtilage", streams, lambda sample: sample.load.per_second * EVENTS)
    event = cpu(streams)
    return [
        Gate("times LiteLLM at 1 kB, at least 30", times("LiteLLM", one), 30),
        Gate("times LiteLLM at dense 8 kB, at least 12", times("LiteLLM", dense), 12),
        Gate("times FastAPI+httpx at 1 kB, at least 8", times("FastAPI+httpx", one), 8),
        Gate("CPU us per request at 1 kB, at most 550", cpu(one), most=550),
        Gate("CPU us per request at dense 8 kB, at most 1,200", cpu(dense), most=1200),
        Gate("stream events per second, at least 30,000", rate, 30_000),
        Gate("CPU us per stream event, at most 25", event / EVENTS if event else None, most=25),
    ]


def main() -> int:
    rounds, seconds = (*map(int, sys.argv[1:3]), *(3, 4)[len(sys.argv) - 1 :])
    if shutil.which("wrk") is None:
        print("not run: the load generator wrk is missing (Debian package wrk)")
        return 0
    port = machine.free_port()
    provider = [sys.executable, "-m", "bench._provider", str(port)]
    table = Table()
    with machine.process(provider, core=machine.LOAD_CORE):
        machine.wait_for_port(port)
        for _ in range(rounds):
            for name, server in SERVERS.items():
                measure(table, name, server, port, seconds)
        for workers in (1, 2):
            measure_workers(table, port, workers, seconds)
    show(table)
    held = gates(table)
    for gate in held:
        gate.show()
    return 0 if all(gate.holds for gate in held) else 1


def measure_workers(table: Table, provider: int, workers: int, seconds: int) -> None:
    """All on both cores, load and provider too: a ratio, not a throughput."""
    with curtilage(provider, workers=workers, core="0,1") as running:
        put_load(running, CELLS[1], WARM_UP)
        name = f"both cores, {workers} worker{'s' * (workers > 1)}"
        table.samples.setdefault((name, CELLS[1].name), []).append(
            _load(running, CELLS[1], seconds)
        )


if __name__ == "__main__":
    sys.exit(main())
