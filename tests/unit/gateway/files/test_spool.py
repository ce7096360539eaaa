"""Spools: files without a name, a bounded number of them."""

import resource
import signal
from pathlib import Path

import pytest

from curtilage.gateway.errors import Busy, NoSpace
from curtilage.gateway.files.spool import IN_MEMORY, MOST_OPEN, Spools


def test_what_is_written_is_read_and_has_no_name(tmp_path: Path) -> None:
    spools = Spools(tmp_path)
    spool = spools.take()
    spool.write(b"one")
    spool.write(b"two")
    assert (spool.size, spool.view()) == (6, b"onetwo")
    assert list(tmp_path.iterdir()) == []
    spool.clear()
    assert (spool.size, spool.view()) == (0, b"")
    spool.close()


def test_a_large_one_is_sent_from_where_it_is(tmp_path: Path) -> None:
    spool = Spools(tmp_path).take()
    spool.write(b"x" * (IN_MEMORY + 1))
    view = spool.view()
    assert not isinstance(view, bytes)
    assert (len(view), view[:3], view[IN_MEMORY:]) == (IN_MEMORY + 1, b"xxx", b"x")
    assert view is spool.view()
    spool.close()
    assert view.closed


def test_there_are_only_so_many_at_once(tmp_path: Path) -> None:
    spools = Spools(tmp_path)
    taken = [spools.take() for _ in range(MOST_OPEN)]
    with pytest.raises(Busy):
        spools.take()
    taken[0].close()
    taken[0].close()
    taken.append(spools.take())
    assert spools.open == MOST_OPEN
    for spool in taken:
        spool.close()


@pytest.mark.parametrize("size", [5000, 100_000])
def test_a_full_disk_is_told_as_one(tmp_path: Path, size: int) -> None:
    """Also as long as it is full: closing what waits to be written is no other fault."""
    spools = Spools(tmp_path)
    spool = spools.take()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        if size < IN_MEMORY // 32:
            spool.write(b"a" * size)  # it waits in memory
        with pytest.raises(NoSpace):
            spool.write(b"a" * size)
        spool.close()
        assert spools.open == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
