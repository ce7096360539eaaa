"""Whole streams of each protocol through the service: `python -m bench.protocols [ROUNDS [SECONDS]]`.

Streams of 100 events over 16 connections, the service on core 0, load and provider on
core 1; the protocols in turn over the same service, medians. What is held against the
limit is the CPU of the gateway worker for one stream, beside that of Chat Completions.
"""

import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from bench import _machine as machine
from bench import _prompts as prompts
from bench._servers import Running, curtilage

LIMIT = 1.3
CONNECTIONS = 16
CHAT = "Chat Completions"


@dataclass(frozen=True)
class Route:
    """Where streams of a protocol are asked for, and how."""

    path: str
    body: bytes


ROUTES: Mapping[str, Route] = {
    CHAT: Route(machine.CHAT, prompts.body(prompts.few(), stream=True)),
    "Messages": Route(
        "/v1/messages",
        orjson.dumps(
            {
                "model": "claude-bench",
                "max_tokens": 200,
                "stream": True,
                "messages": [{"role": "user", "content": prompts.few()}],
            }
        ),
    ),
    "Responses": Route(
        "/v1/responses",
        orjson.dumps(
            {"model": "gpt-bench", "stream": True, "store": False, "input": prompts.few()}
        ),
    ),
}


@dataclass(frozen=True)
class Sample:
    """CPU of the worker for one stream, µs, and streams a second."""

    cpu_us: float
    per_second: float


def measure(running: Running, route: Route, seconds: int) -> Sample:
    worker = running.processes["gateway-0"]
    before = machine.cpu_ns(worker)
    load = machine.run_wrk(
        running.port,
        route.body,
        connections=CONNECTIONS,
        seconds=seconds,
        headers=running.headers,
        path=route.path,
    )
    if load.errors or not load.requests:
        raise RuntimeError(f"{route.path}: {load.errors} of {load.requests} streams failed")
    return Sample((machine.cpu_ns(worker) - before) / 1000 / load.requests, load.per_second)


def anthropic(provider: int) -> str:
    """A second upstream, for Messages, at the same provider."""
    return (
        f'[upstreams.anthropic]\nprotocol = "anthropic"\nbase_url = "http://127.0.0.1:{provider}"\n'
        'api_key_env = "OPENAI_API_KEY"\n'
    )


def main() -> int:
    rounds, seconds = (*map(int, sys.argv[1:3]), *(3, 4)[len(sys.argv) - 1 :])
    port = machine.free_port()
    provider = [sys.executable, "-m", "bench._provider", str(port)]
    samples: dict[str, list[Sample]] = {name: [] for name in ROUTES}
    with (
        machine.process(provider, core=machine.LOAD_CORE),
        curtilage(port, more=anthropic(port)) as running,
    ):
        for route in ROUTES.values():
            measure(running, route, 2)
        for _ in range(rounds):
            for name, route in ROUTES.items():
                samples[name].append(measure(running, route, seconds))
    return show(samples)


def show(samples: Mapping[str, list[Sample]]) -> int:
    """Print the table; 1 where a protocol costs too many times what Chat costs."""
    cpu = {
        name: statistics.median(each.cpu_us for each in found) for name, found in samples.items()
    }
    print("| streams of | streams/s | CPU us a stream | beside Chat |\n|---|---|---|---|")
    for name, found in samples.items():
        rate = statistics.median(each.per_second for each in found)
        print(f"| {name} | {rate:,.0f} | {cpu[name]:,.0f} | {cpu[name] / cpu[CHAT]:.2f} |")
    most = max(cpu.values()) / cpu[CHAT]
    holds = most <= LIMIT
    print(f"{'ok  ' if holds else 'MISS'} at most {LIMIT} times Chat: {most:.2f}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
