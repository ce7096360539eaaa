"""PDF: pages and what is beside them; broken, sealed and endless ones."""

import io
from collections.abc import Sequence

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from curtilage.survey.models import Note
from curtilage.survey.readers import pdf
from curtilage.survey.sources import Limits
from tests.unit.survey.readers.unpacking import items, notes, problems, texts


def a_writer(*pages: str) -> PdfWriter:
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(600, 800)
        font = DictionaryObject({
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        })  # fmt: skip
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
    return writer


def written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_pages_are_read_one_by_one_and_what_is_beside_them_too() -> None:
    writer = a_writer("first of Ada", "second")
    writer.add_metadata({"/Author": "Bob Bold"})
    writer.add_attachment("in.txt", b"inside the file")
    remark = FreeText(text="a remark", rect=(1, 1, 9, 9))
    remark[NameObject("/T")] = TextStringObject("Eve")
    writer.add_annotation(1, remark)
    found = texts(items("a.pdf", written(writer)))
    assert "Author: Bob Bold" in found["properties",]
    assert found["page 1",] == "first of Ada"
    assert found["page 2",] == "second"
    assert found["page 2", "remarks"] == "Eve\na remark"
    assert found["attached in.txt",] == "inside the file"


def test_fields_of_a_form_are_read() -> None:
    writer = a_writer("form")
    field = writer._add_object(DictionaryObject({
        NameObject("/FT"): NameObject("/Tx"),
        NameObject("/T"): TextStringObject("name"),
        NameObject("/V"): TextStringObject("Ada"),
    }))  # fmt: skip
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([field])}
    )
    assert texts(items("a.pdf", written(writer)))["form",] == "name: Ada"


def test_scripts_are_told_of_and_not_run() -> None:
    writer = a_writer("x")
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("ran()")}
    )
    assert any("not run" in note.what for note in notes(items("a.pdf", written(writer))))


def test_pages_without_text_are_told_of() -> None:
    given = items("a.pdf", written(a_writer("", "x", "")))
    assert [item.what[:25] for item in given if isinstance(item, Note)] == [
        "2 of its pages hold no te"
    ]


def test_what_needs_a_password_is_said_and_what_needs_none_is_read() -> None:
    sealed, opened = a_writer("secret"), a_writer("for all")
    sealed.encrypt("pass", algorithm="AES-256")
    opened.encrypt("", "owner", algorithm="AES-256")
    (problem,) = problems(items("a.pdf", written(sealed)))
    assert problem.why == "It is encrypted."
    assert texts(items("a.pdf", written(opened)))["page 1",] == "for all"


@pytest.mark.parametrize("raw", [b"%PDF-1.7\nnothing", b"%PDF-1.4\n" + b"\0" * 5000])
def test_what_is_broken_is_said(raw: bytes) -> None:
    (problem,) = problems(items("a.pdf", raw))
    assert problem.why.startswith("It is broken or cut off")


def test_a_program_that_names_the_mark_of_a_pdf_is_a_program() -> None:
    raw = b'MARK = b"%PDF-1"  # ask ada@orchard.example\n'
    assert "ada@orchard.example" in "".join(texts(items("a.py", raw)).values())


@pytest.mark.parametrize("lead", [b"\xef\xbb\xbf", b"\r\n", b"junk\n", b"\x00\x01\x02"])
def test_what_stands_before_a_pdf_does_not_hide_it(lead: bytes) -> None:
    assert texts(items("a.dat", lead + written(a_writer("read"))))["page 1",] == "read"


def test_a_page_that_holds_too_much_is_told_and_the_next_is_read() -> None:
    stream = DecodedStreamObject()
    stream.set_data(b" " * (pdf.MOST_CONTENT + 1))
    writer = a_writer("", "read")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    given = items("a.pdf", written(writer))
    told: Sequence[tuple[str, ...]] = [problem.within for problem in problems(given)]
    assert told == [("page 1",)]
    assert texts(given)["page 2",] == "read"


def test_out_of_time_says_how_many_pages_were_read() -> None:
    given = items("a.pdf", written(a_writer("a", "b")), Limits(seconds=-1.0))
    assert any("0 of 2 pages were read" in problem.why for problem in problems(given))
