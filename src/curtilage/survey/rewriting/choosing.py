"""Which module rewrites a file: by what it begins with, then by its name."""

from curtilage.survey.errors import Unwritable
from curtilage.survey.readers.markup import HTML, XML
from curtilage.survey.rewriting.csv import read_cells
from curtilage.survey.rewriting.documents import Document
from curtilage.survey.rewriting.json import read_values
from curtilage.survey.rewriting.markup import read_markup
from curtilage.survey.rewriting.office import read_package
from curtilage.survey.rewriting.parquet import MAGIC, read_columns

ZIP, PDF = b"PK\x03\x04", b"%PDF-"
TABLES, LINES = frozenset({"csv", "tsv", "tab", "psv"}), frozenset({"jsonl", "ndjson", "jsonlines"})


def open_document(name: str, raw: bytes) -> Document | None:
    """A file as a document; None for plain text. Raises Unwritable or Unreadable."""
    suffix = name.rpartition(".")[2].lower()
    if raw.startswith(ZIP):
        return read_package(raw)
    if raw.startswith(MAGIC):
        return read_columns(raw)
    if raw.startswith(PDF):
        raise Unwritable("A PDF cannot be written with other values: nothing was given out.")
    if suffix in TABLES:
        return read_cells(raw)
    if suffix in LINES or suffix == "json":
        return read_values(raw, lines=suffix in LINES)
    if suffix in HTML | XML:
        return read_markup(raw, is_html=suffix in HTML)
    return None
