"""Read labelled texts, and lay their spans on our tokens."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.detect.tagger.features import Features, describe_document
from curtilage.detect.tagger.tokens import Line, lines

LABELS = ("PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS")
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    spans: tuple[Span, ...]
    source: str = ""
    lang: str = ""


def read_labelled(path: Path) -> Iterator[Labelled]:
    """The texts of a file of JSON lines, with the spans that we learn."""
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            spans = [(span["start"], span["end"], span["type"]) for span in row["spans"]]
            text = row["text"]
            kept = tuple(
                sorted(span for span in spans if span[2] in LABELS and not _is_handle(text, span))
            )
            yield Labelled(text, kept, row.get("source", ""), row.get("lang", ""))


def _is_handle(text: str, span: Span) -> bool:
    """Whether a span is what follows an `@`: only one of our corpora takes that for a name."""
    return text[max(0, span[0] - 1) : span[0]] == "@" or text[span[0]] == "@"


def labels_of(line: Line, spans: Sequence[Span]) -> list[str]:
    """`B-X`, `I-X` or `O` for each token; one that a span cuts belongs to it."""
    labels = []
    last: Span | None = None
    for token in line.tokens:
        owner = next(
            (span for span in spans if span[0] < token.end and token.start < span[1]), None
        )
        if owner is None:
            labels.append("O")
        else:
            labels.append(f"{'I' if owner == last else 'B'}-{owner[2]}")
        last = owner
    return labels


def sequences(
    labelled: Labelled, features: Features
) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and labels of each line of a text."""
    cut = list(lines(labelled.text))
    document = describe_document(cut)
    for line in cut:
        near = [
            span
            for span in labelled.spans
            if span[1] > line.tokens[0].start and span[0] < line.tokens[-1].end
        ]
        yield features.of(line, document), labels_of(line, near)
