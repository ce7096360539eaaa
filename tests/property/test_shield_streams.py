"""Streams: wherever they are cut, the same comes out, and never a wrong value."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from curtilage.shield.held import Sink
from curtilage.shield.restore import Form, StreamRestorer, restore_text
from tests.unit.shield.worlds import ADA, BOSS, World

WORLD = World()
VALUES = [ADA, BOSS, "Zo\u00eb\n\\Q", "4111 1111 1111 1111"]
TOKENS = [WORLD.token(value) for value in VALUES]
BY_TOKEN = dict(zip(TOKENS, VALUES, strict=True))
FOREIGN = World(b"another scope").token(ADA)
ORDINARY = [
    "Dear ",
    "Q",
    "qx1-",
    "QX1-EMAIL-7h3k",
    "a question ",
    "\ud83d",
    "\ude00",
    "\U0001f600",
    "\n",
    "\n\n",
    "https://x.example/",
    " ",
    "](",
    ")",
    "<a href=",
    '"',
    "='",
    "<script>",
    "</script>",
    "//x.",
    "\r",
    "[a\\",
    "]:",
    "](<",
    ">",
    "[x]: ",
    '{"a":"',
    '"}',
    '\\"',
    "\\",
    "[",
    "{",
    '",',
    "1",
    FOREIGN,
]
DAMAGED = [
    TOKENS[0].lower(),
    TOKENS[1].replace("-", "\\_"),
    TOKENS[2].replace("-", " "),
    TOKENS[0][:20] + "\n" + TOKENS[0][20:],
    TOKENS[3][:15],
]
PIECES = st.sampled_from([*TOKENS, *DAMAGED, *ORDINARY]) | st.text(max_size=3)
REPLIES = st.lists(PIECES, max_size=14).map("".join)
SHORT_REPLIES = st.lists(PIECES, max_size=5).map("".join)
FORMS = st.sampled_from(list(Form))
SINKS = st.sampled_from(list(Sink))


def run(pieces: list[str], form: Form, sink: Sink = Sink.TEXT) -> str:
    restorer = StreamRestorer(WORLD.held, sink=sink, form=form)
    back = []
    for piece in pieces:
        back.append(restorer.feed(piece))
    return "".join(back) + restorer.close()


@given(REPLIES, FORMS, SINKS, st.data())
def test_any_chunking_gives_the_same_stream(
    text: str, form: Form, sink: Sink, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=10)))
    edges = [0, *cuts, len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(edges)]
    assert run(pieces, form, sink) == restore_text(text, WORLD.held, sink=sink, form=form).text


@given(SHORT_REPLIES, FORMS)
def test_a_cut_at_every_position_gives_the_same_stream(text: str, form: Form) -> None:
    whole = run([text], form)
    assert run([*text], form) == whole
    for cut in range(1, len(text)):
        assert run([text[:cut], text[cut:]], form) == whole


@given(REPLIES)
def test_passing_quiet_frames_on_untouched_changes_nothing(text: str) -> None:
    """What a gateway does: a frame without the trigger goes on as it is while idle."""
    restorer = StreamRestorer(WORLD.held, sink=Sink.TEXT, form=Form.TEXT)
    back = ""
    for piece in text.split(" "):
        frame = piece + " "
        if not restorer._pending and "q" not in frame.lower():
            restorer.saw(frame)
            back += frame
        else:
            back += restorer.feed(frame)
    assert back + restorer.close() == run([text + " "], Form.TEXT)


@given(st.lists(st.sampled_from([*TOKENS, "Dear ", "Q", " ", "\U0001f600"]), max_size=12))
def test_nothing_but_tokens_changes(parts: list[str]) -> None:
    expected = "".join(BY_TOKEN.get(part, part) for part in parts)
    assert run(parts, Form.TEXT) == expected


LEAVES = st.lists(
    st.sampled_from([*TOKENS, "a", '"', "\\", "\n", " ", "\u00e9", "1"]), max_size=4
).map("".join)
DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LEAVES, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, list | dict))


def with_values(document: object) -> object:
    """The document with values in place of tokens: what restoring has to give."""
    if isinstance(document, str):
        for token, value in BY_TOKEN.items():
            document = document.replace(token, value)
        return document
    if isinstance(document, list):
        return [with_values(item) for item in document]
    if isinstance(document, dict):
        return {with_values(key): with_values(item) for key, item in document.items()}
    return document


@given(DOCUMENTS, st.booleans(), FORMS)
def test_json_keeps_its_structure_with_the_values_in_place(
    document: object, ascii_only: bool, form: Form
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    assert json.loads(run([*text], form)) == with_values(document)


@given(DOCUMENTS, st.booleans(), FORMS)
def test_json_inside_json_keeps_its_structure_too(
    document: object, ascii_only: bool, form: Form
) -> None:
    text = json.dumps({"b": json.dumps(document, ensure_ascii=ascii_only), "n": [1]})
    outer = json.loads(run([*text], form))
    assert json.loads(outer["b"]) == with_values(document)


@given(REPLIES, st.sampled_from(["https://evil.example/?q=", "![](//evil.example/", "<img src="]))
def test_nothing_enters_an_address_or_a_tag(text: str, place: str) -> None:
    """A reply's tail, up to where the place must have ended, holds no value."""
    tail = "".join(text.split()).translate({ord(c): None for c in "<>)('\"="})
    back = run([*(f"hello {place}{tail}")], Form.TEXT)
    assert back == f"hello {place}{tail}"


@given(REPLIES, FORMS)
def test_a_close_that_comes_early_loses_nothing(text: str, form: Form) -> None:
    """A stream that is cut off gives what came, with or without values, in order."""
    restorer = StreamRestorer(WORLD.held, sink=Sink.TEXT, form=form)
    back = restorer.feed(text) + restorer.close()
    assert not restorer._pending
    assert back == restore_text(text, WORLD.held, form=form).text
    assert restorer.close() == ""
