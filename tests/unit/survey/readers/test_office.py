"""Office documents: what is seen in them, what is not seen at once, and what is wrong with them."""

import pytest

from curtilage.survey.models import Part, Table
from curtilage.survey.readers.office import parts
from curtilage.survey.sources import Limits
from tests.unit.survey.packages import W, a_docx, a_paragraph, a_table, an_xlsx
from tests.unit.survey.readers.unpacking import a_zip, items, notes, problems, texts

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><v>4.111111111111111E15</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>'
    '<c r="B4" s="1"><v>29252.25</v></c></row>'
    '<row r="5"><c r="A5" t="str"><f>"x"&amp;A3</f><v>xada</v></c><c r="B5" t="b"><v>1</v></c></row>'
)


def test_paragraphs_are_whole_whatever_runs_they_are_made_of() -> None:
    given = items("a.docx", a_docx(a_paragraph("Dear ", "A", "da"), a_paragraph("you")))
    assert texts(given)["text", "paragraph 1"] == "\nDear Ada\nyou"
    part = next(item for item in given if isinstance(item, Part))
    assert part.place.spot(part.text.index("you"), 13).within == ("text", "paragraph 2")


def test_cells_of_a_table_stand_beside_each_other() -> None:
    given = items("a.docx", a_docx(a_table(["name", "mail"], ["Ada", ""]), a_paragraph("behind")))
    assert texts(given)["text", "paragraph 1"] == "\nname\tmail\nAda\t\nbehind"


def test_what_is_not_seen_at_once_is_read_too() -> None:
    deleted = '<w:p><w:del w:author="Bob"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>'
    field = '<w:p><w:r><w:instrText>HYPERLINK "mailto:x"</w:instrText></w:r></w:p>'
    more = {
        "header1.xml": f'<w:hdr xmlns:w="{W}">{a_paragraph("head")}</w:hdr>',
        "footnotes.xml": f'<w:footnotes xmlns:w="{W}">{a_paragraph("foot")}</w:footnotes>',
        "comments.xml": f'<w:comments xmlns:w="{W}"><w:comment w:author="Eve" w:initials="E">'
        f"{a_paragraph('said')}</w:comment></w:comments>",
        "_rels/document.xml.rels": '<Relationships xmlns="r"><Relationship Id="r9" '
        'Target="mailto:a@b" TargetMode="External"/><Relationship Id="r1" Target="inside.xml"/>'
        "</Relationships>",
    }
    found = texts(items("a.docx", a_docx(deleted, field, creator="Cy", more=more)))
    assert found["text", "paragraph 1"] == '\nauthor: Bob\ngone\nHYPERLINK "mailto:x"'
    assert found["header 1", "paragraph 1"] == "\nhead"
    assert found["footnotes", "paragraph 1"] == "\nfoot"
    assert found["comments", "paragraph 1"] == "\nauthor: Eve\ninitials: E\nsaid"
    assert found["links", "paragraph 1"] == "\nTarget: mailto:a@b"
    assert found["properties", "paragraph 1"] == "\ncreator: Cy"


def test_a_sheet_is_a_table_with_numbers_and_dates_as_they_are_shown() -> None:
    given = items("a.xlsx", an_xlsx(ROWS, ["name", "card", "ada"]))
    part = next(item for item in given if isinstance(item, Part))
    assert part.text == (
        "name\tcard\n\t\nada\t4111111111111111\ninline\t1980-02-01 06:00:00\n"
        'xada "x"&A3\t\n'
    )  # fmt: skip
    spot = part.place.spot(part.text.index("4111"), 0)
    assert spot.within == ("sheet Orders",)
    assert spot.field == ("card", 3, 2)
    (table,) = [item for item in given if isinstance(item, Table)]
    assert (table.titles, table.filled) == (("name", "card"), (3, 2))


@pytest.mark.parametrize("kind", ["s", "e", "b"])
def test_a_cell_that_is_not_what_it_says_is_a_text(kind: str) -> None:
    row = f'<row r="1"><c r="A1" t="{kind}"><v>a@x.example</v></c></row>'
    signs = '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="b"><v>1</v></c></row>'
    part = next(item for item in items("a.xlsx", an_xlsx(row + signs)) if isinstance(item, Part))
    assert "a@x.example" in part.text and "#N/A" not in part.text


def test_a_sheet_without_titles_has_letters() -> None:
    given = items("a.xlsx", an_xlsx('<row r="1"><c r="B1"><v>4111111111111111</v></c></row>'))
    part = next(item for item in given if isinstance(item, Part))
    assert part.text == "A\tB\n\t4111111111111111\n"
    assert part.place.spot(part.text.index("4111"), 0).field == ("B", 1, 2)


