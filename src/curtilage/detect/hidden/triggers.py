"""Which tricks a text may hold, in one pass: with Hyperscan, or with `re` without it."""

import re
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from curtilage.detect.matching import to_bytes


class Triggers(Protocol):
    """Gives the numbers of the patterns that are in a text, and not where."""

    def fired(self, text: str) -> frozenset[int]: ...


class ReTriggers:
    """One pattern after the other."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(pattern, re.DOTALL | re.ASCII) for pattern in patterns]

    def fired(self, text: str) -> frozenset[int]:
        data = to_bytes(text).decode("latin-1")
        return frozenset(
            number for number, pattern in enumerate(self._patterns) if pattern.search(data)
        )


class HyperscanTriggers:
    """All patterns at once; each is reported once, however often it is there."""

    def __init__(self, patterns: Sequence[str]) -> None:
        import hyperscan  # noqa: PLC0415 - optional: `re` stands in where it is missing

        flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[to_bytes(pattern) for pattern in patterns],
            ids=list(range(len(patterns))),
            flags=[flags] * len(patterns),
        )
        self._scratch_of = hyperscan.Scratch
        self._local = threading.local()

    def fired(self, text: str) -> frozenset[int]:
        found: set[int] = set()
        self._database.scan(to_bytes(text), _take, context=found, scratch=self._scratch())
        return frozenset(found)

    def _scratch(self) -> Any:
        try:
            return self._local.scratch
        except AttributeError:
            self._local.scratch = self._scratch_of(self._database)
            return self._local.scratch


def _take(number: int, _start: int, _end: int, _flags: int, found: set[int]) -> None:
    found.add(number)
