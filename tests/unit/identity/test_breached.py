"""What a filter says: all of its list, hardly anything else, and never of a damaged file."""

from pathlib import Path

import pytest

from curtilage.identity.breach_building import build_filter
from curtilage.identity.breach_format import HEAD_BYTES
from curtilage.identity.breached import BreachFilter, verify_not_leaked
from curtilage.identity.errors import BreachFilterDamaged, BreachFilterMissing, WeakPassphrase

pytestmark = [pytest.mark.requirement(38)]

MANY = 20_000
OTHERS = 100_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("leaked") / "filter"
    build_filter((b"leaked %d" % number for number in range(MANY)), path)
    return path


def test_all_of_the_list_is_found_and_hardly_anything_else(built: Path) -> None:
    leaked = BreachFilter.open(built)
    assert all(leaked.holds(b"leaked %d" % number) for number in range(MANY))
    mistaken = sum(leaked.holds(b"another %d" % number) for number in range(OTHERS))
    assert mistaken / OTHERS <= 1e-4 + 5e-5  # 7.6 expected of 100,000; fixed, so no chance
    assert built.stat().st_size * 8 / MANY <= 18
    leaked.close()


def test_a_leaked_passphrase_is_refused_and_says_why(built: Path) -> None:
    leaked = BreachFilter.open(built)
    assert verify_not_leaked(b"lantern gravel", leaked=leaked) == b"lantern gravel"
    with pytest.raises(WeakPassphrase, match="leaked") as refused:
        verify_not_leaked(b"leaked 17", leaked=leaked)
    assert "leaked 17" not in refused.value.detail
    assert verify_not_leaked(b"leaked 17", leaked=None) == b"leaked 17"


def test_a_filter_that_is_not_there_is_a_matter_of_setting_up(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(BreachFilterMissing):
            BreachFilter.open(path)


@pytest.mark.parametrize("at", [0, HEAD_BYTES, HEAD_BYTES + 2000, -1])
def test_a_damaged_file_is_not_opened(built: Path, tmp_path: Path, at: int) -> None:
    assert BreachFilter.open(built)
    raw = bytearray(built.read_bytes())
    raw[at] ^= 1
    damaged = tmp_path / "damaged"
    damaged.write_bytes(raw)
    with pytest.raises(BreachFilterDamaged):
        BreachFilter.open(damaged)


@pytest.mark.parametrize("change", [slice(0, 0), slice(0, 10), slice(0, HEAD_BYTES), slice(0, -1)])
def test_a_file_that_was_cut_or_grew_is_not_opened(
    built: Path, tmp_path: Path, change: slice
) -> None:
    raw = built.read_bytes()
    damaged = tmp_path / "damaged"
    for wrong in (raw[change], raw + b"\0"):
        damaged.write_bytes(wrong)
        with pytest.raises(BreachFilterDamaged):
            BreachFilter.open(damaged, is_trusted=True)


def test_counts_that_lead_beyond_the_end_are_told_where_nobody_read_the_whole(
    built: Path, tmp_path: Path
) -> None:
    leaked = BreachFilter.open(built, is_trusted=True)
    assert leaked.holds(b"leaked 1")
    raw = bytearray(built.read_bytes())
    raw[HEAD_BYTES : leaked.layout.offsets_at] = b"\xff" * leaked.layout.buckets
    damaged = tmp_path / "damaged"
    damaged.write_bytes(raw)
    with pytest.raises(BreachFilterDamaged):
        BreachFilter.open(damaged)
    trusted = BreachFilter.open(damaged, is_trusted=True)
    with pytest.raises(BreachFilterDamaged):
        all(trusted.holds(b"leaked %d" % number) or True for number in range(MANY))
