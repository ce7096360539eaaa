"""Backup and restore of a real service: under load, after a loss, against a lying disk."""

import contextlib
import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.provider import FakeProvider, Received, Step, chat_reply, whole
from tests.house.tree import REPOSITORY
from tests.integration.processes import CHAT, COMMAND, Service, eventually, running_provider
from tests.integration.test_kill import Load
from tests.planted import plant, remember

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with running_provider() as provider:
        provider.script = _answer
        yield provider


def _answer(received: Received) -> list[Step]:
    return whole(chat_reply("Hello."))


class Kept:
    """A service, a backup of it that was made under load, and what it was told by then."""

    def __init__(self, folder: Path, provider: FakeProvider) -> None:
        self.service = Service(folder / "service", provider=provider, workers=2)
        self.data, self.keys = folder / "backup", folder / "backup-keys"
        remember(self.data)
        self.key = ""
        self.before: list[str] = []

    def make(self) -> None:
        service = self.service
        service.start()
        try:
            self.key = service.key()
            plant(self.key)
            service.run("protect", "--scope", "s", "README")
            with Load(service, self.key) as load:
                load.wait_for_more(40)
                self.before = list(load.acknowledged)
                done = service.run("backup", str(self.data), "--keys", str(self.keys))
                assert done.returncode == 0, done.stderr
                load.wait_for_more(20)
            assert service.run("ledger", "verify").returncode == 0
        finally:
            assert service.stop() == 0

    def elsewhere(self, folder: Path) -> Service:
        """Another place for the same installation, with the same provider and no data."""
        text = self.service.text.replace(str(self.service.folder), str(folder))
        other = Service(folder, workers=2)
        shutil.rmtree(other.data_dir)
        other.port = self.service.port
        other.config.write_text(text)
        return other


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, provider: FakeProvider) -> Kept:
    folder = tmp_path_factory.mktemp("backup")
    (folder / "service").mkdir()
    (folder / "service" / "README").write_text("Write to ada@orchard.example.")
    kept = Kept(folder, provider)
    kept.make()
    return kept


@pytest.fixture
def elsewhere(kept: Kept, tmp_path: Path) -> Iterator[Service]:
    service = kept.elsewhere(tmp_path)
    yield service
    if service.process is not None and service.process.poll() is None:
        service.destroy()


def _in_place(service: Service) -> list[str]:
    """What there is beside the configuration: nothing, before and after a refusal."""
    return sorted(path.name for path in service.folder.iterdir() if path != service.config)


def _restore(service: Service, kept: Kept, *options: str) -> Any:
    return service.run("restore-backup", str(kept.data), *options)


