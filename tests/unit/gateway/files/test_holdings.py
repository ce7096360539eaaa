"""What callers hold: found by each one alone, sealed for everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from curtilage.core.models import Scope, TenantId
from curtilage.gateway.errors import Busy, NotKept, UnknownHolding
from curtilage.gateway.files.holdings import HOLDINGS, PAGE, ROW, Holding, Holdings
from curtilage.gateway.files.maps import Borrowed, MapRoom
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.session import Session, open_session
from curtilage.shield.held import Held, HeldValue, Origin
from tests.builders import PERSON, SERVICE, TENANT
from tests.fakes.clock import FixedClock
from tests.fakes.dataplane import FakeReplies, a_loaded_scope
from tests.fakes.entropy import FixedEntropy
from tests.fakes.ids import FixedIds

ADA = HeldValue("ada@orchard.example", "EMAIL_ADDRESS", Origin.CALLER)
FILE = Holding(
    "file-1", "file", "openai", "gpt-4.1-mini", form="own lines", purpose="batch", lines=2, size=90,
    longest=7, unlimited=1, entry="0001", values=(("Qone", ADA),),
)  # fmt: skip


def session(**scope: object) -> Session:
    given = Scope(TENANT, SERVICE, None, "collection", "files")._replace(**scope)
    return open_session(a_loaded_scope(given), FixedEntropy())


@dataclass
class Bench:
    rows: FakeReplies = field(default_factory=FakeReplies)

    @property
    def holdings(self) -> Holdings:
        return Holdings(SealedRows(self.rows, FixedClock(), HOLDINGS), FixedIds())

    @property
    def stored(self) -> bytes:
        return b"".join(row for rows in self.rows.rows.values() for row in rows.values())


async def test_what_was_kept_comes_back_whole() -> None:
    bench = Bench()
    await bench.holdings.keep(session(), FILE)
    assert await bench.holdings.get(session(), "file-1", "file") == FILE
    assert FILE.as_kept().values == FILE.values
    with pytest.raises(UnknownHolding):
        await bench.holdings.get(session(), "file-1", "batch")


@pytest.mark.parametrize(
    "other", [{"principal": "service-2"}, {"subject": PERSON}, {"tenant": "t2"}]
)
async def test_nobody_else_finds_it(other: dict[str, object]) -> None:
    bench = Bench()
    await bench.holdings.keep(session(), FILE)
    with pytest.raises(UnknownHolding):
        await bench.holdings.get(session(**other), "file-1")
    assert await ids(bench.holdings, session(**other)) == []


async def test_nothing_readable_is_stored() -> None:
    bench = Bench()
    await bench.holdings.keep(session(), FILE)
    await bench.holdings.keep_map(session(), FILE.values)
    for word in (b"ada", b"file-1", b"openai", b"EMAIL", b"gpt"):
        assert word not in bench.stored
    assert "file-1" not in str(list(bench.rows.rows))


async def held_by(bench: Bench, map: str, borrowed: Borrowed | None = None) -> Held:
    held = Held()
    borrowed = borrowed or MapRoom().borrow()
    await bench.holdings.hold_map(session(), replace(FILE, map=map), held, borrowed)
    return held


async def test_a_large_map_comes_back_from_its_rows_in_order() -> None:
    bench = Bench()
    values = [(f"Q{number:05d}", replace_value(number)) for number in range(5000)]
    name = await bench.holdings.keep_map(session(), values)
    assert len(bench.stored) > 100_000 and max(map(len, bench.rows.rows.values())) > 1
    assert list(await held_by(bench, name)) == values
    assert list(await held_by(bench, "")) == []


def replace_value(number: int) -> HeldValue:
    return HeldValue(f"person-{number}@orchard.example" + "é" * 20, "EMAIL_ADDRESS", Origin.CALLER)


async def test_maps_have_room_as_long_as_others_leave_it() -> None:
    bench, room = Bench(), MapRoom(most=100)
    name = await bench.holdings.keep_map(session(), FILE.values)
    first, second = room.borrow(), room.borrow()
    assert len(await held_by(bench, name, first)) == 1
    with pytest.raises(Busy):
        await held_by(bench, name, second)
    first.give_back()
    assert len(await held_by(bench, name, second)) == 1
    second.give_back()
    assert room.taken == 0


@dataclass
class Counted(FakeReplies):
    """Rows that count how many were read."""

    read: int = 0

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        page = await super().page_kept(
            tenant, lookup, after=after, newest_first=newest_first, limit=limit
        )
        self.read += len(page)
        return page


@pytest.mark.parametrize("rows", [1, PAGE, PAGE + 1, 3 * PAGE])
async def test_what_has_no_room_is_not_read(rows: int) -> None:
    """Each of many downloads at once would hold all of a map before it is refused."""
    counted = Counted()
    bench = Bench(counted)
    long = HeldValue("x" * (ROW // 4), "PERSON", Origin.CALLER)  # each has a row of its own
    values = [(f"Q{number:05d}", long) for number in range(rows)]
    name = await bench.holdings.keep_map(session(), values)
    assert list(await held_by(bench, name)) == values
    assert counted.read == rows
    counted.read = 0
    with pytest.raises(Busy):
        await held_by(bench, name, MapRoom(most=10).borrow())
    assert counted.read == min(rows, PAGE)


async def keep_files(holdings: Holdings, owner: Session, *numbers: int) -> None:
    for number in numbers:
        await holdings.keep(owner, replace(FILE, id=f"file-{number}", entry=f"000{number}"))


async def ids(holdings: Holdings, owner: Session, **asked: object) -> list[str]:
    page: dict[str, Any] = {"limit": 9, **asked}
    return [one.id for one in await holdings.list(owner, "file", **page)]


async def test_a_list_has_the_newest_first_and_loses_what_is_forgotten() -> None:
    bench = Bench()
    await keep_files(bench.holdings, session(), 0, 1, 2)
    made = replace(FILE, id="file-9", entry="")
    await bench.holdings.keep(session(), made)
    assert await ids(bench.holdings, session()) == ["file-2", "file-1", "file-0"]
    await bench.holdings.forget(session(), replace(FILE, id="file-1", entry="0001"))
    await bench.holdings.forget(session(), made)
    assert await ids(bench.holdings, session()) == ["file-2", "file-0"]
    with pytest.raises(UnknownHolding):
        await bench.holdings.get(session(), "file-1")


async def test_a_list_goes_on_behind_what_was_seen_whichever_key_sealed_it() -> None:
    bench, before = Bench(), session()
    await keep_files(bench.holdings, before, 1, 2, 3)
    rotated = replace(before.loaded, current=(2, b"n" * 32), older=(before.loaded.current,))
    after = open_session(rotated, FixedEntropy())
    await keep_files(bench.holdings, after, 4, 5)
    seen = await ids(bench.holdings, after, limit=3)
    assert seen == ["file-5", "file-4", "file-3"]
    assert await ids(bench.holdings, after, after="file-3") == ["file-2", "file-1"]
    assert await ids(bench.holdings, after, after="file-2", newest_first=False, limit=2) == [
        "file-3",
        "file-4",
    ]
    with pytest.raises(UnknownHolding):
        await ids(bench.holdings, after, after="file-7")


async def test_what_cannot_be_kept_is_told() -> None:
    bench = Bench()
    bench.rows.broken = True
    with pytest.raises(NotKept):
        await bench.holdings.keep(session(), FILE)
    with pytest.raises(NotKept):
        await bench.holdings.keep_map(session(), FILE.values)
