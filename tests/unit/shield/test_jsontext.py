"""Following JSON: what it is sure of, what it doubts, wherever it is cut."""

import gc
import itertools
import json
import weakref

import pytest

from curtilage.shield.jsontext import DEPTH_LIMIT, NESTING_LIMIT, JsonText, Kind, Place


def reads(text: str, cuts: range | list[int] | None = None) -> JsonText:
    reader = JsonText()
    edges = [0, *(cuts or []), len(text)]
    for start, end in itertools.pairwise(edges):
        reader.feed(text[start:end])
    return reader


def nested(depth: int) -> str:
    """A document in a string of a document, `depth` deep, cut inside the innermost string."""
    text = '{"a":"'
    for _ in range(depth - 1):
        text = '{"a":"' + json.dumps(text)[1:-1]
    return text


VALID = [
    "{}",
    "[]",
    " { } ",
    '{"a":1}',
    '{"a":"b","c":["d",true,false,null,-1.5e+3,0,[],{}]}',
    '[1,2 , "x"]\n',
    '{"a" : 1}',
    '{"a":1 , "b":[ ]}',
    '{"a":{"b":[{"c":"d"}]}}',
    '{"\\u0041\\n\\"\\\\\\/\\b\\f\\r\\t":"\\ud83d"}',
    '["\U0001f600"]',
]
BROKEN = [
    "{,}",
    "{1}",
    '{"a"}',
    '{"a",}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1]',
    '["a",}',
    '["a",]',
    '["a",,]',
    '["a" 2]',
    '["a" "b"]',
    '["a",01]',
    '["a",tru]',
    '["a",+1]',
    '["a",nan]',
    '["\\x"]',
    '["\\u00g0"]',
    '["a\nb"]',
    "{} {}",
    "['a']",
    '{"a":' + "[" * NESTING_LIMIT,
    '["a",' + "1" * 600 + "]",
]


@pytest.mark.parametrize("text", VALID)
def test_valid_json_is_followed_to_its_end(text: str) -> None:
    for cuts in ([], range(len(text))):
        reader = reads(text, list(cuts))
        assert reader.kind is Kind.JSON
        assert not reader.in_string
    json.loads(text)


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_json_is_said_to_be_broken(text: str) -> None:
    for cuts in ([], range(len(text))):
        reader = reads(text, list(cuts))
        assert reader.kind is Kind.BROKEN
        assert not reader.in_string


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Kind.BLANK),
        (" \n", Kind.BLANK),
        ('"text"', Kind.PLAIN),
        ("12", Kind.PLAIN),
        (" a", Kind.PLAIN),
        ("[note] hello", Kind.PLAIN),
        ("[x](y)", Kind.PLAIN),
        ("[1] See", Kind.PLAIN),
        ("[ ] todo", Kind.PLAIN),
        ("[" * (NESTING_LIMIT + 1), Kind.PLAIN),
        ("[" + "1" * 600, Kind.PLAIN),
    ],
)
def test_only_objects_and_arrays_count(text: str, kind: Kind) -> None:
    for cuts in ([], range(len(text))):
        assert reads(text, list(cuts)).kind is kind


@pytest.mark.parametrize("depth", range(1, DEPTH_LIMIT))
def test_documents_inside_documents_are_counted(depth: int) -> None:
    text = nested(depth)
    for cuts in ([], range(len(text))):
        assert reads(text, list(cuts)).place() == Place(depth, closed=False)


def test_too_many_documents_inside_each_other_are_in_doubt() -> None:
    assert reads(nested(DEPTH_LIMIT)).place().depth is None
    assert reads(nested(DEPTH_LIMIT + 2)).place().depth is None


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ('{"a":"', 1),
        ('{"', 1),
        ('{"a":"b","c":"d ', 1),
        ('["\\u0020 ', 1),
        ('["\\n{', None),
        ('["[note] ', 1),
        ("[\"['", None),
        ('["{}', None),
        ('["{\\"a\\":1} {\\"b\\":\\"', None),
        ('["{\\"a', 2),
        ('["{\\"a\\": \\"b\\\\\\"', 2),
        ('["{\\"a\\": \\"b\\\\', None),
        ('["{\\"a\\": \\"b\\\\\\', None),
        ('["a\\', None),
        ('["a\\u00', None),
        ('["# title\\n{\\"a\\":\\"', 1),
    ],
)
def test_doubt_is_said(text: str, depth: int | None) -> None:
    for cuts in ([], range(len(text))):
        assert reads(text, list(cuts)).place().depth == depth


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ('{"url":"https://x.example/', True),
        ('{"url":"https://x.example/","m":"', False),
        ('{"url":"https:\\/\\/x.example\\/', True),
        ('{"url":"https:\\u002f\\u002fx.example', True),
        ('{"html":"<img src=\\"', True),
        ('{"a":"{\\"url\\":\\"https://x.example/', True),
        ('{"a":"{\\"url\\":\\"https://x.example/\\",\\"m\\":\\"', False),
        ('{"a":"{} https://x.example/', True),
    ],
)
def test_each_string_is_a_text_of_its_own(text: str, *, closed: bool) -> None:
    for cuts in ([], range(len(text))):
        assert reads(text, list(cuts)).place().closed is closed


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ('{"a":"https://x.example/', False),
        ('{"a":"{\\"url\\":\\"b ', False),
        ('{"a":"{\\"url\\":\\"https://x.example/\\",\\"m\\":\\"', True),
        ('{"a":"![]({\\"b\\":\\"', False),
        ('{"a":"[\\"![](x\\",\\"', True),
        ('{"a":"[\\"![](x\\",\\"[\\\\\\"', True),
    ],
)
def test_what_is_open_around_a_string_is_told_apart(text: str, *, around: bool) -> None:
    for cuts in ([], range(len(text))):
        assert reads(text, list(cuts)).place().around is around


@pytest.mark.parametrize("text", ["", '{"a":"b', '{"a":"{\\"b\\":\\"c', "[1, 2", "{}"])
def test_a_reader_that_nobody_has_is_gone_without_the_collector(text: str) -> None:
    reader = JsonText()
    reader.feed(text)
    gone = weakref.ref(reader)
    gc.disable()
    try:
        del reader
        assert gone() is None
    finally:
        gc.enable()
