"""Places in a text are the same words after values were put back, also in a beginning of it."""

from typing import Any

import pytest

from curtilage.core.models import Treatment
from curtilage.gateway.wire.citations import shift_places
from curtilage.shield.restore import restore_text
from tests.builders import a_finding
from tests.unit.gateway.wire.replies import FOREIGN, MAIL, MAIL_TOKEN, QUOTED, QUOTED_TOKEN, hold
from tests.unit.shield.worlds import World

RAW = f"To {MAIL_TOKEN}, {FOREIGN} and {QUOTED_TOKEN}: the end."
RESTORED = f"To {MAIL}, {FOREIGN} and {QUOTED}: the end."


def cited(raw: str, word: str) -> dict[str, Any]:
    return {"start_index": raw.index(word), "end_index": raw.index(word) + len(word)}


@pytest.mark.parametrize("word", ["To", ",", FOREIGN, "and", ":", "the end."])
def test_a_word_is_the_same_word_afterwards(word: str) -> None:
    citation = cited(RAW, word)
    shift_places((citation,), RAW, RESTORED, hold())
    assert RESTORED[citation["start_index"] : citation["end_index"]] == word


@pytest.mark.parametrize(("token", "value"), [(MAIL_TOKEN, MAIL), (QUOTED_TOKEN, QUOTED)])
def test_a_token_is_its_value_afterwards(token: str, value: str) -> None:
    citation = cited(RAW, token)
    assert shift_places((citation,), RAW, RESTORED, hold())
    assert RESTORED[citation["start_index"] : citation["end_index"]] == value


def test_one_that_did_not_come_back_moves_nothing_behind_it() -> None:
    restored = RAW.replace(QUOTED_TOKEN, QUOTED)
    citation = cited(RAW, ", ")
    assert not shift_places((citation,), RAW, restored, hold())
    citation = cited(RAW, "the end.")
    assert shift_places((citation,), RAW, restored, hold())
    assert restored[citation["start_index"] : citation["end_index"]] == "the end."


def test_a_beginning_is_enough_for_what_stands_in_it() -> None:
    citation = cited(RAW, ", ")
    assert shift_places((citation,), RAW, RESTORED[: len(f"To {MAIL}, ")], hold())
    assert RESTORED[citation["start_index"] : citation["end_index"]] == ", "


@pytest.mark.parametrize(
    "citation", [None, 5, {}, {"start_index": "1"}, {"start_index": -1}, {"end_index": 10**6}]
)
def test_what_points_nowhere_stays_as_it_came(citation: Any) -> None:
    before = dict(citation) if isinstance(citation, dict) else citation
    assert not shift_places((citation,), RAW, RESTORED, hold())
    assert citation == before


def test_a_text_that_did_not_change_moves_nothing() -> None:
    citation = cited(RAW, "the end.")
    assert not shift_places((citation,), RAW, RAW, hold())
    assert citation == cited(RAW, "the end.")


def test_a_surrogate_moves_what_stands_behind_it_as_a_token_does() -> None:
    world, host = World(), "10.20.30.40"
    found = [a_finding(start=0, end=len(host), type="IP_ADDRESS")]
    stand_in = world.protect(host, found, {"IP_ADDRESS": Treatment.SURROGATE})
    raw = f"Ask {stand_in} or {stand_in}x, the end."
    restored = restore_text(raw, world.held).text
    assert restored == f"Ask {host} or {stand_in}x, the end."
    citation = cited(raw, "the end.")
    assert shift_places((citation,), raw, restored, world.held)
    assert restored[citation["start_index"] : citation["end_index"]] == "the end."
