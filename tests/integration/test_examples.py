"""What the README, the tutorial and the examples show, done as a reader does it."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CURTILAGE = Path(sys.executable).parent / "curtilage"
NODE_CLIENTS = REPOSITORY / "tests" / "clients" / "node"
PATIENCE = 120  # seconds; a loaded machine starts slowly

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE + 60)]


@dataclass(frozen=True)
class Demo:
    """A demo that is left running: its address, the key it printed, its folder."""

    url: str
    key: str
    data_dir: Path
    tour: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    log = data_dir.parent / "output"
    with log.open("w") as output:
        command = [str(CURTILAGE), "demo", "--data-dir", str(data_dir)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=_bare())
    try:
        yield _read(log, data_dir, process)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def _bare(**more: str) -> dict[str, str]:
    """An environment without the settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def _read(log: Path, data_dir: Path, process: "subprocess.Popen[bytes]") -> Demo:
    """Wait until the demo has said how to go on."""
    give_up = time.monotonic() + PATIENCE
    while "Press Ctrl+C" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < give_up, log.read_text()
        time.sleep(0.1)
    tour = log.read_text()
    url, key = re.search(r"serving on (\S+?)\.\s", tour), re.search(r"cur_\w+", tour)
    assert url and key
    return Demo(url.group(1), key.group(0), data_dir, tour)


def _run(*command: str, demo: Demo) -> "subprocess.CompletedProcess[str]":
    env = _bare(CURTILAGE_URL=demo.url, CURTILAGE_KEY=demo.key)
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.mark.parametrize(
    ("example", "value"),
    [("openai_chat.py", "ada@orchard.example"), ("anthropic_messages.py", "+44 20 7946 0018")],
)
def test_an_example_in_python_gets_its_values_back(demo: Demo, example: str, value: str) -> None:
    done = _run(sys.executable, str(REPOSITORY / "examples" / example), demo=demo)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(value) == 2  # plain, then streamed


def test_the_example_for_node_gets_its_values_back(demo: Demo, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (NODE_CLIENTS / "node_modules").is_dir():
        pytest.skip("Node and its clients are not installed; `make test` installs the clients")
    shutil.copy(REPOSITORY / "examples" / "chat.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(NODE_CLIENTS / "node_modules")
    done = _run(node, str(tmp_path / "chat.mjs"), demo=demo)
    assert done.returncode == 0, done.stderr
    assert "ada@orchard.example" in done.stdout


def test_the_curl_that_the_demo_prints_works_when_it_is_pasted(demo: Demo) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    printed = re.search(r"^  (curl .*?)\n\n", demo.tour, re.MULTILINE | re.DOTALL)
    assert printed
    done = _run("sh", "-c", f"{printed.group(1)} --silent --fail-with-body --include", demo=demo)
    assert done.returncode == 0, done.stdout
    assert "ada@orchard.example" in done.stdout
    assert "x-curtilage-protected" in done.stdout


def test_a_purpose_that_the_key_does_not_hold_is_refused_as_the_tutorial_says(demo: Demo) -> None:
    body = '{"model":"mirror","messages":[{"role":"user","content":"Hello"}]}'
    headers = ["-H", f"authorization: Bearer {demo.key}", "-H", "content-type: application/json"]
    address = f"{demo.url}/v1/chat/completions"
    allowed = _run("curl", "-s", "-i", address, *headers, "-d", body, demo=demo)
    marketing = ["-H", "x-curtilage-purpose: marketing"]
    refused = _run("curl", "-s", "-i", address, *headers, *marketing, "-d", body, demo=demo)
    assert " 200 " in allowed.stdout.splitlines()[0]
    assert re.search(r" 40[03] ", refused.stdout.splitlines()[0])


def test_the_ledger_of_the_demo_verifies_from_another_process(demo: Demo) -> None:
    done = _run(str(CURTILAGE), "ledger", "verify", "--data-dir", str(demo.data_dir), demo=demo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "complete up to anchor" in done.stdout


def test_a_request_is_explained_by_the_id_on_its_reply(demo: Demo) -> None:
    body = '{"model":"mirror","messages":[{"role":"user","content":"Mail ada@orchard.example"}]}'
    headers = ["-H", f"authorization: Bearer {demo.key}", "-H", "content-type: application/json"]
    sent = _run(
        "curl", "-s", "-i", f"{demo.url}/v1/chat/completions", *headers, "-d", body, demo=demo
    )
    request_id = re.search(r"x-curtilage-request-id: (\S+)", sent.stdout)
    assert request_id
    done = _run(
        str(CURTILAGE), "explain", request_id.group(1), "--data-dir", str(demo.data_dir), demo=demo
    )
    assert done.returncode == 0, done.stderr
    assert "token" in done.stdout
    assert "ada@orchard.example" not in done.stdout
