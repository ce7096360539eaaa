"""What a service asks for names: one process apart, one text at a time, each with an end.

Whoever gets no answer in time is refused, and the process is replaced: a text that was
not looked at never passes as one that holds nothing.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from curtilage.core.models import Finding
from curtilage.core.settings import environment
from curtilage.detect.apart.frames import HEAD, decode_findings, encode_text, frame, length_of
from curtilage.detect.errors import NamesNotFound, NamesNotLoaded

PART: Final = 48_000  # characters asked for at once: others' texts come in between
START: Final = 60.0  # seconds for a process to load its model, on a machine that is busy
ENDING: Final = 1.0  # seconds until a process that closed its pipe has ended
TRIES: Final = 2  # a process that dies under a text is replaced once for it
AT_ONCE: Final = 65_536  # bytes, as much as a pipe holds
PASSED_ON: Final = ("LANG", "LD_LIBRARY_PATH", "PYTHONPATH")  # of the environment: where code lies


class _Gone(Exception):
    """The process does not answer in time, or not as agreed."""


class _Line:
    """A process and the pipes to it. Every wait has an end."""

    def __init__(self, wanted: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 -- our own module, by our own interpreter
            [sys.executable, "-P", "-m", "curtilage.detect.apart.process", wanted],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in environment().items() if name in PASSED_ON},
            bufsize=0,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    def send(self, raw: bytes, until: float) -> None:
        rest = memoryview(frame(raw))
        while rest:
            _wait(self._to, select.POLLOUT, until)
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(self._to, rest[:AT_ONCE]) :]

    def receive(self, until: float) -> bytes:
        return self._read(length_of(self._read(HEAD.size, until)), until)

    def _read(self, size: int, until: float) -> bytes:
        raw = b""
        while len(raw) < size:
            _wait(self._from, select.POLLIN, until)
            with contextlib.suppress(BlockingIOError):
                more = os.read(self._from, min(size - len(raw), AT_ONCE))
                if not more:
                    raise _Gone
                raw += more
        return raw

    def has_ended(self) -> bool:
        """Whether it ended by itself: it was not killed, nor does it keep us waiting."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(ENDING) >= 0
        return False

    def kill(self) -> None:
        self._process.kill()  # it holds nothing that would have to be put away

    def end(self) -> None:
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _wait(pipe: int, event: int, until: float) -> None:
    left = until - time.monotonic()
    poll = select.poll()  # `select` itself knows no number above a thousand
    poll.register(pipe, event)
    if left <= 0 or not poll.poll(left * 1000):
        raise _Gone


@dataclass(slots=True)
class NamesApart:
    """A finder of names whose work is done elsewhere. Any thread may ask; they take turns.

    `patience` is how many seconds a text may take, with the wait for its turn; `taggers` and
    `labels` are as in the settings."""

    patience: float
    cache_dir: Path | None = None
    taggers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    _line: _Line | None = None
    _stopped: bool = False
    _turn: Lock = field(default_factory=Lock)

    def __call__(self, text: str, /) -> Sequence[Finding]:
        """What is named in `text`. Raises NamesNotFound where that was not found out."""
        until = time.monotonic() + self.patience
        return [
            item._replace(start=item.start + start, end=item.end + start)
            for start, part in _parts(text)
            for item in self._ask(encode_text(part), until)
        ]

    def start(self) -> None:
        """Have the process ready. Raises NamesNotLoaded where it ends at once, else NamesNotFound."""
        with self._turn:
            try:
                self._ready(time.monotonic() + START)
            except (_Gone, OSError, ValueError):
                has_ended = self._line is not None and self._line.has_ended()
                self._drop()
                raise (NamesNotLoaded if has_ended else NamesNotFound) from None

    def stop(self) -> None:
        """End the process, for good. Whoever waits for its answer is refused."""
        self._stopped = True
        if (line := self._line) is not None:
            line.kill()  # who has its turn sees that, and lets go of the pipes first: a text
        with self._turn:  # that is on its way must not meet what has their numbers next
            self._drop()

    def _ask(self, raw: bytes, until: float) -> list[Finding]:
        for _ in range(TRIES):
            if time.monotonic() >= until:
                break
            if not self._turn.acquire(timeout=max(0.0, until - time.monotonic())):
                break
            try:
                line = self._ready(until)
                if time.monotonic() >= until:  # it loaded for as long; the next text finds it so
                    break
                line.send(raw, until)
                return decode_findings(line.receive(until))
            except (_Gone, OSError, ValueError, TypeError):
                self._drop()
            finally:
                self._turn.release()
        raise NamesNotFound

    def _ready(self, until: float) -> _Line:
        """The process, started where there is none."""
        if self._stopped:
            raise _Gone
        if self._line is None:
            self._line = _Line(self._wanted())
            if self._stopped:  # meanwhile, by who found nothing to kill
                raise _Gone
            self._line.receive(max(until, time.monotonic() + START))  # else it never gets loaded
        return self._line

    def _wanted(self) -> str:
        """What the process is to look with."""
        cache_dir = str(self.cache_dir or "")
        return json.dumps({"cache_dir": cache_dir, "taggers": self.taggers, "labels": self.labels})

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.end()


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """A text in parts that end with a line where one ends in time, each with where it begins."""
    start = 0
    while start < len(text):
        end = start + PART
        if end < len(text):
            end = text.rfind("\n", start + PART // 2, end) + 1 or end
        yield start, text[start:end]
        start = end
