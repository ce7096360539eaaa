"""Sessions in memory: for one process, and gone with it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

MOST_SESSIONS = 50_000  # some 200 MB at 4 kB each
MOST_MARKS = 100_000


@dataclass(slots=True)
class _Kept:
    box: bytes
    tags: tuple[bytes, ...]
    until: datetime


@dataclass(slots=True)
class MemorySessions:
    """Implements `SessionStore`. When full the session that is here longest goes."""

    most: int = MOST_SESSIONS
    most_marks: int = MOST_MARKS
    _kept: "OrderedDict[bytes, _Kept]" = field(default_factory=OrderedDict, init=False, repr=False)
    _tagged: dict[bytes, set[bytes]] = field(default_factory=dict, init=False, repr=False)
    _marks: "OrderedDict[bytes, datetime]" = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    async def load(self, key: bytes, *, at: datetime) -> bytes | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.until <= at:
                self._drop(key)
                return None
            return kept.box if kept else None

    async def save(
        self, key: bytes, box: bytes, *, tags: tuple[bytes, ...], until: datetime
    ) -> None:
        with self._lock:
            self._drop(key)
            while len(self._kept) >= self.most:
                self._drop(next(iter(self._kept)))
            self._kept[key] = _Kept(box, tags, until)
            for tag in tags:
                self._tagged.setdefault(tag, set()).add(key)

    async def replace(self, key: bytes, box: bytes) -> bool:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                kept.box = box
            return kept is not None

    async def touch(self, key: bytes, *, until: datetime) -> None:
        with self._lock:
            if key in self._kept:
                self._kept[key].until = until

    async def delete(self, key: bytes) -> None:
        with self._lock:
            self._drop(key)

    async def end(self, tag: bytes) -> int:
        with self._lock:
            keys = tuple(self._tagged.get(tag, ()))
            for key in keys:
                self._drop(key)
            return len(keys)

    async def once(self, mark: bytes, *, at: datetime, until: datetime) -> bool:
        with self._lock:
            if self._marks.get(mark, at) > at:
                return False
            self._marks.pop(mark, None)
            while len(self._marks) >= self.most_marks:
                self._marks.popitem(last=False)
            self._marks[mark] = until
            return True

    def _drop(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        for tag in kept.tags if kept else ():
            keys = self._tagged[tag]
            keys.discard(key)
            if not keys:
                del self._tagged[tag]
