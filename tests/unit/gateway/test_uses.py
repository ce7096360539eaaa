"""When keys were used last."""

from dataclasses import replace
from datetime import timedelta

from curtilage.gateway.admitting import Admitted, admit
from curtilage.gateway.uses import KeyUses
from tests.fakes.clock import START
from tests.fakes.dataplane import KEY, a_snapshot


def a_caller() -> Admitted:
    return admit(a_snapshot(), [(b"x-api-key", KEY.text.encode())], START)


def test_the_last_use_counts_and_is_told_once() -> None:
    uses, caller = KeyUses(), a_caller()
    uses.note(caller)
    uses.note(replace(caller, at=START + timedelta(seconds=5)))
    assert uses.take() == {"key-1": START + timedelta(seconds=5)}
    assert uses.take() == {}


def test_what_could_not_be_told_waits_and_hides_nothing_newer() -> None:
    uses, caller = KeyUses(), a_caller()
    uses.note(caller)
    uses.give_back({"key-1": START - timedelta(hours=1), "key-2": START})
    assert uses.take() == {"key-1": START, "key-2": START}


def test_tokens_are_not_noted() -> None:
    uses, caller = KeyUses(), a_caller()
    uses.note(replace(caller, headers=replace(caller.headers, is_token=True)))
    assert uses.take() == {}
