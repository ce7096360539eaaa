"""A filter from a list: of passwords or hashes, in order or not, in bounded memory."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from curtilage.identity.breach_building import LONGEST_LINE, build_filter, read_list
from curtilage.identity.breached import BreachFilter
from curtilage.identity.errors import UnusablePasswordList

pytestmark = [pytest.mark.requirement(38)]

PASSWORDS = [b"password %d" % number for number in range(3000)]


def hashed(password: bytes) -> bytes:
    return hashlib.sha1(password).hexdigest().upper().encode()


def holds_all(path: Path, passwords: list[bytes]) -> bool:
    opened = BreachFilter.open(path)
    try:
        return all(opened.holds(each) for each in passwords)
    finally:
        opened.close()


def test_passwords_and_their_hashes_give_the_same_file(tmp_path: Path) -> None:
    plain, ordered, mixed = (tmp_path / name for name in ("plain", "ordered", "mixed"))
    built = build_filter(PASSWORDS, plain)
    lines = [hashed(each) + b":7" for each in PASSWORDS]
    build_filter(sorted(lines), ordered)
    build_filter([line.lower() for line in reversed(lines)], mixed)
    assert plain.read_bytes() == ordered.read_bytes() == mixed.read_bytes()
    assert (built.keys, built.skipped, built.size) == (3000, 0, plain.stat().st_size)
    assert holds_all(plain, PASSWORDS)


@pytest.mark.parametrize("are_in_order", [True, False])
@pytest.mark.parametrize("at_a_time", [1, 999, 1000, 3000])
def test_a_list_that_is_sorted_in_parts_gives_the_same_file(
    tmp_path: Path, are_in_order: bool, at_a_time: int
) -> None:
    lines = [hashed(each) for each in PASSWORDS[:3000:3]]
    build_filter(lines, tmp_path / "whole")
    in_parts = sorted(lines) if are_in_order else lines
    build_filter(in_parts, tmp_path / "parts", at_a_time=at_a_time)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "parts").read_bytes()


def test_what_stands_in_several_parts_is_held_once(tmp_path: Path) -> None:
    built = build_filter(PASSWORDS[:100] * 3, tmp_path / "filter", at_a_time=70)
    assert built.keys == 100
    assert holds_all(tmp_path / "filter", PASSWORDS[:100])


def test_rare_hashes_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    lines = [hashed(b"often") + b":10", b"", hashed(b"rarely") + b":9", hashed(b"uncounted")]
    built = build_filter(lines, tmp_path / "filter", least_count=10)
    assert (built.keys, built.skipped) == (2, 2)
    assert holds_all(tmp_path / "filter", [b"often", b"uncounted"])
    assert not holds_all(tmp_path / "filter", [b"rarely"])


def test_a_password_that_stands_twice_is_held_once(tmp_path: Path) -> None:
    assert build_filter([b"twice", b"twice", b"once"], tmp_path / "filter").keys == 2


def test_a_list_of_one_is_a_list(tmp_path: Path) -> None:
    build_filter([b"alone"], tmp_path / "filter")
    assert holds_all(tmp_path / "filter", [b"alone"])


@pytest.mark.parametrize("lines", [[], [b""], [b"", b""]])
def test_an_empty_list_is_a_mistake(tmp_path: Path, lines: list[bytes]) -> None:
    with pytest.raises(UnusablePasswordList, match="empty"):
        build_filter(lines, tmp_path / "filter")


def test_a_line_that_is_no_hash_among_hashes_is_told_by_its_number(tmp_path: Path) -> None:
    kept = tmp_path / "filter"
    build_filter(PASSWORDS, kept)
    before = kept.read_bytes()
    with pytest.raises(UnusablePasswordList, match="Line 2 ") as refused:
        build_filter([hashed(b"a"), b"secret words"], kept)
    assert "secret" not in str(refused.value)
    assert kept.read_bytes() == before
    assert list(tmp_path.iterdir()) == [kept]


def test_hashes_that_are_made_up_to_fill_one_bucket_are_refused(tmp_path: Path) -> None:
    alike = [b"00" + b"%06X" % number + b"0" * 32 for number in range(0, 1 << 24, 1 << 9)]
    with pytest.raises(UnusablePasswordList, match="alike"):
        build_filter(
            [*alike, *(b"FF" * 8 + b"%024X" % number for number in range(9))], tmp_path / "f"
        )


def test_buckets_without_passwords_are_there_all_the_same(tmp_path: Path) -> None:
    ends = [b"%040X" % number for number in (0, 1 << 159, (1 << 160) - 1)]
    crowd = [b"%016X" % (number << 44) + b"0" * 24 for number in range(5000)]
    with pytest.raises(UnusablePasswordList):
        build_filter([*ends, *crowd], tmp_path / "filter")
    spread = [b"%016X" % (number << 52 | 0xFFFFFF) + b"0" * 24 for number in range(1, 1201)]
    built = build_filter([*ends, *spread], tmp_path / "filter")
    assert built.keys == 1203
    assert BreachFilter.open(tmp_path / "filter").layout.buckets == 241


def test_a_list_of_one_end_of_all_hashes_leaves_the_other_end_empty(tmp_path: Path) -> None:
    low = [b"%016X" % (number << 48 | number) + b"0" * 24 for number in range(1, 8001)]
    built = build_filter(low, tmp_path / "filter")
    opened = BreachFilter.open(tmp_path / "filter")
    assert built.keys == 8000
    assert opened.layout.buckets == 1600  # of which some 195 hold all
    assert opened.holds(b"anything") in {True, False}


def test_a_list_is_read_line_by_line_whatever_its_ends(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"one\r\ntwo\n\nl\xf6we\n" + b"x" * (3 * LONGEST_LINE) + b"\nafter\nlast")
    lines = list(read_list(path))
    assert lines[:4] == [b"one", b"two", b"", b"l\xf6we"]
    assert lines[-2:] == [b"after", b"last"]
    assert set(lines[4:-2]) == {b""}


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusablePasswordList, match="cannot be read"):
        list(read_list(tmp_path / "absent"))


@pytest.mark.slow
def test_memory_stays_as_it_is_however_long_the_list(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        numbers = (b"%d" % number for number in range(count))
        build_filter(numbers, tmp_path / "filter", at_a_time=4000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(60_000) < 1.5 * peak(20_000)
