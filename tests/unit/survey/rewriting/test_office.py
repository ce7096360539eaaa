"""Office documents that leave and come back: texts, numbers, dates; all else as it was."""

import io
from zipfile import ZipFile

import pytest

from curtilage.survey.errors import Unreadable, Unwritable
from curtilage.survey.rewriting.documents import place_findings, seen_text
from tests.unit.survey.packages import W, a_docx, a_paragraph, a_table, an_xlsx
from tests.unit.survey.readers.unpacking import a_zip
from tests.unit.survey.rewriting.going import find_values, opened, there_and_back

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>4111111111111111</v></c>'
    '<c r="D2" s="1"><v>29252</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="n"><v>1.5</v></c>'
    '<c r="C3" t="inlineStr"><is><t>tom@</t></is></c><c r="D3" s="2"><v>29252.25</v></c></row>'
)
STRINGS = ("mail", "card", "ada@x.example", "unused@x.example")


def members(raw: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def texts(raw: bytes) -> str:
    return seen_text(opened("a", raw))


def test_a_value_over_several_runs_leaves_in_the_first_and_the_looks_stay() -> None:
    raw = a_docx(a_paragraph("Dear ada", "@x", ".example, you", " know"))
    left, back = there_and_back("a.docx", raw)
    document = members(left)["word/document.xml"].decode()
    assert document.count("<w:r>") == 4
    assert document.count("<w:b/>") == 2
    assert '<w:t xml:space="preserve">Dear QX1-' in document
    assert '<w:t xml:space="preserve">, you</w:t>' in document
    assert texts(back) == texts(raw)


def test_all_that_is_read_is_replaced_and_every_other_part_has_its_bytes() -> None:
    more = {
        "footnotes.xml": f'<w:footnotes xmlns:w="{W}"><w:footnote>{a_paragraph("f@x.example")}'
        "</w:footnote></w:footnotes>",
        "comments.xml": f'<w:comments xmlns:w="{W}"><w:comment w:author="c@x.example">'
        f"{a_paragraph('by d@x.example')}</w:comment></w:comments>",
        "styles.xml": f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph"/></w:styles>',
        "_rels/document.xml.rels": '<Relationships xmlns="r"><Relationship Id="r9" '
        'Target="mailto:e@x.example?a=b&amp;c" TargetMode="External"/></Relationships>',
    }
    deleted = '<w:p><w:del w:author="g@x.example"><w:r><w:delText>h@x.example</w:delText></w:r></w:del></w:p>'
    table = a_table(["name", "mail"], ["Ada", "ada@x.example"])
    raw = a_docx(deleted, table, creator="i@x.example", more=more)
    left, back = there_and_back("a.docx", raw)
    before, after, again = members(raw), members(left), members(back)
    assert b"@x.example" not in b"".join(after.values())
    assert list(before) == list(after)
    untouched = {"word/styles.xml", "[Content_Types].xml", "_rels/.rels"}
    assert {name for name in before if before[name] == after[name]} == untouched
    assert again == before


def test_attributes_with_words_and_data_of_ones_own_leave_without_values() -> None:
    merge = '<w:connectString w:val="PWD=x;UID=a@x.example"/><w:query w:val="SELECT b@x.example"/>'
    word = {
        "settings.xml": f'<w:settings xmlns:w="{W}"><w:mailMerge>{merge}</w:mailMerge>'
        '<w:docVars><w:docVar w:name="c@x.example" w:val="1"/></w:docVars></w:settings>',
        "_rels/settings.xml.rels": '<Relationships xmlns="r"><Relationship Id="r1" '
        'Target="file:///h/d@x.example/a.png"/></Relationships>',
    }
    own = (
        '<c mail="e@x.example"><p id="f@x.example"><who>g@x.example</who></p>'
        "<Notes>h@x.example</Notes></c>"
    )
    names = '<Properties><property name="i@x.example"><lpwstr>1</lpwstr></property></Properties>'
    parts = members(a_docx(a_paragraph("x"), more=word))
    raw = a_zip(
        parts | {"customXml/item1.xml": own.encode(), "docProps/custom.xml": names.encode()}
    )
    left, back = there_and_back("a.docx", raw)
    assert b"@x.example" not in b"".join(members(left).values())
    assert members(back) == members(raw)
    more = {
        "xl/connections.xml": '<connections><connection name="q"><webPr post="m=j@x.example"/>'
        '<textPr sourceFile="C:\\k@x.example\\a.csv"/></connection></connections>',
    }
    left, back = there_and_back("a.xlsx", raw := an_xlsx("", more=more))
    assert b"@x.example" not in b"".join(members(left).values())
    assert members(back) == members(raw)


def test_a_sheet_comes_back_with_its_texts_numbers_and_dates() -> None:
    raw = an_xlsx(ROWS, STRINGS)
    left, back = there_and_back("a.xlsx", raw)
    sheet = members(left)["xl/worksheets/sheet1.xml"].decode()
    assert '<c t="str" r="B2"><v>QX1-' in sheet
    assert '<c t="str" r="D2" s="1"><v>QX1-' in sheet
    assert '<c r="B3" t="n"><v>1.5</v></c>' in sheet
    assert b"unused@" not in members(left)["xl/sharedStrings.xml"]
    assert members(back) == members(raw)


def test_a_long_number_that_was_written_with_an_exponent_is_the_same_number_again() -> None:
    raw = an_xlsx('<row r="1"><c r="A1"><v>4.111111111111111E15</v></c></row>')
    left, back = there_and_back("a.xlsx", raw)
    assert "QX1-" in texts(left)
    assert (
        '<c r="A1"><v>4111111111111111</v></c>'
        in members(back)["xl/worksheets/sheet1.xml"].decode()
    )


def test_what_a_cell_stands_under_is_seen() -> None:
    assert "\nmail\tcard\nada@x.example\t4111111111111111\t\t1980-02-01\n" in texts(an_xlsx(ROWS, STRINGS))  # fmt: skip


def test_white_space_at_an_end_is_said_to_count() -> None:
    raw = a_docx("<w:p><w:r><w:t>a@</w:t></w:r><w:r><w:t>x.example is</w:t></w:r></w:p>")
    left, _ = there_and_back("a.docx", raw)
    assert b'<w:t xml:space="preserve"> is</w:t>' in members(left)["word/document.xml"]


def test_a_text_in_cdata_is_replaced_whole() -> None:
    raw = a_docx("<w:p><w:r><w:t>&amp;<![CDATA[<b> a@x.example]]> &lt;</w:t></w:r></w:p>")
    left, back = there_and_back("a.docx", raw)
    assert b"&amp;&lt;b&gt; QX1-" in members(left)["word/document.xml"]
    assert texts(back) == texts(raw)


def test_a_name_that_others_refer_to_is_seen_and_stays() -> None:
    document = opened("a.xlsx", an_xlsx(ROWS, STRINGS, sheet="ada@x.example"))
    found = find_values(seen_text(document))
    outside = place_findings(document, found).outside
    assert [seen_text(document)[each.start : each.end] for each in outside] == ["ada@x.example"]
    parts = members(a_docx(a_paragraph("x"))) | {"word/media/bob@y.example.png": b"\x89PNG"}
    document = opened("a.docx", a_zip(parts))
    assert place_findings(document, find_values(seen_text(document))).outside


def test_a_style_of_ones_own_has_a_name_and_those_of_the_program_are_words() -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style><w:name w:val="ada@x.example"/></w:style>'
        '<w:style w:customStyle="1"><w:name w:val="bob@y.example"/></w:style></w:styles>'
    )
    seen = seen_text(opened("a.docx", a_docx(a_paragraph("x"), more={"styles.xml": styles})))
    assert "bob@y.example" in seen
    assert "ada@x.example" not in seen


