"""What stands in the parts of documents, in slots and what is between them."""

import pytest

from curtilage.survey.stories import label_part, read_story, read_strings


def shown(raw: bytes, *, inline: bool = False) -> list[str]:
    """Fixed texts as they are, slots in brackets."""
    return [
        piece if isinstance(piece, str) else f"[{'|'.join(run.text for run in piece)}]"
        for piece in read_story(raw, inline=inline)
    ]


def test_a_break_parts_the_slots_of_a_paragraph() -> None:
    raw = b"<d><p><r><t>a</t><t>b</t><br/><t>c</t></r><tabs><tab val='left'/></tabs></p></d>"
    assert shown(raw) == ["\n", "[a|b]", "\n", "[c]"]


def test_a_paragraph_in_a_paragraph_comes_before_it() -> None:
    assert shown(b"<p><t>a</t><box><p><t>b</t></p></box><t>c</t></p>") == ["\n", "[b]", "\n", "[a|c]"]  # fmt: skip


def test_what_a_program_counts_is_nobodys_words() -> None:
    raw = b"<a><Pages>4111</Pages><created>2026-01-01</created><Company>Orchard</Company></a>"
    assert shown(raw) == ["\nCompany: ", "[Orchard]"]


def test_layout_in_a_paragraph_is_no_text_but_in_open_documents_all_of_it_is() -> None:
    raw = b"<p>x<posOffset>4111</posOffset><span>y</span></p>"
    assert shown(raw) == ["\n", "[x]"]
    assert shown(raw, inline=True) == ["\n", "[x|4111|y]"]


def test_shared_strings_keep_their_numbers() -> None:
    raw = b"<sst><si><t>a</t></si><si/><si><r><t>b</t></r><r><t>c</t></r><rPh><t>d</t></rPh></si></sst>"
    texts = [
        ["".join(run.text for run in piece) for piece in pieces if not isinstance(piece, str)]
        for pieces in read_strings(raw)
    ]
    assert texts == [["a"], [], ["d", "bc"]]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("word/document.xml", "text"),
        ("word/header2.xml", "header 2"),
        ("ppt/notesSlides/notesSlide3.xml", "notes of slide 3"),
        ("docProps/core.xml", "properties"),
        ("word/_rels/document.xml.rels", "links"),
        ("customXml/a-b.xml", "part customXml/a-b.xml"),
    ],
)
def test_parts_have_the_names_that_people_give_them(name: str, label: str) -> None:
    assert label_part(name) == label
