"""What the machine does to us: refused in one sentence, nothing lost, good again by itself."""

import os
import resource
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.provider import FakeProvider, chat_reply, whole
from tests.integration.processes import CHAT, Service, eventually, run, running_provider
from tests.planted import find_everywhere

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, provider: FakeProvider) -> Iterator[Service]:
    """A service that runs, with a key; its disk may be filled up for a while."""
    service = Service(tmp_path_factory.mktemp("used"), provider=provider, workers=1)
    try:
        service.start()
        yield service
    finally:
        service.destroy()


def _ask(service: Service, key: str) -> Any:
    with service.client(key) as client:
        return client.post("/v1/chat/completions", json=CHAT)


@contextmanager
def no_room_for(service: Service) -> Iterator[None]:
    """The workers' files may not grow: the kernel refuses as on a full disk (EFBIG)."""
    pids = [pid for name, pid in service.children().items() if name != "control"]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[pid][1]))
    try:
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before[pid])


def _check_full(service: Service, provider: FakeProvider, key: str, full: Any) -> None:
    """Nothing leaves while nothing can be recorded; afterwards all is as before.

    The last page of a file may have room for some records more.
    """
    provider.reset()
    provider.script = whole(chat_reply("Hello."))
    assert _ask(service, key).status_code == 200
    with full:
        eventually(lambda: _ask(service, key).status_code == 503)
        sent = len(provider.received)
        refused = _ask(service, key)
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "ledger.unavailable"
        assert len(provider.received) == sent, "nothing was sent"
    eventually(lambda: _ask(service, key).status_code == 200)
    eventually(lambda: service.run("ledger", "verify").returncode == 0)


def test_a_full_disk_refuses_calls_and_recovers_by_itself(
    used: Service, provider: FakeProvider
) -> None:
    _check_full(used, provider, used.key(), no_room_for(used))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a tmpfs needs root; a limit on file size is tested instead")
    try:
        yield place
        assert find_everywhere() == [], "while it is there"
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


def test_a_disk_that_is_full_for_everything_is_survived(
    small_disk: Path, provider: FakeProvider
) -> None:
    service = Service(small_disk, provider=provider, workers=1)
    try:
        service.start()
        key = service.key()
        before = service.children()
        _check_full(service, provider, key, filled(small_disk))
        assert service.children() == before, "no process had to be started again"
        assert service.stop() == 0
    finally:
        service.destroy()


def _spoil(path: Path) -> None:
    path.write_bytes(b"this is no database and no key " * 400)


def _data_dir_is_a_file(service: Service) -> None:
    shutil.rmtree(service.data_dir)
    service.data_dir.write_text("in the way")


def _key_dir_is_a_file(service: Service) -> None:
    service.key_dir.write_text("in the way")


def _database_is_spoiled(service: Service) -> None:
    assert service.run("init").returncode == 0  # so that its keys are there
    _spoil(service.data_dir / "curtilage.db")


def _key_table_is_spoiled(service: Service) -> None:
    service.key_dir.mkdir(mode=0o700)
    _spoil(service.key_dir / "keys.db")


def _root_key_is_spoiled(service: Service) -> None:
    assert service.run("init").returncode == 0
    (service.key_dir / "root.key").write_text("curtilage-root-key:1:deadbeef:00000000\n")


def _root_key_is_gone(service: Service) -> None:
    assert service.run("init").returncode == 0
    (service.key_dir / "root.key").unlink()


def _root_key_is_open_to_others(service: Service) -> None:
    assert service.run("init").returncode == 0
    (service.key_dir / "root.key").chmod(0o644)


FAULTS = {
    "data_dir is a file": (_data_dir_is_a_file, 3),
    "key_dir is a file": (_key_dir_is_a_file, 3),
    "the database is spoiled": (_database_is_spoiled, 4),
    "the key table is spoiled": (_key_table_is_spoiled, 3),
    "the root key is spoiled": (_root_key_is_spoiled, 3),
    "the root key is gone": (_root_key_is_gone, 3),
    "the root key is open to others": (_root_key_is_open_to_others, 3),
}


def check_refusal(done: Any, code: int, folder: Path) -> None:
    """One sentence, before anything else, and a hint; no traceback, no path of this machine."""
    told, _, said = done.stderr.rpartition("there is none yet.\n")
    assert not told or told.startswith("Making a new installation at "), told
    assert done.returncode == code, said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and said.startswith("error: "), said
    assert "hint: " in said, said
    assert "Traceback" not in said and str(folder) not in said, said


@pytest.mark.parametrize("what", FAULTS)
def test_a_broken_installation_does_not_start(tmp_path: Path, what: str) -> None:
    service = Service(tmp_path, workers=1)
    spoil, code = FAULTS[what]
    spoil(service)
    done = run("serve", "--config", str(service.config), cwd=tmp_path, env=service.env)
    check_refusal(done, code, tmp_path)
    assert service.status("/healthz") == 0


@pytest.mark.parametrize(
    "what", ["data_dir is a file", "the database is spoiled", "the root key is spoiled"]
)
def test_commands_refuse_a_broken_installation_alike(tmp_path: Path, what: str) -> None:
    service = Service(tmp_path, workers=1)
    spoil, code = FAULTS[what]
    spoil(service)
    check_refusal(service.run("apikeys", "create", "one"), code, tmp_path)


def test_a_port_in_use_is_said_at_once(tmp_path: Path) -> None:
    service = Service(tmp_path, workers=1)
    with socket.create_server(("127.0.0.1", service.port)):
        done = run("serve", "--config", str(service.config), cwd=tmp_path, env=service.env)
    check_refusal(done, 3, tmp_path)
    assert f"port {service.port}" in done.stderr


def test_a_second_service_on_the_same_data_is_refused(used: Service, tmp_path: Path) -> None:
    text = used.text.replace(f"port = {used.port}", "port = 0")
    other = tmp_path / "other.toml"
    other.write_text(text)
    done = run("serve", "--config", str(other), cwd=tmp_path, env=used.env)
    check_refusal(done, 3, used.key_dir)
    assert done.stderr.startswith(f"error: Another service uses {used.data_dir}.\n")
    assert used.status("/readyz") == 200, "the first one runs on"


def test_a_locked_database_is_one_sentence(tmp_path: Path) -> None:
    service = Service(tmp_path, workers=1)
    assert service.run("init").returncode == 0
    with sqlite3.connect(service.data_dir / "curtilage.db", isolation_level=None) as other:
        other.execute("begin immediate")
        done = service.run("apikeys", "create", "one")
        other.execute("rollback")
    other.close()
    check_refusal(done, 4, tmp_path)
    assert "held by another process" in done.stderr
    assert service.run("apikeys", "create", "one").returncode == 0


def test_a_directory_without_the_right_to_write_is_one_sentence(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    service = Service(tmp_path, workers=1)
    service.data_dir.chmod(0o500)
    try:
        check_refusal(service.run("apikeys", "create", "one"), 3, tmp_path)
    finally:
        service.data_dir.chmod(0o700)


def test_a_ledger_that_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    """Without it, its anchors and a word, nothing would tell that there was one."""
    service = Service(tmp_path, workers=1)
    service.start()
    assert service.stop() == 0
    shutil.rmtree(service.data_dir / "ledger")
    shutil.rmtree(service.key_dir / "anchors", ignore_errors=True)
    done = run("serve", "--config", str(service.config), cwd=tmp_path, env=service.env)
    check_refusal(done, 3, tmp_path)
    assert "ledger of this installation is gone" in done.stderr
    assert not (service.data_dir / "ledger" / "log").exists()
