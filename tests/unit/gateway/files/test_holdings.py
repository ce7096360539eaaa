"""What callers hold: found by each one alone, sealed for everybody else."""

from dataclasses import dataclass, field, replace

import pytest

from curtilage.core.models import Scope
from curtilage.gateway.errors import NotKept, UnknownHolding
from curtilage.gateway.files.holdings import Holding, Holdings
from curtilage.gateway.session import Session, open_session
from curtilage.shield.held import HeldValue, Origin
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
        return Holdings(self.rows, FixedClock(), FixedIds())

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
    assert await bench.holdings.list(session(**other), "file") == []


async def test_nothing_readable_is_stored() -> None:
    bench = Bench()
    await bench.holdings.keep(session(), FILE)
    await bench.holdings.keep_map(session(), FILE.values)
    for word in (b"ada", b"file-1", b"openai", b"EMAIL", b"gpt"):
        assert word not in bench.stored
    assert "file-1" not in str(list(bench.rows.rows))


async def test_a_large_map_comes_back_from_its_rows_in_order() -> None:
    bench = Bench()
    values = [(f"Q{number:05d}", replace_value(number)) for number in range(5000)]
    name = await bench.holdings.keep_map(session(), values)
    assert len(bench.stored) > 100_000 and max(map(len, bench.rows.rows.values())) > 1
    assert list(await bench.holdings.find_map(session(), name)) == values
    assert await bench.holdings.find_map(session(), "") == ()


def replace_value(number: int) -> HeldValue:
    return HeldValue(f"person-{number}@orchard.example" + "é" * 20, "EMAIL_ADDRESS", Origin.CALLER)


async def test_a_list_has_the_newest_first_and_loses_what_is_forgotten() -> None:
    bench = Bench()
    for number in range(3):
        one = replace(FILE, id=f"file-{number}", entry=f"000{number}")
        await bench.holdings.keep(session(), one)
    made = replace(FILE, id="file-9", entry="")
    await bench.holdings.keep(session(), made)
    assert await bench.holdings.list(session(), "file") == ["file-2", "file-1", "file-0"]
    await bench.holdings.forget(session(), replace(FILE, id="file-1", entry="0001"))
    await bench.holdings.forget(session(), made)
    assert await bench.holdings.list(session(), "file") == ["file-2", "file-0"]
    with pytest.raises(UnknownHolding):
        await bench.holdings.get(session(), "file-1")


async def test_what_cannot_be_kept_is_told() -> None:
    bench = Bench()
    bench.rows.broken = True
    with pytest.raises(NotKept):
        await bench.holdings.keep(session(), FILE)
    with pytest.raises(NotKept):
        await bench.holdings.keep_map(session(), FILE.values)
