"""Whatever an attacker does to records below the last anchor is found and named.

The attacker repairs every length, checksum and link, and sets the mark as it
should be; only the signing key and the anchors are out of reach.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curtilage.ledger.mark import encode_mark
from tests.unit.ledger.worlds import World, batches, edited, relink, rewrite

SIZE = 30
ACTS = ("change", "remove", "exchange", "back-date", "cut", "insert")


def _tamper(found: list[list[bytes]], act: str, n: int) -> None:
    """Do `act` at record `n`, and number and link everything anew."""
    flat = [raw for batch in found for raw in batch]
    if act == "change":
        flat[n] = edited(flat[n], facts={"bytes": 10**9})
    elif act == "remove":
        del flat[n]
    elif act == "exchange":
        other = (n + 1) % len(flat)
        flat[n], flat[other] = flat[other], flat[n]
    elif act == "back-date":
        flat[n] = edited(flat[n], time="2020-01-01T00:00:00.000000Z")
    elif act == "cut":
        del flat[n:]
    else:
        flat.insert(n, edited(flat[n], facts={"bytes": 10**9}))
    found[:] = [[edited(raw, n=number)] for number, raw in enumerate(flat)]
    relink(found)


@given(st.sampled_from(ACTS), st.integers(0, SIZE - 1), st.integers(1, 3))
@settings(max_examples=15)
@pytest.mark.slow
def test_tampering_is_found_and_named(act: str, n: int, tenants: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.write_batches([10, 10, 10], tenants=tenants)
        world.sequence()
        found = batches(world)
        _tamper(found, act, n)
        rewrite(world, found)
        (world.log() / "durable").write_bytes(encode_mark(len(found)))
        verdict = world.verify()
        assert not verdict.holds
        assert verdict.anchored_at is not None  # the anchor stands; the records do not
        _assert_named(act, n, verdict.problems[0].writer, verdict.problems[0].n)


def _assert_named(act: str, n: int, writer: str, named: int | None) -> None:
    """The first record that is not what it was, or the end where only the end is gone."""
    assert writer == "gw-0"
    assert named is not None
    if act != "exchange":
        assert abs(named - n) <= 1
