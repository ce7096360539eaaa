"""Documents from the command line: scanned with their places, protected, and back again."""

import json
from pathlib import Path

import pytest

from curtilage.cli.main import run
from curtilage.survey.rewriting.documents import join_slots
from tests.patterns import lend_patterns
from tests.unit.survey.packages import a_docx, a_paragraph, a_table, an_xlsx
from tests.unit.survey.readers.test_pdf import a_writer, written
from tests.unit.survey.rewriting.going import opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ADA, CARD = "ada@orchard.example", "4111111111111111"
ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    f'<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="0"><v>{CARD}</v></c></row>'
)
FILES = {
    "a.docx": a_docx(a_paragraph("Dear ada@orc", "hard.example"), a_table(["card"], [CARD])),
    "a.xlsx": an_xlsx(ROWS, ["mail", "card number", ADA]),
    "a.csv": f'mail;"card number"\r\n"{ADA}";{CARD}\r\n'.encode("utf-16"),
    "a.json": f'{{"mail": "{ADA}",\n "card number": {CARD}}}'.encode(),
    "a.jsonl": f'{{"mail": "{ADA}"}}\n{{"card number": {CARD}}}\n'.encode(),
}


@pytest.fixture
def data_dir(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    data_dir = tmp_path / "data"
    assert run(["init", "--data-dir", str(data_dir)]) == 0
    lend_patterns(data_dir)
    capfd.readouterr()
    return data_dir


@pytest.mark.parametrize("name", FILES)
def test_a_document_leaves_without_its_values_and_comes_back_with_them(
    name: str, data_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (given, left, back) = (tmp_path / f"{word}.{name}" for word in ("given", "left", "back"))
    given.write_bytes(FILES[name])
    place = ["--data-dir", str(data_dir), "--scope", "case"]
    assert run(["protect", str(given), "--output", str(left), *place]) == 0
    said = capfd.readouterr().err
    assert "EMAIL_ADDRESS ×1: token" in said and "CREDIT_CARD ×1: token" in said
    away = join_slots(opened(name, left.read_bytes()).slots)
    assert away.count("QX1-") == 2 and ADA not in away and CARD not in away
    assert run(["restore", str(left), "--output", str(back), *place]) == 0
    before, after = opened(name, given.read_bytes()), opened(name, back.read_bytes())
    assert [slot.text for slot in after.slots] == [slot.text for slot in before.slots]
    assert [slot.is_bare for slot in after.slots] == [slot.is_bare for slot in before.slots]
    if not name.endswith("x"):
        assert back.read_bytes() == given.read_bytes()


def test_a_document_that_a_model_changed_gets_its_values_all_the_same(
    data_dir: Path, tmp_path: Path
) -> None:
    given, left, back = tmp_path / "a.json", tmp_path / "left.json", tmp_path / "back.json"
    given.write_bytes(FILES["a.json"])
    place = ["--data-dir", str(data_dir)]
    assert run(["protect", str(given), "--output", str(left), *place]) == 0
    reply = {"to": json.loads(left.read_bytes())["mail"], "said": 'a "quoted" word'}
    left.write_text(json.dumps(reply), encoding="utf-8")
    assert run(["restore", str(left), "--output", str(back), *place]) == 0
    assert json.loads(back.read_bytes()) == {"to": ADA, "said": 'a "quoted" word'}


UNFIT = {
    "a PDF": ("a.pdf", written(a_writer(ADA)), 2, "PDF cannot be written"),
    "cut off": ("a.docx", FILES["a.docx"][:-60], 5, "broken or cut off"),
    "broken": ("a.docx", a_docx("<w:p>"), 5, "XML is broken"),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_what_cannot_be_written_is_said_and_nothing_is_given_out(
    kind: str, data_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name, raw, code, words = UNFIT[kind]
    given, left = tmp_path / name, tmp_path / "left"
    given.write_bytes(raw)
    got = run(["protect", str(given), "--output", str(left), "--data-dir", str(data_dir)])
    assert (got, left.exists()) == (code, False)
    assert words in capfd.readouterr().err


def test_a_folder_of_documents_is_scanned_and_what_is_broken_is_told(
    tmp_path: Path, data_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("a.docx", "a.xlsx"):
        (folder / name).write_bytes(FILES[name])
    (folder / "a.pdf").write_bytes(written(a_writer("nothing here", f"Mail {ADA}")))
    (folder / "broken.docx").write_bytes(FILES["a.docx"][:-60])
    (folder / "bomb.docx").write_bytes(
        a_docx(a_paragraph(ADA), more={"header1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    )
    got = run(["scan", str(folder), "--format", "jsonl", "--no-names", "--data-dir", str(data_dir)])
    said = capfd.readouterr()
    assert got == 5
    assert "broken.docx" in said.err and "document type" in said.err
    found = [json.loads(line) for line in said.out.splitlines()]
    places = {(Path(each["path"]).name, each["type"]) for each in found if "type" in each}
    both = {(name, type) for name in ("a.docx", "a.xlsx") for type in ("EMAIL_ADDRESS", "CREDIT_CARD")}  # fmt: skip
    assert both | {("a.pdf", "EMAIL_ADDRESS"), ("bomb.docx", "EMAIL_ADDRESS")} <= places
    assert "page 2" in said.out and "sheet Orders" in said.out
    assert ADA not in said.out + said.err
