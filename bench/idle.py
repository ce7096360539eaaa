"""What streams cost that are open and say nothing: `python -m bench.idle [STREAMS]`.

Each has had its first events and waits for the next, as while a model thinks. The
figure is what the gateway worker's resident memory grew by over what it was after
a warm-up with the same number of calls, so that caches are not counted.
"""

import asyncio
import resource
import sys

from bench import _machine as machine
from bench import _prompts as prompts
from bench._servers import Running, curtilage
from bench.gateway import CELLS, put_load

STREAMS = 1000
LIMIT_MB = 60
WAITING = prompts.body(prompts.few(), stream=True, model="gpt-bench-idle")
SETTLED = 3.0  # seconds for buffers of the handshake to be given back


async def open_streams(running: Running, count: int) -> list[asyncio.StreamWriter]:
    """Connections that have had their first event each."""
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in running.headers.items())
    opened = []
    for number in range(count):
        body = WAITING.replace(prompts.MARK.encode(), f"{number:06}".encode())
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"data:")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(answer.split(b"\r\n", 1)[0].decode())
        opened.append(writer)
    return opened


async def measure(running: Running, streams: int) -> float:
    """Megabytes that the worker grew by."""
    worker = running.processes["gateway-0"]
    before = machine.resident_mb(worker)
    opened = await open_streams(running, streams)
    await asyncio.sleep(SETTLED)
    grown = machine.resident_mb(worker) - before
    print(
        f"{len(opened):,} open streams: {before:.0f} MB before, {before + grown:.0f} MB with them"
    )
    for writer in opened:
        writer.close()
    return grown


def main() -> int:
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else STREAMS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3 * streams)), hard))
    port = machine.free_port()
    with (
        machine.process([sys.executable, "-m", "bench._provider", str(port)], core="0,1"),
        curtilage(port, core="0,1", more="[gateway]\nmax_concurrent = 4096\n") as running,
    ):
        put_load(running, CELLS[1], 5)
        grown = asyncio.run(measure(running, streams))
    holds = grown <= LIMIT_MB
    print(
        f"{'ok  ' if holds else 'MISS'} {streams:,} idle streams took {grown:.1f} MB (at most {LIMIT_MB})"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