def test_a_backup_under_load_has_all_that_was_acknowledged_before_and_no_key(kept: Kept) -> None:
    names = {path.name for path in kept.data.rglob("*")}
    assert "curtilage.db" in names
    assert not names & {"root.key", "keys.db", "set-up-link", "cache", "lease"}
    assert {path.name for path in kept.keys.rglob("*")} == {
        "manifest.json", "keys", "root.key", "keys.db"
    }  # fmt: skip
    for path in [*kept.data.rglob("*"), *kept.keys.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_was_restored_verifies_serves_and_knows_its_keys(
    kept: Kept, elsewhere: Service
) -> None:
    done = _restore(elsewhere, kept, "--keys", str(kept.keys))
    assert done.returncode == 0, done.stderr
    assert "complete up to anchor" in done.stdout
    verified = elsewhere.run("ledger", "verify")
    assert verified.returncode == 0, verified.stdout
    recorded = {event.facts.get("intent") for event in elsewhere.events()}
    assert set(kept.before) <= recorded
    elsewhere.start()
    with elsewhere.client(kept.key) as client:
        assert client.post("/v1/chat/completions", json=CHAT).status_code == 200
    eventually(lambda: "backup.restored" in [event.kind for event in elsewhere.events()])
    assert elsewhere.stop() == 0
    assert elsewhere.run("ledger", "verify").returncode == 0


def test_a_map_is_restored_with_the_values_in_it(kept: Kept, elsewhere: Service) -> None:
    (kept.service.folder / "leaves").write_text(
        kept.service.run("protect", "--scope", "s", "README").stdout
    )
    assert _restore(elsewhere, kept, "--keys", str(kept.keys)).returncode == 0
    leaves = str(kept.service.folder / "leaves")
    assert elsewhere.run("restore", "--scope", "s", leaves).stdout == (
        "Write to ada@orchard.example."
    )


def test_nothing_is_written_over(kept: Kept, elsewhere: Service) -> None:
    assert _restore(elsewhere, kept, "--keys", str(kept.keys)).returncode == 0
    before = _digests(elsewhere.folder)
    for command in (
        ("restore-backup", str(kept.data)),
        ("restore-backup", str(kept.data), "--keys", str(kept.keys), "--lose-newer"),
        ("backup", str(kept.data)),
        ("backup", str(elsewhere.data_dir / "inside")),
        ("backup", str(elsewhere.folder / "b"), "--keys", str(elsewhere.folder / "b" / "k")),
    ):
        done = elsewhere.run(*command)
        assert done.returncode == 2, command
        assert "error:" in done.stderr
    assert _digests(elsewhere.folder) == before


def test_an_older_backup_beside_newer_anchors_needs_a_decision_and_keeps_the_proof(
    kept: Kept, elsewhere: Service
) -> None:
    """The usual loss: the data is gone, the keys and their anchors are not."""
    shutil.copytree(kept.service.key_dir, elsewhere.key_dir)
    refused = _restore(elsewhere, kept)
    assert refused.returncode == 2
    assert "would be lost" in refused.stderr
    assert _in_place(elsewhere) == ["keys"]
    newest = (elsewhere.key_dir / "anchors" / "anchors.jsonl").read_bytes()
    done = _restore(elsewhere, kept, "--lose-newer")
    assert done.returncode == 0, done.stderr
    assert "set-aside" in done.stderr
    assert (elsewhere.key_dir / "anchors" / "set-aside-1.jsonl").read_bytes() == newest
    assert elsewhere.run("ledger", "verify").returncode == 0
    elsewhere.start()
    eventually(lambda: _lost(elsewhere) > 0)
    assert elsewhere.stop() == 0
    assert elsewhere.run("ledger", "verify").returncode == 0


def _lost(service: Service) -> Any:
    facts = [event.facts for event in service.events() if event.kind == "backup.restored"]
    return facts[0]["lost_checkpoints"] if facts else 0


# What an attacker, or a disk, does to a backup.


def _flip_record(data: Path) -> None:
    path = max(data.rglob("*.log"), key=lambda path: path.stat().st_size)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def _flip_database(data: Path) -> None:
    path = data / "data" / "curtilage.db"
    raw = bytearray(path.read_bytes())
    raw[-100] ^= 1
    path.write_bytes(raw)


def _cut_file(data: Path) -> None:
    path = data / "anchors" / "anchors.jsonl"
    path.write_bytes(path.read_bytes()[:-10])


def _grow_file(data: Path) -> None:
    with (data / "data" / "curtilage.db").open("ab") as file:
        file.write(b"more")


def _lose_file(data: Path) -> None:
    (data / "data" / "curtilage.db").unlink()


def _link_file(data: Path) -> None:
    path = data / "data" / "curtilage.db"
    path.rename(data / "elsewhere")
    path.symlink_to(data / "elsewhere")


def _revive_key_with_right_hash(data: Path) -> None:
    """Change the database and its hash in the manifest, as one without the keys can."""
    path = data / "data" / "curtilage.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE api_key SET name = 'another'")
        connection.commit()
    manifest = json.loads((data / "manifest.json").read_bytes())
    for each in manifest["files"]:
        if each["path"] == "data/curtilage.db":
            raw = path.read_bytes()
            each |= {"bytes": len(raw), "sha256": sha256(raw).hexdigest()}
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    (data / "manifest.json").write_text(text + "\n")


def _drop_ledger_from_manifest(data: Path) -> None:
    manifest = json.loads((data / "manifest.json").read_bytes())
    manifest["files"] = [each for each in manifest["files"] if "ledger" not in each["path"]]
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    (data / "manifest.json").write_text(text + "\n")


def _lose_manifest(data: Path) -> None:
    (data / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_flip_record, 1),
        (_flip_database, 1),
        (_cut_file, 1),
        (_grow_file, 1),
        (_lose_file, 1),
        (_link_file, 1),
        (_revive_key_with_right_hash, 1),
        (_drop_ledger_from_manifest, 1),
        (_lose_manifest, 2),
    ],
)
def test_a_backup_that_was_changed_is_refused_whole(
    kept: Kept, elsewhere: Service, change: Callable[[Path], None], code: int
) -> None:
    changed = elsewhere.folder.with_name(elsewhere.folder.name + "-changed")
    shutil.copytree(kept.data, changed)
    change(changed)
    done = elsewhere.run("restore-backup", str(changed), "--keys", str(kept.keys))
    assert done.returncode == code, done.stderr
    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert _in_place(elsewhere) == []


