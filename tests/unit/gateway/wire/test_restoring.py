"""The restorer of whole replies leaves alone what it does not understand."""

from typing import Any

import pytest

from curtilage.gateway.wire.body import MAX_DEPTH
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.held import Sink
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold


def restorer(outbound: tuple[str, ...] = ()) -> ReplyRestorer:
    return ReplyRestorer(hold(), ReplyStats(), outbound)


def test_only_changes_are_said_to_be_changes() -> None:
    reply = restorer()
    holder = {"a": "plain", "b": "x1", "c": f"{MAIL_TOKEN}"}
    reply.text(holder, "a")
    reply.text(holder, "b")
    reply.text(holder, "missing")
    assert not reply.changed
    reply.text(holder, "c")
    assert reply.changed
    assert holder == {"a": "plain", "b": "x1", "c": MAIL}


@pytest.mark.parametrize("value", [None, 5, 1.5, True])
def test_values_without_text_stay(value: Any) -> None:
    holder = {"a": value, "b": [value]}
    restorer().arguments(holder, "a", sink=Sink.ARGUMENTS)
    restorer().value(holder, "b", sink=Sink.ARGUMENTS)
    assert holder == {"a": value, "b": [value]}


def nested(levels: int, value: Any) -> Any:
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


def test_values_are_restored_as_deep_as_a_request_may_be_and_no_deeper() -> None:
    for levels, wanted in ((MAX_DEPTH, MAIL), (MAX_DEPTH + 1, MAIL_TOKEN), (990, MAIL_TOKEN)):
        holder = {"a": nested(levels, MAIL_TOKEN)}
        restorer().value(holder, "a", sink=Sink.ARGUMENTS)
        left = holder["a"]
        for _ in range(levels):
            left = left[0] if isinstance(left, list) else left["a"]
        assert left == wanted


def test_a_tool_name_of_any_type_has_a_sink() -> None:
    assert restorer(("mail",)).sink_of("mail") is Sink.NONE
    assert restorer(("mail",)).sink_of("look_up") is Sink.ARGUMENTS


def test_a_tool_without_a_name_may_be_one_that_sends_out() -> None:
    for unnamed in (None, "", 7, ["mail"]):
        assert restorer(("mail",)).sink_of(unnamed) is Sink.NONE
        assert restorer().sink_of(unnamed) is Sink.ARGUMENTS
