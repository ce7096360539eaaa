"""Which files have parts that are rewritten one by one, and which are texts."""

import pytest

from curtilage.survey.errors import Unwritable
from curtilage.survey.rewriting.choosing import open_document
from tests.unit.survey.packages import a_docx


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("a.csv", b"a,b\n", "Cells"),
        ("A.TSV", b"a\tb\n", "Cells"),
        ("a.json", b"[1]", "Values"),
        ("a.jsonl", b"1\n2\n", "Values"),
        ("a.html", b"<p>", "MarkedText"),
        ("A.XML", b"<p/>", "MarkedText"),
        ("named.txt", a_docx(), "Package"),
        ("a.json", b"no json", "NoneType"),
        ("a.txt", b"text", "NoneType"),
        ("", b"", "NoneType"),
    ],
)
def test_a_file_is_known_by_its_beginning_then_by_its_name(
    name: str, raw: bytes, kind: str
) -> None:
    assert type(open_document(name, raw)).__name__ == kind


def test_what_can_be_read_and_not_written_is_said() -> None:
    with pytest.raises(Unwritable, match="PDF"):
        open_document("a.pdf", b"%PDF-1.7")
