"""What readers make of bytes: the words that are scanned, with what they are within, and what is told."""

import io
import zipfile
from collections.abc import Mapping

from curtilage.survey.models import Item, Note, Part, Problem
from curtilage.survey.reading import read_items
from curtilage.survey.sources import HEAD, Limits, Source


def items(name: str, raw: bytes, limits: Limits | None = None) -> list[Item]:
    return list(
        read_items(
            Source(name, raw[:HEAD], lambda: io.BytesIO(raw), len(raw), limits=limits or Limits())
        )
    )


def texts(given: list[Item]) -> dict[tuple[str, ...], str]:
    """The text in each place."""
    found: dict[tuple[str, ...], str] = {}
    for item in given:
        if isinstance(item, Part):
            start, end = item.core or (0, len(item.text))
            within = item.place.spot(start, start + 1).within
            found[within] = found.get(within, "") + item.text[start:end]
    return found


def problems(given: list[Item]) -> list[Problem]:
    return [item for item in given if isinstance(item, Problem)]


def notes(given: list[Item]) -> list[Note]:
    return [item for item in given if isinstance(item, Note)]


def a_zip(members: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()
