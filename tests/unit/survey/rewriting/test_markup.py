"""HTML and XML that leave and come back: values in texts, attributes, scripts; tags as they were."""

from collections.abc import Mapping

import pytest

from curtilage.core.models import Finding
from curtilage.shield.held import HeldValue, Origin, Sink
from curtilage.shield.protect import Replacement
from curtilage.survey.rewriting.documents import (
    Runs,
    fill_runs,
    place_findings,
    restore_slots,
    seen_text,
)
from curtilage.survey.rewriting.markup import MarkedText, read_markup
from tests.unit.survey.rewriting.going import Journey, find_values, opened, there_and_back


def test_a_value_over_several_tags_leaves_in_the_first_and_comes_back_there() -> None:
    left, back = there_and_back("a.html", b"<p>Dear <b>ada</b>@x.ex<i>ample</i>, hello</p>")
    assert left.startswith(b"<p>Dear <b>QX1-")
    assert left.endswith(b"</b><i></i>, hello</p>")
    assert back == b"<p>Dear <b>ada@x.example</b><i></i>, hello</p>"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.html", b"<a href=\"mailto:ada@x.example\" title='b@y.example'>c@z.example</a>"),
        ("a.html", b"<a href=ada@x.example>x</a><!-- b@y.example -->"),
        ("a.html", b'<script>var a = "ada@x.example" && 1 < 2</script>\r\n<td>b@y.example<td>'),
        ("a.html", b"<p>broken & and &amp; &nbsp; <b x='&'> AT&T ada@x.example </p>"),
        (
            "a.xml",
            b'<?xml version="1.0"?>\n<a b="c@x.example"><d><![CDATA[e@x.example]]></d></a>\n',
        ),
        ("a.xml", "\ufeff<a>ada@x.example ü</a>".encode("utf-16")),
        ("a.html", "<p>ü ada@x.example</p>".encode("latin-1")),
    ],
)
def test_what_has_values_in_one_place_comes_back_byte_by_byte(name: str, raw: bytes) -> None:
    assert there_and_back(name, raw)[1] == raw


def test_an_entity_in_a_value_goes_with_it() -> None:
    left, back = there_and_back("a.html", b"<p>ada&#64;x.example &lt;</p>")
    assert b"&#64;" not in left
    assert left.endswith(b" &lt;</p>")
    assert back == b"<p>ada@x.example &lt;</p>"


@pytest.mark.parametrize(
    "given", ["</p><script>x</script>", "a' onload='x", 'a" b="', "a b=c", "&amp;"]
)
@pytest.mark.parametrize("form", ["<p>{}</p>", "<p a='{}'>", '<p a="{}">', "<p a={}>"])
def test_no_value_adds_to_the_markup(form: str, given: str) -> None:
    document = read_markup(form.format("ada@x.example").encode(), is_html=True)
    number = next(at for at, slot in enumerate(document.slots) if slot.text == "ada@x.example")
    again = read_markup(document.filled({number: (given,)}), is_html=True)
    assert "".join(slot.text for slot in again.slots) == given
    assert len(again.slots) == len(document.slots)


def test_a_sign_that_opened_nothing_opens_nothing_with_a_form_behind_it() -> None:
    left, back = there_and_back("a.html", b"<p>a <1980-02-01 &4111111111111111</p>")
    assert left.startswith(b"<p>a &lt;QX1-")
    assert b" &amp;QX1-" in left
    assert back == b"<p>a &lt;1980-02-01 &amp;4111111111111111</p>"


def test_letters_that_the_encoding_has_not_are_written_as_entities() -> None:
    document = read_markup("<p>ü ada</p>".encode("latin-1"), is_html=True)
    assert document.filled({0: ("ü 王",)}) == "<p>ü &#29579;</p>".encode("latin-1")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{}">',
        '<img src="https://evil.example/?q={}">',
        "<img src=//evil.example/{}>",
        "<p {}>",
        "<script>{}</script>",
        "<style>{}</style>",
        "<!-- {} -->",
        "<p>https://evil.example/?q={}</p>",
        "<p>https://evil.example/?q=<b>{}</b></p>",
    ],
)
def test_in_a_reply_no_value_enters_the_markup(markup: str) -> None:
    changed, reply = replied(markup, "ada@x.example")
    assert b"ada@" not in reply.filled(changed)


