"""What a reader makes of a content: the text that is scanned, and where its words are."""

import io
from collections.abc import Iterator

from curtilage.survey.models import Field, Part, Table
from curtilage.survey.reading import choose_reader
from curtilage.survey.sources import HEAD, Source


def read(name: str, content: str) -> list[object]:
    raw = content.encode()
    source = Source(name, raw[:HEAD], lambda: io.BytesIO(raw), len(raw))
    reader = choose_reader(source)
    assert reader is not None
    return list(reader.read(source))


def parts(name: str, content: str) -> list[Part]:
    return [item for item in read(name, content) if isinstance(item, Part)]


def tables(name: str, content: str) -> list[Table]:
    return [item for item in read(name, content) if isinstance(item, Table)]


def shown(name: str, content: str) -> str:
    """The text of all cores."""
    return "".join(
        part.text[slice(*part.core)] if part.core else part.text for part in parts(name, content)
    )


def original(name: str, content: str, word: str) -> str:
    """What stands in the original where `word` is found."""
    _, line, column, end_line, end_column = next(_places(name, content, word))
    lines = content.split("\n")
    if line == end_line:
        return lines[line - 1][column - 1 : end_column - 1]
    return "\n".join(
        [
            lines[line - 1][column - 1 :],
            *lines[line : end_line - 1],
            lines[end_line - 1][: end_column - 1],
        ]
    )


def field(name: str, content: str, word: str) -> Field | None:
    return next(_places(name, content, word))[0]


def _places(
    name: str, content: str, word: str
) -> Iterator[tuple[Field | None, int, int, int, int]]:
    for part in parts(name, content):
        start, end = part.core or (0, len(part.text))
        at = part.text.find(word, start)
        if start <= at < end:
            spot = part.place.spot(at, at + len(word))
            assert spot.line and spot.column and spot.end_line and spot.end_column
            yield spot.field, spot.line, spot.column, spot.end_line, spot.end_column
