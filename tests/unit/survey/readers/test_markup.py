"""HTML and XML are read as a reader reads them, attributes and comments too."""

import pytest

from tests.unit.survey.readers.reading import original, shown

PAGE = (
    '<!DOCTYPE html><p class="x">536-90-<b title="bold">4399</b> &amp; ada&#64;orchard.example</p>\n'
    '<table><tr><th>Name</th><th id="c">SSN</th></tr><tr><td>Ada</td><td class="wide">12</td></tr></table>'
    '<!-- hidden word --><a href="mailto:bob&commat;x.example">write</a><script>if (a<b) {c}</script><br>end'
)


def test_a_word_is_whole_over_tags_inside_a_line() -> None:
    text = shown("a.html", PAGE)
    assert "536-90-4399 & ada@orchard.example" in text
    assert original("a.html", PAGE, "90-4399") == '90-<b title="bold">4399'
    assert original("a.html", PAGE, "ada@orchard") == "ada&#64;orchard"


def test_cells_stand_between_tabs() -> None:
    lines = shown("a.html", PAGE).split("\n")
    assert "\tName\tSSN" in lines and "\tAda\t12" in lines


def test_attributes_comments_and_scripts_are_text() -> None:
    text = shown("a.html", PAGE)
    for word in (
        'href="mailto:bob@x.example"',
        'title="bold"',
        "hidden word",
        "if (a<b) {c}",
        "end",
    ):
        assert word in text
    assert original("a.html", PAGE, "bob@x.example") == "bob&commat;x.example"


def test_elements_of_xml_name_their_content() -> None:
    content = '<?xml version="1.0"?><p id="7"><ssn kind="us">536</ssn><m><![CDATA[a<b@x]]></m></p>'
    text = shown("a.xml", content)
    assert 'ssn: kind="us" 536\n' in text and "a<b@x" in text and 'p: id="7" ' in text


def test_entities_of_a_documents_own_stay_as_they_are() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "xxxx">]><a>&b;</a>'
    assert "&b;" in shown("a.xml", bomb)


@pytest.mark.parametrize(
    "content",
    ["<", "<a", "<a b='", "&", "&#", "&#x110000;", "<!--", "<a " + 'b="' * 30_000, "<" * 50_000, "&" * 50_000,
     "<a>" * 30_000, "<script>" + "<b>" * 20_000, "<a b=" + " " * 60_000],
)  # fmt: skip
def test_what_is_broken_is_read_and_takes_no_long_time(content: str) -> None:
    assert "word" in shown("a.html", content + " word")
    assert "word" in shown("a.xml", content + " word")
