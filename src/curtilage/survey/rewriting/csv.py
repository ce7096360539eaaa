"""CSV and TSV: a slot for each cell; quotation marks, line ends and encoding stay."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.survey.encodings import decode_exactly
from curtilage.survey.errors import Unwritable
from curtilage.survey.readers.csv import find_delimiter
from curtilage.survey.rewriting.documents import Runs, Slot


@dataclass(frozen=True, slots=True)
class Cells:
    """A table that was read. `pieces` are what stands between cells, and cells by number."""

    pieces: Sequence[str | int] = field(repr=False)
    cells: Sequence[tuple[str, bool]] = field(repr=False)
    """The text of each, and whether it stands in quotation marks."""
    delimiter: str
    encoding: str
    mark: bytes
    left_out: Sequence[str] = ()
    keeps_lines: bool = False

    @property
    def slots(self) -> Sequence[Slot]:
        return [Slot((text,)) for text, _ in self.cells]

    @property
    def view(self) -> Sequence[str | int]:
        return [piece.replace(self.delimiter, "\t") if isinstance(piece, str) else piece for piece in self.pieces]  # fmt: skip

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        written = "".join(
            piece if isinstance(piece, str) else self._cell(piece, changed) for piece in self.pieces
        )
        try:
            return self.mark + written.encode(self.encoding)
        except UnicodeEncodeError:
            raise Unwritable(
                f"A value that comes back has no place in {self.encoding}, which the file is in.",
                hint="Convert the file to UTF-8 first.",
            ) from None

    def _cell(self, number: int, changed: Mapping[int, Runs]) -> str:
        text, is_quoted = self.cells[number]
        new = "".join(changed.get(number, (text,)))
        must = any(char in new for char in (self.delimiter, "\n", "\r")) or (
            new.startswith('"') and not text.startswith('"')
        )
        return '"' + new.replace('"', '""') + '"' if is_quoted or must else new


def read_cells(raw: bytes) -> Cells:
    """A table, cell by cell. Raises Unreadable for what is in no encoding that comes back."""
    text, encoding, mark = decode_exactly(raw)
    delimiter = find_delimiter(text)
    pieces: list[str | int] = []
    cells: list[tuple[str, bool]] = []
    # A quoted cell has an end, and behind it comes what parts cells; else it is none.
    cell = re.compile(
        rf'"(?P<quoted>(?:[^"]|"")*+)"(?=[{re.escape(delimiter)}\r\n]|\Z)'
        rf"|(?P<plain>[^{re.escape(delimiter)}\r\n]+)"
    )
    at = 0
    while at < len(text):
        found = cell.match(text, at)
        if found is None:
            pieces.append(text[at])
            at += 1
            continue
        quoted = found["quoted"]
        is_faithful = quoted is not None
        pieces.append(len(cells))
        cells.append((quoted.replace('""', '"') if is_faithful else found[0], is_faithful))
        at = found.end()
    return Cells(pieces, cells, delimiter, encoding, mark)
