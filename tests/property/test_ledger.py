"""Every proof verifies, and no altered one does; no altered sealed part goes unnamed."""

from bisect import bisect_right
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.ledger.boxes import BOX_FILE_HEAD, BOX_HEAD, encode_box, parse_boxes
from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.merkle import (
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from curtilage.ledger.models import Problem
from tests.unit.ledger.worlds import World

LEAVES = [hash_leaf(str(number).encode()) for number in range(2000)]
SIZES = st.integers(1, 2000)


def _subtree(start: int, end: int) -> bytes:
    return root_of(LEAVES[start:end])


def _is_refused(**given_: object) -> bool:
    check = verify_inclusion if "index" in given_ else verify_consistency
    try:
        check(given_.pop("proof"), **given_)  # type: ignore[operator]
    except ProofInvalid:
        return True
    return False


def _flip(hashes: list[bytes], bit: int) -> list[bytes]:
    """The same hashes with one bit changed, wherever `bit` falls."""
    raw = bytearray(b"".join(hashes))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return [bytes(raw[at : at + 32]) for at in range(0, len(raw), 32)]


@given(SIZES, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = _subtree(0, size)
    proof = prove_inclusion(index, size, _subtree)
    right = {"index": index, "size": size, "leaf_hash": LEAVES[index], "expected_root": root}
    verify_inclusion(proof, **right)  # type: ignore[arg-type]
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index) | st.just(size))
    bit = data.draw(st.integers(0, 100_000))
    assert _is_refused(proof=proof, **(right | {"index": other}))
    assert _is_refused(proof=proof, **(right | {"leaf_hash": _flip([LEAVES[index]], bit)[0]}))
    assert _is_refused(proof=proof, **(right | {"expected_root": _flip([root], bit)[0]}))
    assert _is_refused(proof=[*proof, root], **right)
    if proof:
        assert _is_refused(proof=_flip(proof, bit), **right)
        assert _is_refused(proof=proof[:-1], **right)


@given(SIZES, st.data())
def test_consistency(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    right = {"old": old, "new": new, "old_root": _subtree(0, old), "new_root": _subtree(0, new)}
    proof = prove_consistency(old, new, _subtree)
    verify_consistency(proof, **right)  # type: ignore[arg-type]
    bit = data.draw(st.integers(0, 100_000))
    for root in ("old_root", "new_root"):
        assert _is_refused(proof=proof, **(right | {root: _flip([right[root]], bit)[0]}))  # type: ignore[list-item]
    assert _is_refused(proof=[*proof, LEAVES[0]], **right)
    if proof:
        assert _is_refused(proof=_flip(proof, bit), **right)
        assert _is_refused(proof=proof[:-1], **right)


SEALED = 12
PLACES = st.integers(0, SEALED - 1)


class SealedWorld:
    """A signed ledger whose file of sealed parts a test may replace, time and again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.raw = world.box_file().read_bytes()
        boxes = list(parse_boxes(self.raw, 0))
        self.numbers = [box.n for box in boxes]
        self.contents = [box.box for box in boxes]
        self.starts = [BOX_FILE_HEAD.size, *(box.end for box in boxes)]

    def verify(self, raw: bytes) -> Sequence[Problem]:
        self.world.box_file().write_bytes(raw)
        return self.world.verify().problems

    def verify_frames(self, numbers: Sequence[int], contents: Sequence[bytes]) -> Sequence[Problem]:
        """Frames with right checksums, as an attacker would write them."""
        frames = b"".join(map(encode_box, numbers, contents))
        return self.verify(self.raw[: BOX_FILE_HEAD.size] + frames)

    def whose(self, at: int) -> int | None:
        """The record whose frame has this byte; None in the header."""
        place = bisect_right(self.starts, at) - 1
        return None if place < 0 else self.numbers[place]

    def is_length(self, at: int) -> bool:
        """Whether this byte is of a frame's length, on which all behind it depends."""
        return at - self.starts[bisect_right(self.starts, at) - 1] in range(8, BOX_HEAD.size)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> SealedWorld:
    world = World(tmp_path_factory.mktemp("sealed"))
    world.write_batches([5] * 5, tenants=2, every_sealed=2)
    world.sequence()
    found = SealedWorld(world)
    assert len(found.numbers) == SEALED
    assert found.verify(found.raw) == ()
    return found


@given(data=st.data())
def test_any_changed_byte_of_sealed_parts_is_named(
    sealed: SealedWorld, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sealed.raw) - 1))
    changed = bytearray(sealed.raw)
    changed[at] ^= data.draw(st.integers(1, 255))
    named = [problem.n for problem in sealed.verify(bytes(changed))]
    assert named[0] == sealed.whose(at)
    assert len(named) == 1 or sealed.is_length(at), "no other is blamed, where it can be read"


@given(one=PLACES, other=PLACES)
def test_any_two_sealed_parts_exchanged_are_named(
    sealed: SealedWorld, one: int, other: int
) -> None:
    contents, numbers = list(sealed.contents), list(sealed.numbers)
    contents[one], contents[other] = contents[other], contents[one]
    named = {problem.n for problem in sealed.verify_frames(numbers, contents)}
    assert named == ({numbers[one], numbers[other]} if one != other else set())
    numbers[one], numbers[other] = numbers[other], numbers[one]  # whole frames: none is changed
    named = {problem.n for problem in sealed.verify_frames(numbers, contents)}
    assert (numbers[max(one, other)] in named) == (one != other)


@given(data=st.data())
def test_a_cut_file_of_sealed_parts_names_the_first_that_is_not_whole(
    sealed: SealedWorld, data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(sealed.raw)))
    problems = sealed.verify(sealed.raw[:size])
    lost = [n for n, end in zip(sealed.numbers, sealed.starts[1:], strict=True) if end > size]
    assert [problem.n for problem in problems][:1] == lost[:1]
    told = " ".join(problem.detail for problem in problems)
    assert len(lost) <= len(problems) or f"up to record {lost[-1]}" in told


@given(st.sets(PLACES))
def test_sealed_parts_that_were_taken_out_are_named(sealed: SealedWorld, taken: set[int]) -> None:
    kept = [place for place in range(SEALED) if place not in taken]
    problems = sealed.verify_frames(
        [sealed.numbers[place] for place in kept], [sealed.contents[place] for place in kept]
    )
    first = [place for place in sorted(taken) if place - 1 not in taken]
    assert [problem.n for problem in problems] == [sealed.numbers[place] for place in first]
    assert {problem.code for problem in problems} <= {"box-missing"}
