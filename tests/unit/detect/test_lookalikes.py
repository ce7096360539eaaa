"""What looks like an identifier and is none: hardly any of it is found, by whichever kind."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.detect.engines import fast

TIMES = datetime(2019, 1, 1, tzinfo=UTC)
HEX = "0123456789abcdef"


def _moment(draw: random.Random) -> datetime:
    return TIMES + timedelta(seconds=draw.randrange(3 * 10**8))


LOOKALIKES: dict[str, Callable[[random.Random], str]] = {
    "version": lambda draw: "Upgrade to {}.{}.{}.{} first.".format(
        *(draw.randrange(top) for top in (30, 20, 30_000, 9_000))
    ),
    "UUID": lambda draw: f"The run {uuid.UUID(int=draw.getrandbits(128), version=4)} failed.",
    "time": lambda draw: f"At {_moment(draw):%Y-%m-%dT%H:%M:%S.%f}Z the job began.",
    "seconds": lambda draw: f"mtime: {int(_moment(draw).timestamp())}",
    "milliseconds": lambda draw: f"ts={int(_moment(draw).timestamp() * 1000)} level=info",
    "commit": lambda draw: "commit " + "".join(draw.choices(HEX, k=40)),
    "digest": lambda draw: "sha256:" + "".join(draw.choices(HEX, k=64)),
    "order": lambda draw: f"Order {draw.randrange(10**9, 10**10)} was shipped.",
    "ticket": lambda draw: f"Ticket #{draw.randrange(10**6, 10**8)} is closed.",
    "size": lambda draw: f"{draw.randrange(10**6, 10**11)} bytes were read.",
    "address in memory": lambda draw: f"at 0x{draw.getrandbits(48):012x} in main",
    "fraction": lambda draw: f"loss: {draw.random():.15f}",
    "offset": lambda draw: f"[{draw.randrange(10**5, 10**9)}:{draw.randrange(10**5, 10**9)}]",
    "glued": lambda draw: f"part9{draw.randrange(10**12, 10**16)}x",
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_of_a_thousand_lookalikes_hardly_any_is_found(name: str) -> None:
    draw = random.Random(name)
    texts = [LOOKALIKES[name](draw) for _ in range(1000)]
    found = [text for text in texts if fast().scan(text)]
    assert len(found) <= 20, found[:5]