def test_words_beside_the_cells_are_read() -> None:
    after = (
        '<headerFooter><oddHeader>page of Ada</oddHeader></headerFooter><hyperlinks><hyperlink ref="A1"'
        ' tooltip="mail her"/></hyperlinks>'
    )
    comment = (
        "<comments><authors><author>Eve</author></authors><commentList><comment><text><r><t>a</t></r>"
        "<r><t>b</t></r></text></comment></commentList></comments>"
    )
    given = items("a.xlsx", an_xlsx("", after=after, more={"xl/comments1.xml": comment}))
    found = texts(given)
    assert found["sheet Orders", "paragraph 1"] == "\noddHeader: page of Ada\ntooltip: mail her"
    assert found["comments 1", "paragraph 1"] == "\nauthor: Eve\nab"


def test_slides_and_their_notes_are_told_apart() -> None:
    slide = '<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{}</a:t></a:r><a:br/><a:r><a:t>b</a:t></a:r></a:p></p:sld>'
    given = items(
        "a.pptx",
        a_zip({
            "[Content_Types].xml": b"<Types/>",
            "ppt/slides/slide2.xml": slide.format("shown").encode(),
            "ppt/notesSlides/notesSlide2.xml": slide.format("said").encode(),
        }),
    )  # fmt: skip
    found = texts(given)
    assert found["slide 2", "paragraph 1"] == "\nshown\nb"
    assert found["notes of slide 2", "paragraph 1"] == "\nsaid\nb"


def test_open_documents_are_read_with_their_tables_and_remarks() -> None:
    content = (
        '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:dc="d">'
        "<text:p>Dear <text:span>A</text:span>da<text:tab/>x</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>name</text:p></table:table-cell>"
        "<table:table-cell><text:p>1980</text:p></table:table-cell></table:table-row></table:table>"
        "</office:document-content>"
    )
    meta = '<m xmlns:dc="d"><dc:creator>Cy</dc:creator></m>'
    raw = a_zip({
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content.encode(),
        "meta.xml": meta.encode(),
    }, packing=0)  # fmt: skip
    found = texts(items("a.odt", raw))
    assert found["text", "paragraph 1"] == "\nDear Ada\tx\nname\t1980"
    assert found["properties", "paragraph 1"] == "\ncreator: Cy"


def test_files_in_a_document_are_read_as_what_they_are() -> None:
    inner = a_docx(a_paragraph("inner"))
    raw = a_zip({
        "[Content_Types].xml": b"<Types/>",
        "word/embeddings/a.docx": inner,
        "word/vbaProject.bin": b"\0" * 50,
    })  # fmt: skip
    given = items("a.docm", raw)
    assert texts(given)["member word/embeddings/a.docx", "text", "paragraph 1"] == "\ninner"
    assert [note.what for note in notes(given)] == ["It holds macros: they were not run."]


def test_one_broken_part_is_told_and_the_others_are_read() -> None:
    more = {
        "header1.xml": "<w:hdr><broken",
        "header2.xml": '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
        "header3.xml": "<a>" * 300,
        "header4.xml": f'<w:hdr xmlns:w="{W}">{a_paragraph("whole")}</w:hdr>',
    }
    given = items("a.docx", a_docx(more=more))
    told = {problem.within: problem.why for problem in problems(given)}
    assert "broken or cut off" in told["header 1",]
    assert "document type" in told["header 2",]
    assert "nested deeper" in told["header 3",]
    assert texts(given)["header 4", "paragraph 1"] == "\nwhole"


def test_a_bomb_ends_early_and_is_told() -> None:
    bomb = a_docx(more={"header1.xml": "<a>" + " " * 20_000_000 + "</a>"})
    (problem,) = [each for each in problems(items("a.docx", bomb)) if "times its size" in each.why]
    assert problem.within == ("header 1",)
    small = Limits(unfolded=1000)
    assert any("come out of this file" in each.why for each in problems(items("a.docx", bomb, small)))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("a.docx", a_docx()[:-40], "broken or cut off"),
        ("a.docx", b"\x7fELF\0\0\0\0\0\0", "holds something else"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "DOC, XLS, PPT"),
        ("a.xlsx", a_zip({"[Content_Types].xml": b"", "xl/workbook.xml": b"<a"}), "broken or cut"),
    ],
)
def test_what_is_wrong_is_said(name: str, raw: bytes, why: str) -> None:
    assert any(why in problem.why for problem in problems(items(name, raw)))


def test_a_long_story_comes_in_parts_with_context() -> None:
    pieces = [piece for number in range(3000) for piece in ("\n", f"{number} " * 20)]
    given = list(parts(iter(pieces), ("x",)))
    assert len(given) > 1
    cores = [part.text[slice(*part.core)] for part in given if part.core]
    assert "".join(cores) == "".join(pieces)
    assert all(len(core) < 70_000 for core in cores)
    assert given[1].core is not None
    assert given[1].text[: given[1].core[0]] == cores[0][-1024:]
