"""The servers that are measured: ours as `serve` starts it, and the peers.

Each runs on the server's core, all its processes, and passes calls on to one provider.
One that is missing, or does not start, raises FileNotFoundError with what installs it.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import _machine as machine

HERE = Path(__file__).resolve().parent
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Running:
    """A server that takes load: its port, its processes by what they do."""

    port: int
    processes: Mapping[str, int]
    headers: Mapping[str, str] = field(default_factory=lambda: dict(JSON))
    ledger: Path | None = None


Server = Callable[[int], AbstractContextManager[Running]]


@contextmanager
def curtilage(
    provider: int,
    *,
    workers: int = 1,
    core: str = machine.SERVER_CORE,
    more: str = "",
    names: bool = False,
) -> Iterator[Running]:
    """Our service as `serve` starts it, with a key of its own. `more` goes into its settings.

    `names` are looked for by a process apart, whose figures are a worker's as well."""
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        port = machine.free_port()
        more += f"[detect]\nnames = {str(names).lower()}\n"
        config = write_config(Path(folder), port, provider, more)
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


def curtilage_names(provider: int) -> AbstractContextManager[Running]:
    return curtilage(provider, names=True)


def write_config(folder: Path, port: int, provider: int, more: str = "") -> Path:
    path = folder / "curtilage.toml"
    path.write_text(
        f'[server]\nport = {port}\ndata_dir = "{folder}/data"\nkey_dir = "{folder}/keys"\n'
        f'[upstreams.openai]\nprotocol = "openai"\nbase_url = "http://127.0.0.1:{provider}/v1"\n'
        'api_key_env = "OPENAI_API_KEY"\n' + more
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
def litellm(provider: int, *, filtered: bool = False) -> Iterator[Running]:
    """LiteLLM's proxy: one worker, no database, no logs; without protection, or with its own.

    `filtered` masks with the patterns for personal data and secrets that it carries. What
    it masks is not restored."""
    python = machine.peers_python()
    if python is None or not (python.parent / "litellm").exists():
        raise FileNotFoundError("`make bench` installs it into .venv-peers")
    with tempfile.TemporaryDirectory(prefix="curtilage-bench-") as folder:
        port = machine.free_port()
        config = Path(folder) / "litellm.yaml"
        config.write_text(LITELLM.format(provider=provider) + (_filter(python) if filtered else ""))
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


def _filter(python: Path) -> str:
    """Its guardrail with every pattern of its own that is about people, cards or credentials."""
    listed = subprocess.run(
        [python, "-c", LIST_PATTERNS], capture_output=True, text=True, check=True
    )
    rows = "".join(
        f"      - {{pattern_type: prebuilt, pattern_name: {name}, action: MASK}}\n"
        for name in listed.stdout.split()
    )
    return f"""guardrails:
- guardrail_name: personal
  litellm_params:
    guardrail: litellm_content_filter
    mode: pre_call
    default_on: true
    patterns:
{rows}"""


LIST_PATTERNS = """
import json, pathlib, litellm
home = pathlib.Path(litellm.__file__).parent / "proxy/guardrails/guardrail_hooks"
found = json.loads((home / "litellm_content_filter/patterns.json").read_text())["patterns"]
wanted = ("PII", "Payment", "Credential", "Network", "Identifiers")
print(*(each["name"] for each in found if any(word in each["category"] for word in wanted)))
"""


def litellm_filtered(provider: int) -> AbstractContextManager[Running]:
    return litellm(provider, filtered=True)


@contextmanager
def portkey(provider: int) -> Iterator[Running]:
    """Portkey's gateway on Node. It passes bytes on and protects nothing by itself."""
    program = HERE / "portkey" / "node_modules" / "@portkey-ai" / "gateway" / "build"
    node = shutil.which("node")
    if node is None or not program.exists():
        raise FileNotFoundError("`make bench-peers` installs it into bench/portkey, with Node")
    port = machine.free_port()
    command = [node, program / "start-server.js", f"--port={port}", "--headless"]
    headers = {"authorization": "Bearer bench", "x-portkey-provider": "openai"}
    headers["x-portkey-custom-host"] = f"http://127.0.0.1:{provider}/v1"
    with machine.process(command, core=machine.SERVER_CORE) as started:
        try:
            machine.wait_for_port(port, of=started)
        except TimeoutError:
            raise FileNotFoundError("it did not start") from None
        yield Running(port, {"portkey": started.pid}, {**JSON, **headers})


SERVERS: Mapping[str, Server] = {
    "nginx": nginx,
    "curtilage": curtilage,
    "curtilage, names": curtilage_names,
    "FastAPI+httpx": fastapi,
    "Portkey": portkey,
    "LiteLLM": litellm,
    "LiteLLM, its filter": litellm_filtered,
}
