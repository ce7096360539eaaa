"""What a fail-over adds to a call: `python -m bench.failover [CALLS]`.

Three routes over one connection, their calls in turn: to an upstream that is well, to one
that answers 503 and then to that one, to one where nobody listens and then to that one.
Both upstreams take 20 ms to answer, so that a request's latency is what it is held
against: a call that fails over may take that of two, and is no longer tried at the first.
The breaker is off; with it an upstream that is down costs nothing after ten calls.
"""

import http.client
import statistics
import sys
import time
from collections.abc import Mapping

from bench import _machine as machine
from bench import _prompts as prompts
from bench._servers import Running, curtilage

CALLS = 200
DELAY = 0.02
WELL, DECLINED, ABSENT = "well", "declined", "absent"


def settings(well: int, declining: int) -> str:
    """The upstreams and a route each. Where nobody listens is a port that was free a moment ago."""
    ports = {WELL: well, DECLINED: declining, ABSENT: machine.free_port()}
    text = ""
    for name, port in ports.items():
        first = f'"{name}", ' if name != WELL else ""
        text += f"""
[upstreams.{name}]
protocol = "openai"
base_url = "http://127.0.0.1:{port}/v1"
api_key_env = "OPENAI_API_KEY"
destination = "here"
breaker_failures = 0
[[routes]]
model = "{name}-model"
upstreams = [{first}"{WELL}"]
"""
    return text


def measure(running: Running, calls: int) -> Mapping[str, list[float]]:
    """Milliseconds of each call, by route."""
    caller = http.client.HTTPConnection("127.0.0.1", running.port)
    spent: dict[str, list[float]] = {name: [] for name in (WELL, DECLINED, ABSENT)}
    for number in range(calls):
        for name, times in spent.items():
            body = prompts.body(prompts.few(), model=f"{name}-model")
            body = body.replace(prompts.MARK.encode(), f"{number:06}".encode())
            begun = time.perf_counter()
            caller.request("POST", machine.CHAT, body, dict(running.headers))
            reply = caller.getresponse()
            reply.read()
            times.append((time.perf_counter() - begun) * 1e3)
            if reply.status != 200:
                raise RuntimeError(f"{name}: answered with {reply.status}")
    return spent


def main() -> int:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    well, declining = machine.free_port(), machine.free_port()
    provider = [sys.executable, "-m", "bench._provider"]
    with (
        machine.process([*provider, str(well), str(DELAY)], core=machine.LOAD_CORE),
        machine.process([*provider, str(declining), str(DELAY), "503"], core=machine.LOAD_CORE),
        curtilage(well, more=settings(well, declining)) as running,
    ):
        machine.wait_for_port(well)
        machine.wait_for_port(declining)
        measure(running, 20)
        return show(measure(running, calls))


def show(spent: Mapping[str, list[float]]) -> int:
    """Print the table; 1 where a fail-over adds more than a request's latency."""
    p50 = {name: statistics.median(times) for name, times in spent.items()}
    print("| the first upstream | p50 ms | p90 ms | added at p50 |\n|---|---|---|---|")
    for name, times in spent.items():
        p90 = statistics.quantiles(times, n=10)[-1]
        print(f"| {name} | {p50[name]:.1f} | {p90:.1f} | {p50[name] - p50[WELL]:.1f} |")
    added = max(p50.values()) - p50[WELL]
    holds = added <= p50[WELL]
    print(
        f"{'ok  ' if holds else 'MISS'} at most one request's latency, {p50[WELL]:.1f} ms: {added:.1f} ms"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