def test_what_was_not_looked_into_is_told() -> None:
    parts = members(a_docx(a_paragraph("x"))) | {"word/media/image1.png": b"\x89PNG"}
    assert opened("a.docx", a_zip(parts)).left_out == ["word/media/*.png (1)"]
    many = {f"word/{number}.{kind}": b"x" for number in range(2) for kind in ("a", "b", "c", "d")}
    assert opened("a.docx", a_zip(parts | many)).left_out[-1] == "3 more members"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (a_zip({"a.txt": b"x"}), "no DOCX, XLSX or PPTX"),
        (a_docx("")[:-30], "broken or cut off"),
        (a_docx("<w:p>"), "XML is broken"),
        (a_zip({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "document type"),
        (a_zip({"word/document.xml": b"<a>" * 300}), "nested deeper"),
        (a_zip({"word/document.xml": b'<?xml version="1.0" encoding="latin-1"?><a/>'}), "not in UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_and_said(raw: bytes, why: str) -> None:
    with pytest.raises((Unreadable, Unwritable), match=why):
        opened("a.docx", raw)


def test_a_part_in_utf_16_is_written_in_utf_8() -> None:
    parts = members(a_docx(a_paragraph("a@x.example")))
    parts["word/document.xml"] = parts["word/document.xml"].decode().replace("UTF-8", "UTF-16").encode("utf-16")  # fmt: skip
    left, back = there_and_back("a.docx", a_zip(parts))
    assert members(left)["word/document.xml"].startswith(b"\n<w:document")
    assert "a@x.example" in texts(back)


def test_what_programs_keep_of_a_table_or_a_form_in_attributes_is_replaced() -> None:
    fields = (
        '<w:p><w:r><w:fldChar><w:ffData><w:default w:val="a@x.example"/></w:ffData></w:fldChar></w:r></w:p>'
        '<w:p><w:fldSimple w:instr="MAILTO b@x.example"/></w:p><w:sdt><w:sdtPr><w:tag w:val="c@x.example"/>'
        '<w:comboBox><w:listItem w:displayText="d@x.example" w:value="e@x.example"/></w:comboBox></w:sdtPr></w:sdt>'
    )  # fmt: skip
    sheet = (
        '<autoFilter><filterColumn><filters><filter val="f@x.example"/></filters></filterColumn></autoFilter>'
        '<dataValidations><dataValidation error="g@x.example" promptTitle="h@x.example"/></dataValidations>'
    )
    pivot = (
        '<d refreshedBy="i@x.example"><cacheField name="j@x.example"/><n v="4111111111111111"/></d>'
    )
    book = an_xlsx(ROWS, STRINGS, after=sheet, more={"xl/pivotCache/pivotCacheDefinition1.xml": pivot})  # fmt: skip
    slides = a_zip(
        {
            "ppt/presentation.xml": b"<p/>",
            "ppt/commentAuthors.xml": b'<l><cmAuthor id="0" name="k@x.example"/></l>',
        }
    )
    for raw in (a_docx(fields), book, slides):
        left, back = there_and_back("a", raw)
        written = b"".join(members(left).values())
        assert b"@x.example" not in written and b"4111111111111111" not in written
        assert members(back) == members(raw)


@pytest.mark.parametrize("kind", ["s", "e", "b"])
def test_a_cell_that_is_not_what_it_says_is_a_text(kind: str) -> None:
    raw = an_xlsx(f'<row r="1"><c r="A1" t="{kind}"><v>a@x.example</v></c></row>', STRINGS)
    left, back = there_and_back("a.xlsx", raw)
    assert b"a@x.example" not in b"".join(members(left).values())
    assert members(back) == members(raw)


def test_a_comment_of_xml_is_replaced_as_it_stands() -> None:
    text = "<w:p><w:r><w:t>a@<!-- tom & b@x.example\r\n -->x.example</w:t></w:r></w:p>"
    parts = members(a_docx(text)) | {
        "word/document.xml": f"<!--c@x.example--><w:d xmlns:w='{W}'>{text}</w:d><!-- d@x.example -->".encode()
    }
    left, back = there_and_back("a.docx", a_zip(parts))
    written = members(left)["word/document.xml"]
    assert b"x.example" not in written and b"<!-- tom & QX1-" in written
    assert texts(back) == texts(a_zip(parts))
    strings = members(an_xlsx(ROWS, STRINGS))
    strings["xl/sharedStrings.xml"] += b"<!-- e@x.example -->"
    strings["xl/worksheets/sheet1.xml"] += b"<!-- f@x.example -->"
    left, back = there_and_back("a.xlsx", a_zip(strings))
    assert b"@x.example" not in b"".join(members(left).values())
    assert members(back) == strings


def test_no_value_ends_the_comment_that_it_comes_back_into() -> None:
    parts = members(a_docx("")) | {
        "word/document.xml": f"<!--a@x.example--><w:d xmlns:w='{W}'/>".encode()
    }
    document = opened("a.docx", a_zip(parts))
    (number,) = [n for n, slot in enumerate(document.slots) if slot.text == "a@x.example"]
    for value in ("a---b", "ends-", "--", "-"):
        written = members(document.filled({number: (value,)}))["word/document.xml"]
        assert texts(a_zip(parts | {"word/document.xml": written}))


def test_a_small_book_does_not_unfold_without_end() -> None:
    far = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 5000))
    with pytest.raises(Unreadable, match="too much"):
        opened("a.xlsx", an_xlsx(far))
    many = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5000))
    with pytest.raises(Unreadable, match="too much"):
        opened("a.xlsx", an_xlsx(many, ["x" * 20_000]))


def test_a_comment_that_parts_a_cell_or_a_property_is_refused() -> None:
    raw = an_xlsx('<row r="1"><c r="A1" t="str"><v>ada@<!-- -->x.example</v></c></row>')
    with pytest.raises(Unreadable, match="inside a cell"):
        opened("a.xlsx", raw)
    with pytest.raises(Unreadable, match="inside a text"):
        opened("a.docx", a_docx("", creator="ada@<!-- -->x.example"))


def test_remarks_on_the_members_of_a_package_stay_behind() -> None:
    made = io.BytesIO(a_docx(a_paragraph("a@x.example")))
    with ZipFile(made, "a") as archive:
        archive.comment = b"b@x.example"
        archive.infolist()[0].comment = b"c@x.example"
    assert b"c@x.example" in made.getvalue()
    left, _ = there_and_back("a.docx", made.getvalue())
    assert b"@x.example" not in left
