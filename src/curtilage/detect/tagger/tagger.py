"""Tag a text with the model that the package carries."""

import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pycrfsuite

from curtilage.core.models import Finding
from curtilage.detect.tagger.calibration import FILE, Calibration, parse_calibration
from curtilage.detect.tagger.errors import TaggerUnreadable
from curtilage.detect.tagger.features import Features, describe_document
from curtilage.detect.tagger.labels import CATEGORIES
from curtilage.detect.tagger.lexicon import Lexicon, unpack_lexicon
from curtilage.detect.tagger.readers import Readers, whole_characters
from curtilage.detect.tagger.tokens import Line, lines

SHIPPED: Final = Path(__file__).parent / "model"
DETECTOR: Final = "tagger.compact"
DOUBT: Final = 0.75  # a token less surely outside of every name than this is in one: recall first
HELD: Final = 16_000  # tokens held at once, some 80 kB of text: memory does not grow with the text
OUTSIDE: Final = "O"


@dataclass(frozen=True, slots=True)
class Model:
    """What is read from disk once, and shared by all threads."""

    lexicon: Lexicon
    weights: bytes
    calibration: Calibration


class Reader:
    """A model at work, in one thread: neither the field nor the memory of words may be shared."""

    def __init__(self, model: Model) -> None:
        self._features = Features(model.lexicon)
        self._calibration = model.calibration
        self._field = pycrfsuite.Tagger()
        self._field.open_inmemory(model.weights)
        self._labels: list[str] = sorted(set(self._field.labels()) - {OUTSIDE})

    def read(self, text: str) -> Iterator[Finding]:
        for part in parts(text):
            document = describe_document(part)
            for line in part:
                self._field.set(self._features.of(line, document))
                yield from self._names(line, self._field.tag())

    def _names(self, line: Line, labels: Sequence[str]) -> Iterator[Finding]:
        """The names of a line, each as sure as the least sure of its tokens."""
        kind, start, end, score = "", 0, 0, 1.0
        for place, token in enumerate(line.tokens):
            label = labels[place]
            if label == OUTSIDE and self._field.marginal(OUTSIDE, place) < DOUBT:
                label = max(self._labels, key=lambda each: self._field.marginal(each, place))
            opens = label[0] == "B" or label[2:] != kind
            if kind and (label == OUTSIDE or opens):
                yield self._finding(start, end, kind, score)
                kind = ""
            if label == OUTSIDE:
                continue
            if opens:
                kind, start, score = label[2:], token.start, 1.0
            score = min(score, self._chance(kind, place))
            end = token.end
        if kind:
            yield self._finding(start, end, kind, score)

    def _finding(self, start: int, end: int, kind: str, score: float) -> Finding:
        worth = round(self._calibration.of(kind, min(score, 1.0)), 3)
        return Finding(start, end, kind, worth, CATEGORIES[kind], DETECTOR)

    def _chance(self, kind: str, place: int) -> float:
        """How likely a token is in a name of a kind, wherever that begins."""
        labels = [label for label in self._labels if label[2:] == kind]
        return float(sum(self._field.marginal(label, place) for label in labels))


def parts(text: str) -> Iterator[list[Line]]:
    """The lines of a text, so many at a time: a document is no longer than that."""
    part: list[Line] = []
    held = 0
    for line in lines(whole_characters(text)):
        part.append(line)
        held += len(line.tokens)
        if held >= HELD:
            yield part
            part, held = [], 0
    if part:
        yield part


class CompactTagger:
    """Finds names. Reads its model when it is first asked; any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self._readers = Readers(lambda: read_model(folder), Reader)

    def tag(self, text: str) -> tuple[Finding, ...]:
        """Findings that do not overlap, by where they begin."""
        return tuple(self._readers.get().read(text))


def load_tagger(path: Path | None = None) -> CompactTagger:
    """The tagger of the package, or one that `make tagger` put into the folder `path`."""
    folder = path or SHIPPED
    if not (folder / "lexicon.xz").is_file() or not (folder / "weights.xz").is_file():
        raise TaggerUnreadable("The folder of the tagger has no model; expected two files in it.")
    return CompactTagger(folder)


def read_model(folder: Path) -> Model:
    """The lexicon and the weights of a folder."""
    try:
        lexicon = unpack_lexicon((folder / "lexicon.xz").read_bytes())
        weights = lzma.decompress((folder / "weights.xz").read_bytes())
        return Model(lexicon, weights, _read_calibration(folder / FILE))
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise TaggerUnreadable(
            "The model of the tagger cannot be read; expected version 1."
        ) from error


def _read_calibration(path: Path) -> Calibration:
    """What lies beside the weights; without it, a score is worth what it says."""
    return parse_calibration(path.read_text(encoding="utf-8")) if path.exists() else Calibration({})
