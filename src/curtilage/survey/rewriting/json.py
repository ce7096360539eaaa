"""JSON and JSON lines: a slot for each name, string and number; all else stays.

Strings are parted at their escapes, so that those stay that hold no value. A number in
which something is replaced becomes a string, and a number again on the way back.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.survey.encodings import decode_exactly
from curtilage.survey.rewriting.documents import Runs, Slot

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|(-?[0-9][0-9.eE+-]*)|([^"0-9-]+|-)', re.DOTALL)
_RUN = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]+",
    re.DOTALL,
)
_HALF = re.compile("[\ud800-\udfff]")  # of a pair: it stands in no file but as an escape


@dataclass(frozen=True, slots=True)
class Values:
    """A document that was read. `pieces` are its structure, and slots by number."""

    pieces: Sequence[str | int] = field(repr=False)
    written: Sequence[Sequence[str]] = field(repr=False)
    """The runs of each slot as they stand in the file."""
    slots: Sequence[Slot] = field(repr=False)
    is_ascii: bool
    encoding: str
    mark: bytes
    left_out: Sequence[str] = ()
    keeps_lines: bool = False

    @property
    def view(self) -> Sequence[str | int]:
        pieces: list[str | int] = []
        for piece in self.pieces:
            is_string = isinstance(piece, int) and not self.slots[piece].is_bare
            pieces += ('"', piece, '"') if is_string else (piece,)
        return pieces

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        text = "".join(
            piece if isinstance(piece, str) else self._slot(piece, changed, bare)
            for piece in self.pieces
        )
        return self.mark + text.encode(self.encoding, "surrogatepass")

    def _slot(self, number: int, changed: Mapping[int, Runs], bare: Collection[int]) -> str:
        slot, written = self.slots[number], self.written[number]
        new = changed.get(number, slot.runs)
        if number in bare or (slot.is_bare and number not in changed):
            return "".join(new)
        kept = [
            was if text == before else self._escaped(text)
            for was, before, text in zip(written, slot.runs, new, strict=True)
        ]
        return f'"{"".join(kept)}"'

    def _escaped(self, text: str) -> str:
        must = self.is_ascii or _HALF.search(text) is not None
        return json.dumps(text, ensure_ascii=must)[1:-1]


def read_values(raw: bytes, *, lines: bool = False) -> Values | None:
    """A document, or one a line; None for what is not JSON."""
    text, encoding, mark = decode_exactly(raw)
    try:
        for document in text.split("\n") if lines else (text,):
            if document.strip():
                json.loads(document, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    pieces: list[str | int] = []
    written: list[Sequence[str]] = []
    slots: list[Slot] = []
    for found in _TOKEN.finditer(text):
        string, number, structure = found.groups()
        if structure is not None:
            pieces.append(structure)
            continue
        # A name of a value stands before it in the view as it does in the file.
        pieces.append(len(slots))
        runs = [number] if string is None else (_RUN.findall(string) or [""])
        written.append(runs)
        slots.append(Slot(tuple(map(_unescaped, runs)), is_bare=string is None))
    return Values(pieces, written, slots, text.isascii(), encoding, mark)


def _unescaped(run: str) -> str:
    if not run.startswith("\\"):
        return run
    char: str = json.loads(f'"{run}"')
    return char
