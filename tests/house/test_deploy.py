"""What is in `deploy/` is safe by default, and fits the code beside it."""

import json
import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from curtilage.app.settings import Settings, read_settings
from tests.house.tree import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNIT = DEPLOY / "curtilage.service"
USER = "10001:10001"
EXPOSURE = 1.5  # of 10, as `systemd-analyze security` counts; what remains is the network


def settings() -> Settings:
    return read_settings(DEPLOY / "curtilage.toml", {}, {})


# The configuration.


def test_the_configuration_is_understood_and_keeps_keys_apart() -> None:
    server = settings().server
    assert server.data_dir.parent == Path("/var/lib/curtilage")
    assert server.key_dir.parent == Path("/var/lib/curtilage-keys")


def test_no_secret_is_in_the_folder() -> None:
    texts = [path.read_text() for path in DEPLOY.iterdir() if path.is_file()]
    assert not [text for text in texts if re.search(r"sk-[A-Za-z0-9]|BEGIN [A-Z ]*PRIVATE", text)]
    ignored = (REPOSITORY / ".gitignore").read_text().splitlines()
    assert {"/deploy/environment", "/deploy/postgres-password"} <= set(ignored)


# systemd.


def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read(UNIT)
    return parser


def test_the_unit_writes_where_the_configuration_says_and_nowhere_else() -> None:
    service = unit()["Service"]
    folders = [Path("/var/lib") / name for name in service["StateDirectory"].split()]
    server = settings().server
    assert [server.data_dir.parent, server.key_dir.parent] == folders
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectoryMode"] == "0700"
    assert service["User"] not in ("", "root")
    assert "ReadWritePaths" not in service


def test_the_unit_waits_longer_than_streams_may_take_to_end() -> None:
    service = unit()["Service"]
    assert float(service["TimeoutStopSec"]) > settings().gateway.drain_timeout + 30
    assert service["KillMode"] == "mixed"


def test_systemd_takes_the_unit_as_it_is_and_finds_it_hardened(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not there")
    here = tmp_path / UNIT.name  # the program of an installation is not there: one that is
    text = UNIT.read_text()
    here.write_text(
        re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.MULTILINE)
    )
    done = _run(analyze, "verify", "--man=no", str(here))
    assert (done.returncode, done.stderr) == (0, "")
    assert _is_hardened(analyze, here)
    here.write_text(text.replace("ProtectSystem=strict", "").replace("CapabilityBoundingSet=", ""))
    assert not _is_hardened(analyze, here)


def _is_hardened(analyze: str, file: Path) -> bool:
    limit = f"--threshold={EXPOSURE * 10:.0f}"
    return bool(_run(analyze, "security", "--offline=true", limit, str(file)).returncode == 0)


def _run(*command: str) -> Any:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


# The image.


