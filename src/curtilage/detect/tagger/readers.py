"""A model that is read once, and what reads with it in each thread.

Taggers share it: what they read from disk is large and never changes, what works with it
is neither large nor to be shared. Half a pair of UTF-16 is no text to any of them.
"""

import re
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Model = TypeVar("Model")
Reader = TypeVar("Reader")
QUIET: Final = {"ORT_DISABLE_TELEMETRY": "1"}
"""Set before onnxruntime is loaded: else it makes a number for this machine in the user's cache,
and a database of what it would send. Its `disable_telemetry_events` comes too late for both."""
_LONE: Final = re.compile("[\ud800-\udfff]")


class Readers(Generic[Model, Reader]):
    """Gives each thread its reader. `load` is called once, when the first one is asked for."""

    def __init__(self, load: Callable[[], Model], begin: Callable[[Model], Reader]) -> None:
        self._load = load
        self._begin = begin
        self._lock = threading.Lock()
        self._loaded: list[Model] = []
        self._own = threading.local()

    def get(self) -> Reader:
        """The reader of this thread."""
        reader: Reader | None = getattr(self._own, "reader", None)
        if reader is None:
            reader = self._own.reader = self._begin(self._model())
        return reader

    def _model(self) -> Model:
        with self._lock:
            if not self._loaded:
                self._loaded.append(self._load())
            return self._loaded[0]


def whole_characters(text: str) -> str:
    """The text with `?` for each half of a pair: as long as before, so that places hold."""
    return _LONE.sub("?", text)
