"""What a request held, and what of it may come back where."""

import pytest

from curtilage.shield.held import Held, HeldValue, Origin, Sink

ADA = HeldValue("ada@orchard.example", "EMAIL_ADDRESS", Origin.CALLER)
INJECTED = HeldValue("ada@orchard.example", "EMAIL_ADDRESS", Origin.APPLICATION)
BOB = HeldValue("bob@orchard.example", "EMAIL_ADDRESS", Origin.CALLER)


def holding(value: HeldValue, **flags: object) -> Held:
    held = Held(**flags)  # type: ignore[arg-type]
    assert held.hold("token", value)
    return held


def test_a_token_never_gets_a_second_value() -> None:
    held = holding(ADA)
    assert not held.hold("token", BOB)
    assert not held.hold("token", HeldValue(ADA.value, "USERNAME", Origin.CALLER))
    assert held.find("token") == ADA
    assert len(held) == 1


def test_a_value_that_the_caller_sent_too_is_the_callers() -> None:
    for first, second in ((ADA, INJECTED), (INJECTED, ADA)):
        held = holding(first, application=False)
        assert held.hold("token", second)
        kept = held.find("token")
        assert kept is not None and held.may_restore(kept, Sink.TEXT)


@pytest.mark.parametrize(
    ("value", "flags", "sink", "expected"),
    [
        (ADA, {}, Sink.TEXT, True),
        (ADA, {}, Sink.ARGUMENTS, True),
        (ADA, {}, Sink.INVERSE, True),
        (ADA, {}, Sink.NONE, False),
        (ADA, {"caller": False}, Sink.TEXT, False),
        (INJECTED, {"caller": False}, Sink.TEXT, True),
        (ADA, {"caller": False, "application": False}, Sink.ARGUMENTS, False),
        (ADA, {"withheld": frozenset({"EMAIL_ADDRESS"})}, Sink.TEXT, False),
        (ADA, {"withheld": frozenset({"US_SSN"})}, Sink.TEXT, True),
        (INJECTED, {}, Sink.TEXT, True),
        (INJECTED, {"application": False}, Sink.TEXT, False),
        (ADA, {"application": False}, Sink.TEXT, True),
    ],
)
def test_the_flags_and_the_sink_decide(
    value: HeldValue, flags: dict[str, object], sink: Sink, *, expected: bool
) -> None:
    assert holding(value, **flags).may_restore(value, sink) is expected


def test_what_is_not_held_is_not_restored() -> None:
    held = holding(ADA)
    assert held.find("other") is None
    assert "other" not in held


def test_a_wider_map_learns_and_has_its_say() -> None:
    wide = holding(ADA)
    narrow = Held(within=wide)
    assert not narrow.hold("token", BOB)
    assert "token" not in narrow
    assert narrow.hold("second", BOB)
    assert (wide.find("token"), wide.find("second"), len(wide)) == (ADA, BOB, 2)


def test_a_held_value_does_not_show_in_logs() -> None:
    assert "ada" not in repr(ADA)
    assert "19 chars" in repr(ADA)
