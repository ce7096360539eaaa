"""What leaves and comes back is the same: texts, cells, types; most of it byte by byte."""

import csv
import io
import json
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import example, given
from hypothesis import strategies as st

from curtilage.survey.rewriting.documents import join_slots, seen_text
from tests.unit.survey.packages import a_docx, a_paragraph, a_table, an_xlsx
from tests.unit.survey.rewriting.going import Journey, find_values, opened

WORDS = st.sampled_from(
    [
        "ada@x.example",
        "bob@y.example",
        "4111111111111111",
        "1980-02-01",
        "Grüße",
        "a",
        " ",
        ",",
        ";",
    ]
)
SOME = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=5).map("".join)
XML_TEXT = st.lists(
    st.one_of(WORDS, st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=6)),
    max_size=5,
).map("".join)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18), st.just(4111111111111111), st.floats(allow_nan=False, allow_infinity=False)
)  # fmt: skip
DOCUMENTS = st.recursive(
    st.one_of(SOME, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(SOME, inner, max_size=4)),
    max_leaves=12,
)


def travel(name: str, raw: bytes) -> tuple[bytes, bytes, bool]:
    """What leaves, what comes back, and whether the command would have given it out."""
    document = opened(name, raw)
    journey = Journey()
    left = journey.protect(document)
    again = opened(name, left)
    if join_slots(again.slots) != journey.text:
        return left, raw, False
    assert ("QX1" in seen_text(again)) == bool(find_values(seen_text(document)))
    return left, journey.restore(again)[0], True


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_json_comes_back_byte_by_byte(value: Any, ascii: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii, indent=indent)
    raw = text.encode("utf-8", "surrogatepass") if ascii else text.encode("utf-8", "replace")
    left, back, is_given = travel("a.json", raw)
    assert is_given
    assert json.loads(back) == json.loads(raw)
    if raw.isascii() or not left.isascii():  # else nothing in the copy says how it wrote letters
        assert back == raw
    assert shape(json.loads(left)) == shape(json.loads(raw))


def shape(value: Any) -> Any:
    """A document without its texts and numbers; a number may leave as a text."""
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, dict):
        return [shape(each) for each in value.values()]
    return value if value is None or isinstance(value, bool) else "text"


@given(
    st.lists(st.lists(SOME, min_size=2, max_size=4), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example([["\x000", ""]], ",", "\n", 0, "utf-16")  # which begins as UTF-32 does
def test_csv_comes_back_byte_by_byte(
    rows: list[list[str]], delimiter: str, end: str, quoting: Any, encoding: str
) -> None:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    raw = made.getvalue().encode(encoding, "replace")
    _, back, is_given = travel("a.csv", raw)
    assert back == raw or not is_given


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["", "<b>", "</b>", "<p>", '<i a="', '">', "<!--", "-->", "<td>", "<br/>"]
            ),
            SOME,
        ),
        max_size=8,
    ),
    st.sampled_from(["a.html", "a.xml"]),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_markup_has_the_same_texts_when_it_comes_back(
    pieces: list[tuple[str, str]], name: str, encoding: str
) -> None:
    raw = "".join(tag + text for tag, text in pieces).encode(encoding, "replace")
    _, back, is_given = travel(name, raw)
    if is_given:
        assert join_slots(opened(name, back).slots) == join_slots(opened(name, raw).slots)


@given(st.lists(st.lists(XML_TEXT, min_size=1, max_size=4), min_size=1, max_size=4))
def test_paragraphs_of_a_docx_come_back_whatever_their_runs(paragraphs: list[list[str]]) -> None:
    bodies = [a_paragraph(*map(escape, runs)) for runs in paragraphs]
    raw = a_docx(*bodies, a_table([escape("".join(runs)) for runs in paragraphs]))
    _, back, is_given = travel("a.docx", raw)
    assert is_given
    assert join_slots(opened("a", back).slots) == join_slots(opened("a", raw).slots)


@given(st.lists(st.one_of(XML_TEXT, NUMBERS), min_size=1, max_size=8))
def test_cells_of_an_xlsx_come_back_with_their_types(cells: list[str | float]) -> None:
    strings = [escape(cell) for cell in cells if isinstance(cell, str)]
    row, at = "", 0
    for number, cell in enumerate(cells):
        if isinstance(cell, str):
            row += f'<c t="s"><v>{at}</v></c>'
            at += 1
        else:
            row += f'<c s="{number % 3}"><v>{cell!r}</v></c>'
    raw = an_xlsx(f"<row>{row}</row>", strings)
    _, back, is_given = travel("a.xlsx", raw)
    assert is_given
    before, after = opened("a", raw), opened("a", back)
    assert [slot.text for slot in after.slots] == [slot.text for slot in before.slots]
    assert [slot.is_bare for slot in after.slots] == [slot.is_bare for slot in before.slots]
