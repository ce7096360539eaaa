"""What the rewriters of streams share: frames in and out, and how a stream ends."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from typing import Generic, TypeVar

from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.gateway.wire.sse import Frame, SSEParser
from curtilage.shield.held import Held
from curtilage.shield.restore import StreamRestorer

F = TypeVar("F")


class Rewriter(ABC, Generic[F]):
    """Feed it what the provider sends; it gives back what may be sent on.

    Raises BrokenStream for a frame without an end. `stats` counts what was
    restored when it is closed, also where the caller has gone. A protocol says how a stream
    is cut (`_cut`, `_cut_rest`), what becomes of a frame (`_take`), and what is still held
    back (`_flush_all`).
    """

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        self.stats = ReplyStats(complete=False)
        self._held = held
        self._facts = facts
        self._reply = ReplyRestorer(held, self.stats, outbound_tools)
        self._opened: list[StreamRestorer] = []
        self._done = False

    @property
    def ended(self) -> bool:
        """Whether the reply's last frame has been taken: nothing of it follows."""
        return self._done

    def feed(self, data: bytes) -> bytes:
        """Bytes ready to send, possibly none."""
        out: list[bytes] = []
        for frame in self._cut(data):
            self._take(frame, out)
        return b"".join(out)

    def close(self) -> bytes:
        """The rest, when the provider has ended its reply or broke off."""
        out: list[bytes] = []
        self._cut_rest(out)
        self._flush_all(out)
        for restorer in self._opened:
            self.stats.count(restorer)
        self._opened.clear()
        self.stats.complete = self._is_whole() and not self.stats.failed
        return b"".join(out)

    def _is_whole(self) -> bool:
        """Whether the provider came to its end."""
        return self._done

    def _stop_restoring(self, out: list[bytes]) -> None:
        """Leave every token from here on: the caller's text may not be what we follow."""
        self._flush_all(out)
        for restorer in self._opened:
            restorer.stop()
        self._held = self._reply.held = Held(watch=self._held.watch)

    @abstractmethod
    def _cut(self, data: bytes) -> Iterable[F]:
        """The frames that are whole now, in order."""

    @abstractmethod
    def _cut_rest(self, out: list[bytes]) -> None:
        """Put into `out` what becomes of what came after the last whole frame."""

    @abstractmethod
    def _take(self, frame: F, out: list[bytes]) -> None:
        """Put into `out` what becomes of a frame."""

    @abstractmethod
    def _flush_all(self, out: list[bytes]) -> None:
        """Put into `out` what every logical stream holds back."""


class FrameRewriter(Rewriter[Frame]):
    """A rewriter of server-sent events."""

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self._parser = SSEParser()

    def _cut(self, data: bytes) -> Iterable[Frame]:
        return self._parser.feed(data)

    def _cut_rest(self, out: list[bytes]) -> None:
        last = self._parser.close()
        if last is not None:
            self._take(last, out)
            if not last.ended:
                out.append(b"\n\n")
