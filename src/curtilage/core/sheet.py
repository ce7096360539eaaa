"""Tables that people open in a spreadsheet: CSV of RFC 4180, in which nothing is run."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet runs, CWE-1236


def encode_rows(rows: Iterable[Sequence[object]]) -> str:
    """Lines of CSV, each ended with CRLF."""
    out = io.StringIO()
    csv.writer(out).writerows([_as_text(cell) for cell in row] for row in rows)
    return out.getvalue()


def _as_text(cell: object) -> object:
    """A cell that a spreadsheet would run is told to be text. Numbers are numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
