"""What the README, the tutorial and the examples show, done as a reader does it."""

import json
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

from tests.patterns import lend_patterns
from tests.planted import remember

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
    remember(data_dir, data_dir.with_name("data-keys"))
    lend_patterns(data_dir)  # `demo --once` compiles them itself
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


@pytest.mark.parametrize("example", ["starlette_app.py", "django_app.py"])
def test_an_application_of_the_examples_protects_its_own_requests(example: str) -> None:
    if example.startswith("django"):
        pytest.importorskip("django")
    command = [sys.executable, str(REPOSITORY / "examples" / example)]
    done = subprocess.run(
        command, env=_bare(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    sent, told = done.stdout.splitlines()
    assert "QX1-EMAIL-" in sent and "ada@" not in sent
    assert told == "the person was told On it: Mail ada@orchard.example"


def test_the_wrapped_client_of_the_examples_gets_its_values_back(demo: Demo) -> None:
    """The gateway of the demo plays the provider: it finds nothing left to protect."""
    pytest.importorskip("openai")
    command = [sys.executable, str(REPOSITORY / "examples" / "openai_wrapped.py")]
    env = _bare(OPENAI_BASE_URL=f"{demo.url}/v1", OPENAI_API_KEY=demo.key, MODEL="mirror")
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ada@orchard.example" in done.stdout


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


SAMPLES = (
    "OpenAI, plain", "OpenAI, streamed", "OpenAI, tool call",
    "Anthropic, plain", "Anthropic, streamed", "Anthropic, tool use, streamed",
)  # fmt: skip


def _check_tour(tour: str) -> None:
    """Each sample with its three sides: values, tokens, values; then a verdict."""
    parts = re.split(r"^── (.+?) ─+$", tour, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == SAMPLES
    for told in parts[2::2]:
        sides = re.search(
            r"^what you wrote  (.+?)^what left  (.+?)^what came back  (.+)",
            told,
            re.MULTILINE | re.DOTALL,
        )
        assert sides
        wrote, left, back = (" ".join(side.split()) for side in sides.groups())
        values = re.findall(r"[\w.]+@\w+\.example", wrote)
        assert values and "QX1-" not in wrote
        for value in values:
            assert value not in left and value in back
        assert re.search(r"QX1-EMAIL-\w+-\w+", left) and "QX1-" not in back.split("Ledger:")[0]
    assert re.search(r"^Ledger: \d+ records verified, complete up to anchor ", tour, re.MULTILINE)


def test_the_demo_shows_three_sides_and_a_verdict_and_stays(demo: Demo) -> None:
    _check_tour(demo.tour)
    assert f"curl {demo.url}/v1/chat/completions" in demo.tour
    assert demo.tour.count(f"{demo.url}/console/live") == 1
    assert set(re.findall(r"https?://[^/\s]+?(?=[/\s]|\.\s)", demo.tour)) == {demo.url}
    assert demo.tour.index("Set up ") < demo.tour.index("Press Ctrl+C")


def test_the_demo_once_does_the_same_and_leaves_nothing_behind(tmp_path: Path) -> None:
    env = _bare(TMPDIR=str(tmp_path), HOME=str(tmp_path), COLUMNS="80")
    done = subprocess.run(
        [str(CURTILAGE), "demo", "--once"],
        env=env, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _check_tour(done.stdout)
    assert list(tmp_path.glob("curtilage-demo-*")) == []
    assert not (tmp_path / ".curtilage-demo").exists()


def test_a_second_demo_leaves_one_key_that_is_valid(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    remember(folder, folder.with_name("data-keys"))
    lend_patterns(folder)
    given = {"env": _bare(), "capture_output": True, "text": True, "timeout": PATIENCE}
    for _ in range(2):
        command = [str(CURTILAGE), "demo", "--once", "--data-dir", str(folder)]
        done = subprocess.run(command, check=False, **given)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr
    command = [str(CURTILAGE), "apikeys", "list", "--json", "--data-dir", str(folder)]
    listed = json.loads(subprocess.run(command, check=True, **given).stdout)  # type: ignore[call-overload]
    assert [key["state"] for key in listed] == ["revoked", "active"]


def test_the_python_of_the_readme_does_what_it_says(demo: Demo) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    sdk, library, *_ = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    ask = (
        "said = [{'role': 'user', 'content': 'Mail ada@orchard.example'}]\n"
        "reply = client.chat.completions.create(model='gpt-4.1-mini', messages=said)\n"
        "print(reply.choices[0].message.content)"
    )
    sdk = sdk.replace("http://127.0.0.1:8787", demo.url).replace("cur_…", demo.key)
    done = _run(sys.executable, "-c", f"{sdk}\n{ask}", demo=demo)
    assert (done.returncode, done.stdout.strip()) == (0, "Mail ada@orchard.example"), done.stderr
    spoken = library.replace("(reply)", "(f'On it: {protected.text}')")
    lines = [
        f"print({line.partition('#')[0].strip()})" if line.startswith("protected.") else line
        for line in spoken.splitlines()
    ]
    done = _run(sys.executable, "-c", "\n".join(lines), demo=demo)
    left, back = done.stdout.splitlines()
    assert left.startswith("Mail QX1-EMAIL-") and "ada@" not in left
    assert back == "On it: Mail ada@orchard.example about the pears."