def test_other_keys_open_no_backup(kept: Kept, elsewhere: Service) -> None:
    assert elsewhere.run("init").returncode == 0
    shutil.rmtree(elsewhere.data_dir)
    done = _restore(elsewhere, kept)
    assert done.returncode == 2
    assert "another installation" in done.stderr
    assert _in_place(elsewhere) == ["keys"]


def test_data_are_no_keys_and_keys_no_data(kept: Kept, elsewhere: Service) -> None:
    for data, keys in ((kept.keys, kept.keys), (kept.data, kept.data)):
        done = elsewhere.run("restore-backup", str(data), "--keys", str(keys))
        assert done.returncode == 2
        assert _in_place(elsewhere) == []


@pytest.mark.parametrize("room", [0, 3000, 30_000, 100_000])
def test_a_full_disk_leaves_nothing_and_the_next_try_is_whole(
    kept: Kept, elsewhere: Service, room: int
) -> None:
    """The kernel's own refusal in the middle of a write (setrlimit(2), RLIMIT_FSIZE)."""
    shutil.copytree(kept.service.key_dir, elsewhere.key_dir)
    shutil.copytree(kept.service.data_dir, elsewhere.data_dir)
    target = elsewhere.folder / "backup"
    done = _with_room(elsewhere, room, "backup", str(target))
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert _in_place(elsewhere) == ["data", "keys"]
    shutil.rmtree(elsewhere.data_dir)
    done = _with_room(elsewhere, room, "restore-backup", str(kept.data), "--lose-newer")
    assert done.returncode == 4, done.stderr
    assert _in_place(elsewhere) == ["keys"]
    assert _restore(elsewhere, kept, "--lose-newer").returncode == 0
    assert elsewhere.run("ledger", "verify").returncode == 0


def _with_room(service: Service, room: int, *arguments: str) -> Any:
    """Run a command that can make no file larger than this."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [COMMAND, *arguments, "--config", service.config], env=service.env, cwd=service.folder,
        capture_output=True, text=True, timeout=60, check=False, preexec_fn=limit,
    )  # fmt: skip


def _digests(folder: Path) -> dict[Path, str]:
    return {
        path: sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".db-shm", ".db-wal")
    }


# Killed at any point: what a kill leaves is looked at before the next one.


class Killer:
    """A command that is killed at one file event after the other, `step` apart."""

    def __init__(self, service: Service, step: int, *arguments: str) -> None:
        command = [*arguments, "--config", str(service.config)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.app.backup_killer", str(step), str(step), *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**service.env, "PYTHONPATH": str(REPOSITORY)}, cwd=service.folder,
        )  # fmt: skip

    def __iter__(self) -> Iterator[int]:
        """How each try ended; the next begins when this is asked again."""
        assert self._process.stdin
        assert self._process.stdout
        with self._process:
            while line := self._process.stdout.readline():
                yield int(line)
                with contextlib.suppress(BrokenPipeError):
                    self._process.stdin.write("\n")
                    self._process.stdin.flush()


def test_a_backup_that_is_killed_anywhere_leaves_nothing_under_its_name(
    kept: Kept, elsewhere: Service
) -> None:
    assert _restore(elsewhere, kept, "--keys", str(kept.keys)).returncode == 0
    target, tries = elsewhere.folder / "b", 0
    for code in Killer(elsewhere, 41, "backup", str(target)):
        tries += 1
        assert code in (0, -signal.SIGKILL)
        if target.exists():
            assert _is_whole(target)
            shutil.rmtree(target)
        else:
            assert code != 0
    assert tries > 5
    assert [path.name for path in elsewhere.folder.glob(".*")] == []
    assert elsewhere.run("ledger", "verify").returncode == 0


def _is_whole(backup: Path) -> bool:
    files = json.loads((backup / "manifest.json").read_bytes())["files"]
    return all(
        sha256((backup / each["path"]).read_bytes()).hexdigest() == each["sha256"] for each in files
    )


def test_a_restore_that_is_killed_anywhere_goes_on_where_it_was(
    kept: Kept, elsewhere: Service
) -> None:
    """The data has its name last, when the keys and the anchors that it needs have theirs."""
    tries = 0
    restore = ("restore-backup", str(kept.data), "--keys", str(kept.keys))
    for code in Killer(elsewhere, 23, *restore):
        tries += 1
        if elsewhere.data_dir.exists():
            assert (elsewhere.key_dir / "anchors" / "anchors.jsonl").exists()
            break
        assert code == -signal.SIGKILL
    assert tries > 10
    assert elsewhere.run("ledger", "verify").returncode == 0
    assert elsewhere.run("apikeys", "list").returncode == 0
