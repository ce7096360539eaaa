"""The verifier in JavaScript agrees with ours, and sees what is changed, from tiles alone."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from curtilage.ledger.note import Checkpoint, encode_verifier_key, sign_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.tree import StoredTree
from tests.integration.service import RunningService
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World

NODE = shutil.which("node")
VERIFIER = Path(__file__).resolve().parents[3] / "examples" / "verify-ledger" / "verify.mjs"
ORIGIN = f"{NAME}/tenant-0/gw-0"
VERIFIER_KEY = encode_verifier_key(f"{NAME}/head", KEY.public_key())
RECORDS = 700  # two full tiles and a part of one
GROWN = 300

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NODE is None, reason="Node is not installed"),
]


@dataclass(frozen=True)
class Said:
    """What the verifier said, and how it ended."""

    code: int
    text: str


def verify(log: Path | str, *more: str | Path, key: str = VERIFIER_KEY) -> Said:
    command = [str(NODE), str(VERIFIER), str(log), "--key", key, *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return Said(done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A log with a checkpoint from when it was shorter, kept as a stranger would."""
    made = World(tmp_path_factory.mktemp("ledger"))
    made.write_batches([RECORDS])
    made.sequence()
    shutil.copy(tree_of(made) / "checkpoint", made.root / "seen")
    made.write_batches([GROWN])
    made.sequence()
    return made


def tree_of(world: World) -> Path:
    return world.ledger / "tree" / "gw-0" / "tenant-0"


@pytest.fixture
def copy(world: World, tmp_path: Path) -> Path:
    """A log's folder to do harm in."""
    return Path(shutil.copytree(tree_of(world), tmp_path / "log"))


def records_of(world: World) -> list[bytes]:
    return [record.raw for record in world.reader.iterate(tenant="tenant-0")]


def test_a_log_that_grew_holds_with_every_record(world: World, tmp_path: Path) -> None:
    exported = tmp_path / "records.jsonl"
    exported.write_bytes(b"\n".join(records_of(world)))
    since, saved = world.root / "seen", tmp_path / "saved"
    said = verify(
        tree_of(world), "--origin", ORIGIN, "--since", since, "--record", exported, "--save", saved
    )
    assert said.code == 0, said.text
    assert f"{ORIGIN}: {RECORDS + GROWN} records lead to the signed root" in said.text
    assert f"the first {RECORDS} are the ones that were signed before" in said.text
    assert f"{RECORDS + GROWN} of the records given are in the log" in said.text
    assert saved.read_bytes() == (tree_of(world) / "checkpoint").read_bytes()


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 513])
def test_logs_of_any_size_hold_and_have_grown_from_any_other(tmp_path: Path, size: int) -> None:
    world = World(tmp_path)
    for part in (size, 1, 255):
        world.write_batches([part])
        world.sequence()
        seen = tmp_path / "seen"
        held = verify(tree_of(world), *(["--since", seen] if seen.exists() else []))
        assert held.code == 0, held.text
        shutil.copy(tree_of(world) / "checkpoint", seen)


def test_the_head_log_holds_too(world: World) -> None:
    said = verify(world.ledger / "head", "--origin", f"{NAME}/head")
    assert said.code == 0, said.text


def test_a_record_that_was_changed_or_never_written_is_missed(world: World, tmp_path: Path) -> None:
    raw = records_of(world)[500]
    changed = tmp_path / "changed"
    changed.write_bytes(raw.replace(b"completed", b"Completed"))
    assert changed.read_bytes() != raw
    said = verify(tree_of(world), "--record", changed)
    assert (said.code, "A record is not in the log, or was changed." in said.text) == (1, True)


@pytest.mark.parametrize("tile", ["0/000", "0/002", "0/003.p/232", "1/000.p/3"])
def test_a_hash_that_was_changed_is_seen_in_any_tile(copy: Path, tile: str) -> None:
    path = copy / "tile" / tile
    raw = bytearray(path.read_bytes())
    raw[5] ^= 1
    path.write_bytes(raw)
    said = verify(copy)
    assert said.code == 1, said.text
    assert "lead to" in said.text


def test_leaves_that_changed_places_are_seen(copy: Path) -> None:
    path = copy / "tile" / "0" / "001"
    raw = path.read_bytes()
    path.write_bytes(raw[32:64] + raw[:32] + raw[64:])
    said = verify(copy)
    assert (said.code, "tile/0/001 does not lead to the tile above it." in said.text) == (1, True)


def test_a_tile_that_was_cut_is_seen(copy: Path) -> None:
    path = copy / "tile" / "0" / "000"
    path.write_bytes(path.read_bytes()[:-32])
    said = verify(copy)
    assert (said.code, "has 8160 bytes, and not 8192" in said.text) == (1, True)


def test_a_checkpoint_of_another_key_is_refused(copy: Path) -> None:
    tree = StoredTree(copy, RECORDS + GROWN)
    forged = Checkpoint(ORIGIN, tree.size, tree.root())
    (copy / "checkpoint").write_bytes(sign_checkpoint(forged, OTHER_KEY))
    said = verify(copy)
    assert (said.code, "not signed with the log's key" in said.text) == (1, True)


def test_a_checkpoint_of_another_log_is_refused(world: World) -> None:
    said = verify(tree_of(world), "--origin", f"{NAME}/tenant-0/gw-1")
    assert (said.code, f"is one of {ORIGIN}, and not of" in said.text) == (1, True)
    swapped = verify(world.ledger / "head", "--since", world.root / "seen")
    assert (swapped.code, "one of another log" in swapped.text) == (1, True)


def test_a_log_that_was_replaced_is_seen_although_it_is_signed(
    world: World, tmp_path: Path
) -> None:
    """By the holder of the key and all data: only who kept a checkpoint sees it."""
    forked = World(tmp_path, made=7)
    forked.write_batches([RECORDS + GROWN])
    forked.sequence()
    assert verify(tree_of(forked)).code == 0
    said = verify(tree_of(forked), "--since", world.root / "seen")
    assert (said.code, "not the one that was seen before" in said.text) == (1, True)


def test_a_log_that_was_cut_back_is_seen(world: World, tmp_path: Path) -> None:
    short = World(tmp_path)
    short.write_batches([10])
    short.sequence()
    said = verify(tree_of(short), "--since", world.root / "seen")
    assert (said.code, "The log is shorter than it was." in said.text) == (1, True)


def test_wrong_use_and_a_log_that_is_not_there_are_told_apart(tmp_path: Path) -> None:
    assert verify(tmp_path / "nothing").code == 4
    assert verify(tmp_path, key="no-key").code == 4
    done = subprocess.run([str(NODE), str(VERIFIER)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "usage:" in done.stderr


def test_a_running_service_is_verified_over_http(service: RunningService, tmp_path: Path) -> None:
    service.key()
    service.ask(service.control.settle())
    ledger = service.control.ledger
    key = encode_verifier_key(Origins(ledger.name).head, ledger.key)
    log = f"{service.url}/ledger/{ledger.name}/{ledger.name}/control"
    said = verify(log, "--save", tmp_path / "seen", key=key)
    assert said.code == 0, said.text
    service.key()
    service.ask(service.control.settle())
    record = tmp_path / "record"
    newest = next(LedgerReader(service.folder / "data" / "ledger").iterate(writer="control"))
    record.write_bytes(newest.raw)
    said = verify(log, "--since", tmp_path / "seen", "--record", record, key=key)
    assert said.code == 0, said.text
