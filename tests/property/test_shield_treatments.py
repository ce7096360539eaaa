"""Tokens, surrogates and encrypted values: one law of the inverse covers all three."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.models import Finding, Treatment
from curtilage.shield.held import Held, Sink
from curtilage.shield.protect import Clash
from curtilage.shield.restore import Form, StreamRestorer, restore_text
from tests.builders import a_finding
from tests.unit.shield.worlds import ADA, World, a_mint

KINDS = {
    "EMAIL_ADDRESS": (ADA, "bob@orchard.example"),
    "IP_ADDRESS": ("10.20.30.40", "10.20.30.41", "fd00::1:2"),
    "PHONE_NUMBER": ("+1 650 253 0000", "+44 20 7946 0958", "+49 30 901820"),
    "PERSON": ("Zo\u00eb\n\\Q",),
}
VALUES = {value: kind for kind, values in KINDS.items() for value in values}
WAYS = (Treatment.TOKEN, Treatment.SURROGATE, Treatment.ENCRYPT)
STAND_INS = [
    form
    for value, kind in VALUES.items()
    for form in (
        a_mint().surrogate(kind, value),
        a_mint().encrypt(kind, value),
        a_mint().mint(kind, value),
        a_mint(b"another").encrypt(kind, value),
    )
    if form is not None
]
GLUE = [
    " ", ".", ":", "-", "+", "@", "%", "x", "7", "\\n", "\\", '"', "/", "\n", "Q", "QX1-", "qx2 ",
    "QX2-EMAIL-00104", "QX1-EMAIL-aaaaaaaaaaaaaaaa-", "192.0.2.", "2001:db8:", "+1-212-555-01",
    "qx3", "@mail.example", "](", "<a href=", '{"a":"', "\u200b", "q\u00ad", "1", "2",
]  # fmt: skip
PIECES = st.sampled_from([*VALUES, *STAND_INS, *GLUE]) | st.text(max_size=2)
TEXTS = st.lists(PIECES, max_size=10).map("".join)
TREATMENTS = st.fixed_dictionaries({kind: st.sampled_from(WAYS) for kind in KINDS})
CLASHES = st.sampled_from(["pass", "escape"])
_FOUND = re.compile("|".join(re.escape(value) for value in VALUES))


def found_in(text: str) -> list[Finding]:
    """The values, and addresses in reserved spaces as a detector would find them."""
    found = [
        a_finding(start=hit.start(), end=hit.end(), type=VALUES[hit.group()])
        for hit in _FOUND.finditer(text)
    ]
    reserved = re.finditer(r"192\.0\.2\.\d+|qx3\w+@mail\.example", text)
    kinds = ("IP_ADDRESS", "EMAIL_ADDRESS")
    return found + [
        a_finding(start=hit.start(), end=hit.end(), type=kinds["@" in hit.group()])
        for hit in reserved
    ]


def protect(world: World, text: str, ways: dict[str, Treatment], clash: Clash = "escape") -> str:
    return world.protect(text, found_in(text), ways, clash=clash)


def inverse(text: str, held: Held) -> str:
    return restore_text(text, held, sink=Sink.INVERSE).text


@given(TEXTS, TREATMENTS)
def test_restoring_is_the_inverse_of_protecting(text: str, ways: dict[str, Treatment]) -> None:
    world = World()
    assert inverse(protect(world, text, ways), world.held) == text


@given(TEXTS, TREATMENTS, st.data())
def test_it_is_so_for_any_findings_however_they_overlap(
    text: str, ways: dict[str, Treatment], data: st.DataObject
) -> None:
    ends = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(ends, ends).filter(lambda p: p[0] < p[1]), max_size=6))
    kinds = st.sampled_from(sorted(KINDS))
    findings = [a_finding(start=start, end=end, type=data.draw(kinds)) for start, end in spans]
    world = World()
    left = world.protect(text, findings, ways, clash="escape")
    assert inverse(left, world.held) == text


@given(st.lists(TEXTS, min_size=2, max_size=4), TREATMENTS)
def test_it_is_so_for_the_last_of_several_texts(
    texts: list[str], ways: dict[str, Treatment]
) -> None:
    """Each with values of its own, within one wider map: no later text changes an earlier."""
    wide = Held()
    left = []
    for text in texts:
        world = World()
        world.held = Held(within=wide)
        form = protect(world, text, ways)
        left.append((text, form, world.held))
    for text, form, held in left:
        assert inverse(form, held) == text


@given(st.lists(TEXTS, max_size=4), TEXTS, TREATMENTS, CLASHES)
def test_earlier_texts_leave_as_the_same_bytes_whatever_follows(
    texts: list[str], more: str, ways: dict[str, Treatment], clash: Clash
) -> None:
    first, second = World(), World()
    before = [protect(first, text, ways, clash) for text in texts]
    after = [protect(second, text, ways, clash) for text in [*texts, more]]
    assert after[: len(texts)] == before


@given(TEXTS, TREATMENTS, CLASHES, st.sampled_from(list(Form)), st.data())
def test_any_chunking_gives_the_same_stream(
    text: str, ways: dict[str, Treatment], clash: Clash, form: Form, data: st.DataObject
) -> None:
    world = World()
    world.protect(" ".join(VALUES), found_in(" ".join(VALUES)), ways)
    reply = protect(world, text, ways, clash)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(reply)), max_size=10)))
    sink = data.draw(st.sampled_from(list(Sink)))
    restorer = StreamRestorer(world.held, sink=sink, form=form)
    pieces = [reply[at:end] for at, end in itertools.pairwise([0, *cuts, len(reply)])]
    back = "".join(restorer.feed(piece) for piece in pieces) + restorer.close()
    assert back == restore_text(reply, world.held, sink=sink, form=form).text


@given(TEXTS, TREATMENTS)
def test_a_cut_at_every_position_gives_the_same_stream(
    text: str, ways: dict[str, Treatment]
) -> None:
    world = World()
    reply = protect(world, text, ways)
    restorer = StreamRestorer(world.held, sink=Sink.INVERSE, form=Form.TEXT)
    assert "".join(restorer.feed(piece) for piece in reply) + restorer.close() == text


@given(TEXTS, TREATMENTS)
def test_nothing_comes_back_in_another_scope(text: str, ways: dict[str, Treatment]) -> None:
    left = protect(World(), text, ways)
    stranger = World(b"a third scope")
    stranger.protect(left, [], ways)
    back = restore_text(left, stranger.held)
    assert back.text == left or not any(value in back.text.replace(left, "") for value in VALUES)
    assert set(back.restored) <= {"LITERAL"}


@given(st.lists(st.sampled_from([*VALUES, " and ", ", ", "Dear ", "\n"]), max_size=8), TREATMENTS)
def test_what_left_leaves_the_same_when_it_is_resent(
    parts: list[str], ways: dict[str, Treatment]
) -> None:
    """By one to whom nothing comes back: for everybody else it came back."""
    world = World()
    world.held = Held(caller=False)
    left = protect(world, " ".join(parts), ways, "pass")
    assert protect(world, left, ways, "pass") == left
