"""A step function as a table: the same wherever a text is cut, and never without end."""

import pytest

from curtilage.shield.links import DESTINATION, REFERENCE
from curtilage.shield.machines import NOWHERE, Machine, Row, States
from curtilage.shield.tags import SCRIPT, STYLE, TAG


def step(state: int, character: str) -> int:
    """Counts `a`s in a row up to three; `(` holds it at three, until `)`."""
    if state == 3:
        return 0 if character == ")" else 3
    if character == "(":
        return 3
    return min(state + 1, 2) if character == "a" else 0


MACHINE = Machine(step, 0, ["a", "(", ")"], is_closed=lambda state: state == 3)
WAITING = Machine(step, 1, ["a", "(", ")"], is_closed=lambda state: state == 3, rest=0, wakes="(")


@pytest.mark.parametrize(
    ("text", "state"),
    [("", 0), ("xyz", 0), ("xa", 1), ("aaaa", 2), ("aab", 0), ("a(bc", 3), ("(b)", 0), ("(b)a", 1)],
)
def test_a_table_does_what_its_step_function_does(text: str, state: int) -> None:
    for pieces in ([text], [*text]):
        row = MACHINE.start
        for piece in pieces:
            row = MACHINE.run(row, piece)
        assert row.state == state
        assert row.closed == (state == 3)


def test_a_machine_at_rest_wakes_for_what_matters_only() -> None:
    assert WAITING.run(WAITING.start, "a").state == 2
    assert WAITING.run(WAITING.rest, "aa") is WAITING.rest
    assert WAITING.run(WAITING.rest, "aa(").closed


def test_a_state_that_nothing_leaves_reads_over_everything() -> None:
    lost: Machine[States] = Machine(lambda _, __: NOWHERE, NOWHERE, "ab", is_closed=bool)
    assert lost.run(lost.start, "a\nb\u2028c") is lost.start


@pytest.mark.parametrize(
    ("machine", "limit"),
    [(TAG, 300), (SCRIPT, 3000), (STYLE, 3000), (DESTINATION, 600), (REFERENCE, 50)],
)
def test_no_text_makes_a_table_grow_without_end(machine: Machine[object], limit: int) -> None:
    seen: dict[object, Row[object]] = {machine.start.state: machine.start}
    waiting = [machine.start]
    while waiting:
        row = waiting.pop()
        machine._fill(row)
        assert row.others is not None
        for target in (row.others, *row.moves.values()):
            if target.state not in seen:
                seen[target.state] = target
                waiting.append(target)
    assert len(seen) < limit
