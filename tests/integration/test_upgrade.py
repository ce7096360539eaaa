"""What the first landing wrote, this version opens, verifies, restores, and goes on from.

`tests/fixtures/first-landing.tar.xz` is an installation as commit 9d15e2d left it after
`init`, two API keys (one revoked later), seven calls to the mirror under two workers, one
that was refused, and `protect` into a scope and into a map file; stopped with SIGTERM,
without compiled patterns, leases and set-up link. All people in it are invented.
`expected.json` has what went in and came out, and its one living key, which opens nothing
but this. A fixture is never made anew: it is what people have on their disks.
"""

import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from curtilage.app.foundation import open_foundation
from curtilage.app.settings import read_settings
from curtilage.app.tools import make_tools
from curtilage.core.models import Sealed
from curtilage.ledger.read import LedgerReader
from curtilage.vault.models import OwnerKind
from curtilage.vault.seal import event_key_id, open_event_part
from tests.house.tree import REPOSITORY
from tests.integration.processes import Service, eventually

FIXTURE = REPOSITORY / "tests" / "fixtures" / "first-landing.tar.xz"
MIRROR = {"model": "mirror", "messages": [{"role": "user", "content": "Mail ada@orchard.example."}]}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Old(Service):
    """The installation of the first landing, at a place of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, workers=2, env={})
        with tarfile.open(FIXTURE) as archive:
            archive.extractall(folder, filter="data")
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        self.expected: dict[str, Any] = json.loads((folder / "expected.json").read_text())


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Old]:
    service = Old(tmp_path)
    yield service
    if service.process is not None and service.process.poll() is None:
        service.destroy()


def test_its_ledger_verifies_whole(old: Old) -> None:
    done = old.run("ledger", "verify")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(f"{old.expected['records']} records verified, complete up to")


def test_its_calls_are_explained_and_proved(old: Old) -> None:
    for request_id in old.expected["requests"][::3]:  # the first, the last, one between
        assert "×1: token" in old.run("explain", request_id).stdout
        proof = old.run("ledger", "prove", request_id)
        assert proof.returncode == 0, proof.stderr


def test_its_maps_restore_what_was_protected(old: Old) -> None:
    for name, option in (("scoped", ("--scope", "letters")), ("filed", ("--map", "letter.map"))):
        leaves = old.folder / name
        leaves.write_text(old.expected[name])
        assert "ada@" not in old.expected[name]
        assert old.run("restore", *option, str(leaves)).stdout == old.expected["text"]


async def test_its_sealed_parts_open_with_its_keys(old: Old) -> None:
    flags = {"server.data_dir": old.data_dir, "server.key_dir": old.key_dir}
    tools, reader = make_tools(), LedgerReader(old.data_dir / "ledger")
    async with open_foundation(
        read_settings(None, {}, flags), clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        table = await foundation.identity.keys.load_table(foundation.tenant)
        (owner,) = {key.principal for key in table if key.name == "first"}
        for request_id in old.expected["requests"]:
            record = reader.get(request_id)
            box = reader.read_box(record)
            assert box is not None
            assert record.event.sealed is not None
            sealed = Sealed(record.event.sealed.commitment, box)
            key = await foundation.vault.load_event_key(
                owner, OwnerKind.PRINCIPAL, key_id=event_key_id(sealed)
            )
            opened = orjson.loads(open_event_part(key, sealed, request_id))
            assert opened["address"] == "127.0.0.1"


def test_its_keys_are_known_and_the_revoked_one_stays_so(old: Old) -> None:
    old.start()
    for name, status in (("key", 200), ("revoked", 401)):
        with old.client(old.expected[name]) as client:
            reply = client.post("/v1/chat/completions", json=MIRROR)
        assert reply.status_code == status, reply.text
    assert old.stop() == 0
    done = old.run("ledger", "verify")
    assert done.returncode == 0, done.stdout
    assert len(old.events()) > old.expected["records"]


def test_a_backup_of_it_is_restored_and_served(old: Old) -> None:
    data, keys = old.folder / "b", old.folder / "k"
    assert old.run("backup", str(data), "--keys", str(keys)).returncode == 0
    shutil.rmtree(old.data_dir)
    shutil.rmtree(old.key_dir)
    done = old.run("restore-backup", str(data), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    assert old.run("ledger", "verify").returncode == 0
    old.start()
    eventually(lambda: set(old.statuses_of(old.expected["key"])) == {200})
    assert old.stop() == 0
