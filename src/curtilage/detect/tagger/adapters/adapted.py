"""A tagger of others as one of ours: windows, labels, bounds, and what if it fails."""

import importlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curtilage.core.models import Finding
from curtilage.core.settings import tell_libraries
from curtilage.detect.tagger.adapters.windows import Window, windows
from curtilage.detect.tagger.errors import TaggerFailed, TaggerUnreadable
from curtilage.detect.tagger.labels import CATEGORIES
from curtilage.detect.tagger.readers import QUIET, whole_characters

UNKNOWN = "user"  # of a type that is no name; the scanner knows better where it is declared
UNSAID = 0.5  # the score of what comes with none that is one
OVERLAP = 40  # words and signs; a name is hardly longer than half of them


class Named(NamedTuple):
    """What a model found in the text it was given: code points, half open."""

    start: int
    end: int
    label: str
    score: float


Read = Callable[[str], Iterable[Named]]


@dataclass(frozen=True, slots=True)
class AdaptedTagger:
    """Finds with a model of others. Any thread may ask; one reads at a time.

    `labels` says what a label is called here; one that is not there is left out, unless
    `keeps_labels`. `size` is how many words and signs the model reads at once.
    """

    name: str
    read: Read
    labels: Mapping[str, str]
    size: int
    keeps_labels: bool = False
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def tag(self, text: str) -> tuple[Finding, ...]:
        """Findings that do not overlap, by where they begin.

        Raises TaggerFailed where the model did: then nothing is known of the text."""
        if not text.strip():
            return ()
        found: list[Finding] = []
        overlap = min(OVERLAP, self.size // 2)
        for window in windows(whole_characters(text), size=self.size, overlap=overlap):
            for item in sorted(self._findings(window), key=_place):
                if not found or item.start >= found[-1].end:
                    found.append(item)
                elif item.score > found[-1].score:
                    found[-1] = item
        return tuple(found)

    def _findings(self, window: Window) -> Iterator[Finding]:
        for named in self._read(window.text):
            kind = self.labels.get(named.label, named.label if self.keeps_labels else "")
            start, end = _trimmed(window.text, named.start, named.end)
            if not kind or start >= end or not window.owns(window.start + start):
                continue
            yield Finding(
                window.start + start,
                window.start + end,
                kind,
                round(named.score, 3) if 0 <= named.score <= 1 else UNSAID,
                CATEGORIES.get(kind, UNKNOWN),
                f"tagger.{self.name}",
            )

    def _read(self, text: str) -> list[Named]:
        with (
            self._lock,
            suppress(Exception),
        ):  # what it says may quote the text: it is not passed on
            return list(self.read(text))
        raise TaggerFailed(
            f"The tagger {self.name} failed on a text; nothing is known of what is in it."
        )


def import_library(name: str, package: str) -> Any:
    """The library of an adapter. Raises TaggerUnreadable where it is not installed."""
    tell_libraries(QUIET)  # GLiNER brings onnxruntime along
    try:
        return importlib.import_module(name)
    except ImportError:
        raise TaggerUnreadable(
            f"The setting detect.taggers asks for {name}, which is not installed.",
            hint=f"Install it beside Curtilage: `pip install {package}`.",
        ) from None


def load_local(name: str, path: Path, load: Callable[[], Any]) -> Any:
    """What `load` gives for a path on this machine. Raises TaggerUnreadable."""
    advice = "Give the path of a model on this machine; none is fetched."
    if not path.exists():
        raise TaggerUnreadable(f"The model for the tagger {name} is not there.", hint=advice)
    try:
        return load()
    except Exception as problem:  # libraries raise what they like
        raise TaggerUnreadable(
            f"The model for the tagger {name} cannot be read ({type(problem).__name__}).",
            hint=advice,
        ) from problem


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Within the text, without white space at the ends."""
    start, end = max(start, 0), min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _place(item: Finding) -> tuple[int, int, str]:
    return item.start, -item.end, item.type
