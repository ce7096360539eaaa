"""XML as events: their bytes, and what is refused."""

import pytest

from curtilage.survey.errors import Unreadable
from curtilage.survey.xmlevents import (
    Begin,
    Chars,
    End,
    as_utf8,
    attribute_span,
    tag_end,
    walk_xml,
)

RAW = "<a:b xmlns:a='u' a:c=\"1 &lt; 2>\">é<!-- x -->&amp;<![CDATA[<d>]]><e/>f</a:b>".encode()


def test_texts_know_the_bytes_that_they_stand_in() -> None:
    chars = [event for event in walk_xml(RAW) if isinstance(event, Chars)]
    assert [event.text for event in chars] == ["é&<d>", "f"]
    assert RAW[chars[0].start : chars[0].end] == "é<!-- x -->&amp;<![CDATA[<d>]]>".encode()
    assert RAW[chars[1].start : chars[1].end] == b"f"


def test_a_section_at_the_beginning_belongs_to_its_text() -> None:
    (event,) = [event for event in walk_xml(b"<a><![CDATA[b]]></a>") if isinstance(event, Chars)]
    assert (event.start, event.end) == (3, 16)


def test_names_are_local_and_attributes_are_found_again() -> None:
    begin = next(walk_xml(RAW))
    assert isinstance(begin, Begin)
    assert (begin.name, dict(begin.attributes), begin.start) == ("b", {"c": "1 < 2>"}, 0)
    assert RAW[tag_end(RAW, 0) - 2 : tag_end(RAW, 0)] == b'">'
    span = attribute_span(RAW, 0, "c")
    assert span is not None and RAW[slice(*span)] == b"1 &lt; 2>"
    assert attribute_span(RAW, 0, "d") is None


def test_elements_end_in_their_order_and_long_documents_come_in_pieces() -> None:
    raw = b"<a>" + b"<b>x</b>" * 20_000 + b"</a>"
    events = list(walk_xml(raw))
    assert len(events) == 60_002
    assert all(raw[event.start : event.end] == b"x" for event in events if isinstance(event, Chars))
    assert events[-1] == End("a")


def test_utf_16_becomes_utf_8() -> None:
    raw = '<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16")
    assert as_utf8(raw) == "<a>é</a>".encode()
    assert as_utf8(b"<a/>") == b"<a/>"
    with pytest.raises(Unreadable):
        as_utf8(b"\xff\xfe<")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "http://x.example/a.dtd"><a/>', "document type"),
        (b"<a>" * 257, "nested deeper"),
        (b"<a>&b;</a>", "broken"),
        (b"", "broken"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "not in UTF-8"),
    ],
)
def test_what_may_unfold_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        list(walk_xml(raw))
