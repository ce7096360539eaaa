"""Documents: what is read of them, and that what is written anew has the same texts."""

import io
from collections.abc import Iterator
from functools import partial

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from curtilage.survey.errors import Unwritable
from curtilage.survey.models import Part, Problem
from curtilage.survey.reading import read_items
from curtilage.survey.rewriting.choosing import open_document
from curtilage.survey.rewriting.documents import join_slots, seen_text
from curtilage.survey.sheets import read_looks, read_sheet, sheet_names
from curtilage.survey.sources import HEAD, Limits, Source
from curtilage.survey.stories import read_story, read_strings
from tests.property.fuzz.target import Target
from tests.unit.survey.packages import STYLES, W, a_docx, a_paragraph, a_table, an_xlsx
from tests.unit.survey.readers.test_pdf import a_writer, written
from tests.unit.survey.readers.unpacking import a_zip
from tests.unit.survey.rewriting.going import Journey, find_values

FEW = Limits(unfolded=1 << 20, members=100, seconds=2.0)
STORY = (
    f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{a_paragraph("a ada@", "x.example &amp;")}'
    f'{a_table(["b", "c@d.e"], ["", "f"])}<w:p><w:ins w:author="g@h.i"><w:r><w:t><![CDATA[<j>]]></w:t>'
    "<w:tab/><w:br/></w:r></w:ins></w:p><!-- k --></w:body></w:document>"
).encode()
SHEET = (
    b'<worksheet xmlns="s"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>29252'
    b'</v></c></row><row r="3"><c t="inlineStr"><is><t>a@b.c</t></is></c><c t="n"><f>"x"</f><v>4111111111111111'
    b"</v></c></row></sheetData><oddHeader>d@e.f</oddHeader></worksheet>"
)
BOOK = b'<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="a" r:id="b"/></sheets></workbook>'
LINKS = b'<Relationships><Relationship Id="b" Target="worksheets/sheet1.xml"/></Relationships>'
JSON = b'{"a": ["\\u00e9 \\ud83d\\ude00 a@b.c", 4111111111111111, -1.50e3, null], "": {}}'
HTML = (
    b'<!doctype html><p a=b@c.d e="f@g.h&amp;">i@<b>j</b>.k &#64; <script>l("m@n.o")</script>'
    b"<!-- p@q.r --><td>s<td>t <![CDATA[ u@v.w ]]></p>"
)
CSV = b'\xef\xbb\xbfid;name\r\n1;"A ""b"" c@d.e"\n2;"two\nlines"\n4111111111111111;'


def document_targets() -> Iterator[Target]:
    yield Target("story of a document", (), [STORY], lambda raw: list(read_story(raw)))
    yield Target("strings of a workbook", (), [b"<sst><si><t>a</t></si><si/></sst>"], _strings)
    yield Target("worksheet", (), [SHEET], lambda raw: list(read_sheet(raw)))
    yield Target("styles", (), [STYLES.encode()], lambda raw: read_looks(raw, BOOK))
    yield Target("workbook", (), [BOOK], lambda raw: (read_looks(None, raw), sheet_names(raw, LINKS)))  # fmt: skip
    yield Target("JSON there and back", (), [JSON], partial(_there_and_back, "a.json"))
    yield Target("CSV there and back", (), [CSV], partial(_there_and_back, "a.csv"))
    yield Target("HTML there and back", (), [HTML], partial(_there_and_back, "a.html"))
    yield Target("XML there and back", (), [STORY, HTML], partial(_there_and_back, "a.xml"))
    yield Target("DOCX there and back", (), [STORY], _docx)
    yield Target("XLSX there and back", (), [SHEET], _xlsx)
    if raw := _parquet():
        yield Target("Parquet there and back", (), [raw], partial(_there_and_back, "a.parquet"))
    for name, raw in _files():
        yield Target(f"document {name}", (), [raw], partial(_read_whole, name), cases=100)


def _strings(raw: bytes) -> object:
    return list(read_strings(raw))


def _docx(raw: bytes) -> None:
    _there_and_back("a.docx", a_zip({"word/document.xml": raw}))


def _xlsx(raw: bytes) -> None:
    strings = b"<sst><si><t>ada@x.example</t></si></sst>"
    _there_and_back("a.xlsx", a_zip({
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/styles.xml": STYLES.encode(),
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": raw,
    }))  # fmt: skip


def _there_and_back(name: str, raw: bytes) -> None:
    """What leaves is a document with the same slots; what comes back has the same texts."""
    document = open_document(name, raw)
    if document is None:
        return
    journey = Journey()
    left = journey.protect(document)
    again = open_document(name, left)
    if again is None or join_slots(again.slots) != journey.text:
        assert name in {"a.csv", "a.html", "a.xml"}  # the command reads it again, and refuses
        return
    back, _ = journey.restore(again)
    ready = open_document(name, back)
    assert ready is not None
    assert join_slots(ready.slots) == join_slots(document.slots)
    if name in {"a.csv", "a.json"} and find_values(seen_text(document)) == []:
        assert back == raw


def _parquet() -> bytes:
    try:
        from pyarrow import parquet, table  # noqa: PLC0415  # an extra
    except ImportError:
        return b""
    made = io.BytesIO()
    columns = {"a": ["ada@x.example", None], "b": [4111111111111111, 2], "c": [["x"], []]}
    parquet.write_table(table(columns), made, compression="none", use_dictionary=False)
    return made.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    yield "a.docx", a_docx(a_paragraph("a"))
    yield "a.xlsx", an_xlsx('<row><c t="s"><v>0</v></c></row>', ["a"])
    writer = a_writer("a", "b")
    writer.add_metadata({"/Author": "c"})
    yield "a.pdf", written(writer)
    words = PngInfo()
    words.add_text("Author", "Ada")
    made = io.BytesIO()
    Image.new("L", (4, 4)).save(made, "PNG", pnginfo=words)
    yield "a.png", made.getvalue()


def _read_whole(name: str, raw: bytes) -> int:
    """All that comes out; whatever is wrong with it comes out as a problem."""
    count = 0
    for item in read_items(Source(name, raw[:HEAD], lambda: io.BytesIO(raw), len(raw), limits=FEW)):
        if isinstance(item, Part) and item.text:
            item.place.spot(0, 1)
            count += 1
        if isinstance(item, Problem):
            assert "gave up" not in item.why, item
    try:
        open_document(name, raw)
    except Unwritable:
        return count
    return count
