"""JSON and JSON lines: escapes decoded, everything else as it stands, and pointers.

It is not parsed to be scanned: names of fields stand before their values as it is, and
what is broken is scanned like what is not. A pointer (RFC 6901) is worked out for findings alone.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial

from curtilage.survey.models import Field, Fielder, Item
from curtilage.survey.originals import Segment, Stretch
from curtilage.survey.pointers import PointerWalk
from curtilage.survey.readers.plain import read_text
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source

_ESCAPE = re.compile(
    r'\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])'
)
FARTHEST = 256 * 1024  # characters of a line that are walked for a pointer


def read_json(source: Source) -> Iterator[Item]:
    return read_text(source, unfold_document)


def read_lines(source: Source) -> Iterator[Item]:
    return read_text(source, unfold_lines)


def unfold_document(stretches: Iterable[Stretch]) -> Iterator[Segment]:
    """One document. Its structure is followed all along only if it is in several pieces."""
    walk = PointerWalk()
    behind: Stretch | None = None
    for stretch in stretches:
        if behind is not None:
            walk.feed(behind.text)
        behind = stretch
        yield from _decoded(stretch, partial(_in_document, walk.copy(), stretch))


def unfold_lines(stretches: Iterable[Stretch]) -> Iterator[Segment]:
    """A document in each line."""
    for stretch in stretches:
        yield from _decoded(stretch, partial(_in_line, stretch))


def _decoded(stretch: Stretch, field: Fielder) -> Iterator[Segment]:
    text, start = stretch.text, stretch.start
    place = 0
    if "\\" in text:
        for match in _ESCAPE.finditer(text):
            if match.start() > place:
                yield Segment(
                    text[place : match.start()], start + place, start + match.start(), field
                )
            place = match.end()
            yield Segment(_unescaped(match[0]), start + match.start(), start + place, field)
    if place < len(text):
        yield Segment(text[place:], start + place, stretch.end, field)


def _unescaped(escape: str) -> str:
    char: str = json.loads(f'"{escape}"')
    return char


def _in_document(walk: PointerWalk, stretch: Stretch, offset: int) -> Field | None:
    walk = walk.copy()
    walk.feed(stretch.text[: offset - stretch.start])
    return walk.field()


def _in_line(stretch: Stretch, offset: int) -> Field | None:
    place = offset - stretch.start
    line = stretch.text.rfind("\n", 0, place) + 1
    if place - line > FARTHEST:
        return None
    walk = PointerWalk()
    walk.feed(stretch.text[line:place])
    return walk.field()


def _is_json(head: bytes) -> bool:
    return re.match(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*[\[{"])', head) is not None


READERS = (
    Reader(
        "json",
        read_json,
        frozenset({"json", "geojson", "ipynb", "webmanifest", "har"}),
        is_text=True,
    ),
    Reader("jsonl", read_lines, frozenset({"jsonl", "ndjson", "jsonlines"}), is_text=True),
)