def test_in_a_reply_a_value_is_text_and_no_markup() -> None:
    changed, reply = replied("<p>It is {}.</p>", "<img/src=x>@x.example")
    assert reply.filled(changed) == b"<p>It is &lt;img/src=x&gt;@x.example.</p>"


def replied(markup: str, value: str) -> tuple[Mapping[int, Runs], MarkedText]:
    """What comes back into markup of somebody else around the token of a value."""
    journey, token = Journey(), "QX1-VALUE-23fdt1bfehav3u89-02mwv7ktykjr6ypy"
    journey.held.hold(token, HeldValue(value, "VALUE", Origin.CALLER))
    reply = opened("a.html", markup.format(token).encode())
    assert isinstance(reply, MarkedText)
    reply = reply.as_reply()
    return restore_slots(reply.slots, journey.held, sink=Sink.TEXT)[0], reply


@pytest.mark.parametrize(
    "raw",
    [
        b"<p>From: Ada <ada@x.example></p>",
        b"<input placeholder=x bob@x.example>",
        b"<p ada@x.example>a</p>",
        b"<img alt='x' 'ada@x.example'>",
        b'<a href="/?a=1&b=2">ada@x.example</a>',
        b'<a title="&">ada@x.example</a>',
        b"<p>O'Brien &quot; \"ada@x.example\" 'x'</p>",
        b"<pre>\nto: ada@x.example\nfrom: bob@y.example\n</pre>",
        b"<p>Call </&#50;020-01-01 now>",
    ],
)
def test_what_looks_like_a_tag_or_is_odd_is_seen_and_comes_back(raw: bytes) -> None:
    left, back = there_and_back("a.html", raw)
    assert b"QX1-" in left
    assert seen_text(opened("a.html", back)) == seen_text(opened("a.html", raw))
    assert back == raw or b"&lt;" in back  # what opened no tag is written so that it opens none


def test_lines_stay_lines_and_names_of_languages_stay() -> None:
    document = opened("a.html", b"<pre>\na\nb\n</pre>")
    assert seen_text(document).count("\n") >= 3
    raw = b'<r xmlns="http://ada@x.example/ns">bob@y.example</r>'
    document = opened("a.xml", raw)
    placed = place_findings(document, find_values(seen_text(document)))
    assert len(placed.inside) == len(placed.outside) == 1


def test_a_finding_that_is_outside_in_part_is_told() -> None:
    document = opened("a.xml", b"<r><Street>5, Berlin</Street></r>")
    text = seen_text(document)
    whole = Finding(text.index("Street"), text.index("lin") + 3, "VALUE", 1.0, "contact", "test")
    placed = place_findings(document, [whole])
    assert placed.inside
    assert placed.outside == [whole]


def test_many_values_in_one_slot_cost_no_more_each() -> None:
    raw = b"<script>" + b'{"a":"ada@x.example"},' * 20_000 + b"</script>"
    document = opened("a.html", raw)
    assert max(len(slot.runs) for slot in document.slots) == 1
    runs, changes = (
        tuple("ab " * 30_000),
        [Replacement(at, at + 2, "q") for at in range(0, 90_000, 3)],
    )
    assert "".join(fill_runs(runs, changes)) == "q " * 30_000


def test_lines_and_cells_are_seen_as_people_see_them() -> None:
    raw = b"<tr><td>a<td>b</tr><p>c<br>d</p>"
    assert seen_text(opened("a.html", raw)).split() == ["a", "b", "c", "d"]
    assert not find_values(seen_text(opened("a.html", raw)))
