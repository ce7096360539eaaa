"""Wrong use of the command line: the right exit code, one sentence, and what to do."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import House, Service, run, served
from tests.tcp import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
UNKNOWN_ID = "019d2b6c-8f00-7000-8000-000000000000"
CANARY = "zq-canary-4410"


def check(done: Any, code: int, *words: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert sum(line.startswith("error: ") for line in done.stderr.splitlines()) <= 1


WRONG_USE = {
    "an unknown command": (["nothing"], "No such command"),
    "an unknown option": (["serve", "--nothing"], "No such option"),
    "a missing argument": (["apikeys", "create"], "Missing argument"),
    "a port that is no number": (["serve", "--port", "eight"], "--port"),
}


@pytest.mark.parametrize("what", WRONG_USE)
def test_wrong_words_are_2(tmp_path: Path, what: str) -> None:
    words, said = WRONG_USE[what]
    check(run(*words, cwd=tmp_path), 2, said)
    assert not list(tmp_path.iterdir()), "nothing was made"


FILES = {
    "no TOML": ("[server\nport = 1", "is not valid TOML"),
    "an unknown setting": ("[server]\nprot = 1\n", "server.prot"),
    "a wrong type": ('[server]\nport = "x"\n', "server.port"),
    "out of range": ("[server]\nport = 70000\n", "server.port"),
    "one folder for data and keys": ('[server]\ndata_dir = "x"\nkey_dir = "x"\n', "server.key_dir"),
    "an unknown policy": ('[server]\nport = PORT\n[gateway]\npolicy = "none"\n', "gateway.policy"),
    "a route to nowhere": ('[[routes]]\nmodel = "x"\nupstream = "y"\n', "routes[0].upstream"),
    "a table where a value belongs": ("[server.port]\nx = 1\n", "server.port"),
    "a value where a table belongs": ("server = 1\n", "server"),
    "routes that are no list": ("routes = 1\n", "routes"),
    "an upstream that is no table": ("upstreams = 3\n", "upstreams"),
    "a policy folder that is no path": ("[policy]\ndir = 3\n", "policy.dir"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_bad_file_is_3_and_names_the_setting(tmp_path: Path, what: str) -> None:
    text, word = FILES[what]
    file = tmp_path / "curtilage.toml"
    file.write_text(text.replace("PORT", str(free_port())))  # a free one is looked for first
    done = run("serve", "--config", str(file), cwd=tmp_path)
    check(done, 3, "error: ", word)
    assert str(tmp_path) not in done.stderr


def test_a_file_that_is_not_there_is_3(tmp_path: Path) -> None:
    check(
        run("serve", "--config", str(tmp_path / "gone.toml"), cwd=tmp_path), 3, "gone.toml", "hint"
    )


def test_what_is_not_there_is_2(house: House) -> None:
    check(house.run("explain", UNKNOWN_ID), 2, "error: ", "hint: ")
    check(house.run("explain", CANARY), 2, "error: ")
    check(house.run("apikeys", "revoke", UNKNOWN_ID), 2, "error: ")
    check(house.run("ledger", "prove", UNKNOWN_ID), 2, "error: ", "hint: ")
    check(house.run("policy", "show", "no-such-policy"), 2, "error: ", "hint: ")


def test_what_was_typed_is_not_said_again(house: House) -> None:
    for words in (
        ["explain", CANARY],
        ["apikeys", "revoke", CANARY],
        ["apikeys", "create", "x", "--expires", CANARY],
        ["apikeys", "create", "x", "--purpose", CANARY],
        ["ledger", "prove", CANARY],
    ):
        done = house.run(*words)
        assert done.returncode == 2, done.stderr
        assert CANARY not in done.stderr + done.stdout


def test_a_wrong_environment_variable_is_named_without_its_value(house: House) -> None:
    env = {**house.env, "CURTILAGE__SERVER__PORT": CANARY}
    done = house.run("config", "show", env=env)
    check(done, 3, "server.port")
    assert CANARY not in done.stderr


def test_a_ledger_that_is_gone_with_its_anchors_is_1(tmp_path: Path) -> None:
    with served(tmp_path, workers=1) as service:
        service.key()
        assert service.stop() == 0
    shutil.rmtree(service.data_dir / "ledger")
    shutil.rmtree(service.key_dir / "anchors")
    done = service.run("ledger", "verify")
    assert done.returncode == 1
    assert "The ledger is gone" in done.stdout


def test_a_ledger_that_was_changed_is_1(tmp_path: Path) -> None:
    service = Service(tmp_path, workers=1)
    try:
        service.start()
        key = service.key()
        for _ in range(3):
            service.statuses_of(key)
        assert service.stop() == 0
    finally:
        if service.process is not None and service.process.poll() is None:
            service.destroy()
    assert service.run("ledger", "verify").returncode == 0
    (log,) = (service.data_dir / "ledger" / "log" / "gateway-0").glob("*.log")
    raw = bytearray(log.read_bytes())
    raw[len(raw) // 2] ^= 1
    log.write_bytes(raw)
    done = service.run("ledger", "verify")
    assert done.returncode == 1
    assert "gateway-0" in done.stdout