def instructions() -> list[tuple[str, str]]:
    """What the Dockerfile says, line by line, with continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def _last_stage() -> list[tuple[str, str]]:
    found = instructions()
    starts = [at for at, (word, _) in enumerate(found) if word == "FROM"]
    assert len(starts) == 2
    return found[starts[-1] :]


def test_the_image_runs_as_a_user_of_its_own_and_needs_no_shell() -> None:
    last = _last_stage()
    assert [rest for word, rest in last if word == "USER"] == [USER]
    assert "RUN" not in [word for word, _ in last]
    for word, rest in instructions():
        if word in ("RUN", "CMD", "ENTRYPOINT"):
            assert json.loads(rest), "the exec form: JSON"
    check = dict(last)["HEALTHCHECK"]
    program, flag, text = json.loads(check.partition("CMD ")[2])
    assert program.startswith("/opt/curtilage/")
    assert flag == "-c"
    compile(text, "healthcheck", "exec")
    assert "/readyz" in text


def test_the_image_installs_the_locks_by_their_hashes_and_adds_nothing_remote() -> None:
    installs = [
        json.loads(rest) for word, rest in instructions() if word == "RUN" and "pip" in rest
    ]
    assert "--require-hashes" in installs[0]
    assert installs[1][-3:] == ["--no-deps", "--no-build-isolation", "."]
    assert all("--no-deps" in each for each in installs)
    assert "ADD" not in [word for word, _ in instructions()]
    assert "latest" not in (DEPLOY / "Dockerfile").read_text()


def test_what_the_image_copies_is_there_and_is_sent_to_the_builder() -> None:
    sent = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for name in (one for part in rest.split()[:-1] for one in _each_lock(part)):
                assert (REPOSITORY / name).exists(), name
                assert f"!{name}" in sent, name


def _each_lock(name: str) -> list[str]:
    """The files that a name with the build argument may stand for."""
    return [name.replace("${LOCK}", lock) for lock in ("base", "extras")]


def test_the_image_keeps_its_state_in_volumes_of_its_user() -> None:
    last = _last_stage()
    volumes = json.loads(dict(last)["VOLUME"])
    server = settings().server
    assert [str(server.data_dir.parent), str(server.key_dir.parent)] == volumes
    assert f"--from=build --chown={USER} /build/state/ /var/lib/" in [rest for _, rest in last]


# Compose.


def compose(file: str = "compose.yaml") -> Any:
    return yaml.safe_load((DEPLOY / file).read_text())


NODES = "compose.nodes.yaml"
SERVICES = [
    (file, name) for file in ("compose.yaml", NODES) for name in sorted(compose(file)["services"])
]


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_no_service_gets_more_than_it_needs(file: str, name: str) -> None:
    service = compose(file)["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.keys() & {"privileged", "network_mode", "pid", "ipc", "devices"}
    assert not any("docker.sock" in str(volume) for volume in service["volumes"])
    assert all(
        volume.split(":")[0] in compose(file)["volumes"] or volume.endswith(":ro")
        for volume in service["volumes"]
    )


def test_the_service_is_reached_from_this_machine_only_and_stops_in_its_time() -> None:
    service = compose()["services"]["curtilage"]
    assert service["user"] == USER
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    seconds = float(service["stop_grace_period"].removesuffix("s"))
    assert seconds > settings().gateway.drain_timeout + 30
    assert (DEPLOY / "compose.yaml").parent / service["build"]["context"] == DEPLOY / ".."
    assert (REPOSITORY / service["build"]["dockerfile"]).is_file()


def test_data_and_keys_are_volumes_of_their_own() -> None:
    mounts = dict(
        reversed(volume.split(":")[:2]) for volume in compose()["services"]["curtilage"]["volumes"]
    )
    server = settings().server
    places = {mounts[str(server.data_dir.parent)], mounts[str(server.key_dir.parent)]}
    assert len(places) == 2
    assert places <= compose()["volumes"].keys()


def test_postgres_is_asked_for_and_its_password_is_in_no_variable() -> None:
    service = compose()["services"]["postgres"]
    assert service["profiles"] == ["postgres"]
    assert "ports" not in service
    assert "POSTGRES_PASSWORD" not in service["environment"]


def test_nodes_have_keys_and_data_of_their_own_and_one_way_in() -> None:
    services = compose(NODES)["services"]
    one, two = (services[name]["volumes"] for name in ("one", "two"))
    assert set(one) & set(two) == {"./curtilage.toml:/etc/curtilage/curtilage.toml:ro"}
    assert [name for name, service in services.items() if "ports" in service] == ["balancer"]
    assert all(port.startswith("127.0.0.1:") for port in services["balancer"]["ports"])


def test_what_nodes_share_is_what_the_settings_name() -> None:
    address = "postgresql://curtilage@postgres/"
    variables = {
        **{name: str(value) for name, value in compose(NODES)["x-node"]["environment"].items()},
        "CURTILAGE__STORE__URL": f"{address}curtilage",
        "CURTILAGE__VAULT__URL": f"{address}curtilage_keys",
    }
    read = read_settings(DEPLOY / "curtilage.toml", variables, {})
    assert (read.ledger.log, read.vault.is_shared) == ("store", True)
    assert "CREATE DATABASE curtilage_keys" in (DEPLOY / "keys-database.sql").read_text()
    for name in ("one", "two"):
        assert f"server {name} {name}:{read.server.port}" in (DEPLOY / "haproxy.cfg").read_text()
