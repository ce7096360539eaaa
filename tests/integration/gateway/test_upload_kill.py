"""A worker that is killed in the middle of an upload: nothing readable stays, and it is told."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.fakes.filestore import FileStore
from tests.fakes.provider import Hold
from tests.integration.processes import eventually, open_files, release, running_provider, served

LINE = (
    b'{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":'
    b'"gpt-4.1-mini","messages":[{"role":"user","content":"Write to killed.upload@orchard.example"}]}}\n'
)
VALUE = b"killed.upload@orchard.example"


def test_a_killed_worker_leaves_no_file_and_an_unknown_outcome(tmp_path: Path) -> None:
    with (
        running_provider() as provider,
        served(tmp_path, provider=provider, workers=1) as service,
    ):
        provider.script = [Hold()]
        key = service.key()
        form = {"file": ("in.jsonl", LINE * 5000)}
        with ThreadPoolExecutor(1) as pool, service.client(key) as client:
            call = pool.submit(client.post, "/v1/files", data={"purpose": "batch"}, files=form)
            eventually(lambda: provider.received)
            worker = service.children()["gateway-0"]
            nameless = [name for name in open_files(worker) if name.endswith("(deleted)")]
            assert len(nameless) >= 2
            os.kill(worker, signal.SIGKILL)
            assert isinstance(call.exception(), httpx.TransportError)
        service.wait_ready()
        eventually(lambda: "exchange.unknown" in [event.kind for event in service.events()])
        (intent,) = [one for one in service.events() if one.facts.get("route") == "openai.files"]
        assert intent.facts["found"] == {"EMAIL_ADDRESS": 5000}
        assert VALUE not in provider.received[0].body
        kept = [path for path in service.data_dir.rglob("*") if path.is_file()]
        assert [path for path in kept if VALUE in path.read_bytes()] == []
        release(provider)


def test_an_upload_costs_no_memory_that_grows_with_it(tmp_path: Path) -> None:
    """After a file of 21 MB a worker is as large as after one of 1.8 MB, within a few slices.

    Both fill slices: the first to do so pays for their room, which is kept for the next.
    """
    with (
        running_provider() as provider,
        served(tmp_path, provider=provider, workers=1) as service,
    ):
        provider.script = FileStore()
        key = service.key()
        worker = service.children()["gateway-0"]

        def upload(lines: int) -> int:
            form = {"file": ("in.jsonl", LINE * lines)}
            with service.client(key) as client:
                client.timeout = httpx.Timeout(200)
                reply = client.post("/v1/files", data={"purpose": "batch"}, files=form)
            assert reply.status_code == 200, reply.text
            return _memory_of(worker)

        small = upload(10_000)
        assert upload(120_000) - small < 4 * 1024


def _memory_of(pid: int) -> int:
    """The memory of a process that lies on no disk, in KB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon:")).split()[1])
