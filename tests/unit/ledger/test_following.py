"""Following what another node has signed."""

import shutil
from pathlib import Path

import orjson
import pytest

from curtilage.ledger.errors import LedgerTampered, RollbackDetected
from curtilage.ledger.following import check_shared, verify_step
from curtilage.ledger.head import HeadLog, Pending, parse_pending
from curtilage.ledger.layout import head_directory
from curtilage.ledger.models import MovedLog
from curtilage.ledger.moving import read_log
from curtilage.ledger.note import Checkpoint, claimed_origin, sign_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.read import durable_until
from tests.fakes.sharedstore import FakeSharedStore
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World

ORIGINS = Origins(NAME)


class Pair:
    """A node that signs and one that follows, over one store that tests may change."""

    def __init__(self, root: Path) -> None:
        self.source = World(root / "source")
        self.one, self.other = World(root / "one"), World(root / "other")
        self.store = FakeSharedStore()

    def write(self, count: int = 6) -> None:
        self.source.write(self.source.events(count, tenants=2))
        directory = self.source.log()
        batches = read_log(directory, durable_until(directory))
        self.store.logs.pop("gw-0", None)
        self.store.move_in(MovedLog("gw-0", 0, batches))

    def step(self, world: World, *, signs: bool) -> int:
        self.store.signs = signs
        sequencer = world.sequencer(shared=self.store)
        try:
            return sequencer.step(anchor=True)
        finally:
            self.store.signs = False
            sequencer.close()


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    pair = Pair(tmp_path)
    pair.write()
    pair.step(pair.one, signs=True)
    return pair


def test_the_same_trees_and_head_come_out(pair: Pair) -> None:
    assert pair.step(pair.other, signs=False) == 6
    for part in ("head/checkpoint", "tree/gw-0/tenant-0/checkpoint"):
        one, other = (world.ledger / part for world in (pair.one, pair.other))
        assert one.read_bytes() == other.read_bytes()
    assert pair.other.verify().holds


def test_a_node_that_may_not_sign_leaves_what_is_new_unsigned(pair: Pair) -> None:
    pair.write()
    pair.step(pair.other, signs=False)
    assert pair.other.verify().unanchored == 6
    assert len(pair.store.steps) == 1


def test_who_was_quicker_is_followed(pair: Pair) -> None:
    pair.step(pair.other, signs=False)
    pair.write()
    pair.step(pair.other, signs=True)
    pair.write()
    pair.step(pair.one, signs=True)
    pair.step(pair.other, signs=False)
    assert pair.one.verify().records == pair.other.verify().records == 18
    assert len(pair.store.steps) == 3


def test_many_steps_are_followed_in_several(pair: Pair) -> None:
    for _ in range(120):
        pair.write(1)
        pair.step(pair.one, signs=True)
    while pair.other.verify().unanchored or pair.other.verify().records < 126:
        pair.step(pair.other, signs=False)
    assert pair.other.verify().holds


def change_step(pair: Pair, notes: tuple[bytes, ...], *, head: int = 0) -> None:
    pair.store.steps[0] = Pending(head, notes).encode()


def test_other_roots_are_refused(pair: Pair) -> None:
    notes = parse_pending(pair.store.steps[0]).notes
    forged = [sign_checkpoint(Checkpoint(claimed_origin(n), 3, bytes(32)), KEY) for n in notes]
    change_step(pair, tuple(forged))
    with pytest.raises(LedgerTampered, match="other records"):
        pair.step(pair.other, signs=False)


def test_a_tree_that_the_step_does_not_name_is_refused(pair: Pair) -> None:
    note = parse_pending(pair.store.steps[0]).notes[0]
    change_step(pair, (sign_checkpoint(Checkpoint(claimed_origin(note), 6, bytes(32)), KEY),))
    with pytest.raises(LedgerTampered, match="other records"):
        pair.step(pair.other, signs=False)


def test_a_step_of_another_key_is_refused(pair: Pair) -> None:
    notes = parse_pending(pair.store.steps[0]).notes
    forged = [
        sign_checkpoint(Checkpoint(claimed_origin(n), 3, bytes(32)), OTHER_KEY) for n in notes
    ]
    with pytest.raises(LedgerTampered, match="not signed"):
        verify_step(Pending(0, tuple(forged)), ORIGINS, KEY.public_key())


@pytest.mark.parametrize("head", [0, 4])
def test_a_step_that_is_empty_or_elsewhere_is_refused(pair: Pair, head: int) -> None:
    notes = () if head == 0 else parse_pending(pair.store.steps[0]).notes
    change_step(pair, notes, head=head)
    with pytest.raises(LedgerTampered):
        pair.step(pair.other, signs=False)


def test_a_step_over_records_that_are_not_copied_yet_waits(pair: Pair) -> None:
    batches = pair.store.logs["gw-0"]
    pair.store.logs["gw-0"] = []
    assert pair.step(pair.other, signs=True) == 0
    pair.store.logs["gw-0"] = batches
    assert pair.step(pair.other, signs=False) == 6
    assert pair.other.verify().holds


def test_a_node_whose_head_the_store_does_not_know_is_refused(pair: Pair) -> None:
    step = pair.store.steps.pop(0)
    with pytest.raises(RollbackDetected, match="not in the shared store"):
        pair.step(pair.one, signs=True)
    others = orjson.loads(step)["notes"][::-1]
    pair.store.steps[0] = Pending(0, tuple(note.encode() for note in others)).encode()
    head = HeadLog(head_directory(pair.one.ledger), 2)
    with pytest.raises(RollbackDetected):
        check_shared(head, pair.store)


def test_a_node_that_lost_its_files_checks_its_anchors_once_it_has_caught_up(pair: Pair) -> None:
    shutil.rmtree(pair.one.ledger)
    pair.step(pair.one, signs=False)
    assert pair.one.verify().holds
    shutil.rmtree(pair.one.ledger)
    pair.store.steps.clear()
    with pytest.raises(RollbackDetected, match="older than its anchors"):
        pair.step(pair.one, signs=False)
