"""What every rewriter of a stream does, shown on one that has no protocol."""

from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame
from curtilage.shield.held import Held, HeldValue, Origin, Sink
from curtilage.shield.restore import Form, StreamRestorer


class Echo(FrameRewriter):
    """Every frame is one text of one logical stream; `end` is the last."""

    def _take(self, frame: Frame, out: list[bytes]) -> None:
        if not self._opened:
            self._opened.append(StreamRestorer(self._held, sink=Sink.TEXT, form=Form.TEXT))
        text = (frame.data or b"").decode()
        self._done = text == "end"
        if text == "doubt":
            self._stop_restoring(out)
        out.append(b"data: " + self._opened[0].feed(text).encode() + b"\n\n")

    def _flush_all(self, out: list[bytes]) -> None:
        out.extend(restorer.close().encode() for restorer in self._opened)


def a_rewriter() -> Echo:
    held = Held()
    held.hold("QX1-A", HeldValue("ada", "T", Origin.CALLER))
    return Echo(held, RequestFacts(model="m"))


def test_frames_are_taken_as_they_are_whole_whatever_the_cuts() -> None:
    rewriter = a_rewriter()
    assert rewriter.feed(b"data: on") == b""
    assert rewriter.feed(b"e\n\ndata: two\n\nda") == b"data: one\n\ndata: two\n\n"
    assert rewriter.feed(b"ta: end\n\n") == b"data: end\n\n"
    assert rewriter.ended
    rewriter.close()
    assert rewriter.stats.complete


def test_a_last_frame_without_its_empty_line_gets_one() -> None:
    rewriter = a_rewriter()
    rewriter.feed(b"data: end")
    assert rewriter.close() == b"data: end\n\n\n\n"


def test_a_stream_that_did_not_say_its_end_is_not_whole() -> None:
    rewriter = a_rewriter()
    rewriter.feed(b"data: one\n\n")
    rewriter.close()
    assert not rewriter.ended and not rewriter.stats.complete


def test_what_is_held_back_comes_out_at_the_end() -> None:
    rewriter = a_rewriter()
    assert rewriter.feed(b"data: Q\n\n") == b"data: \n\n"
    assert rewriter.close() == b"Q"


def test_once_in_doubt_every_token_stays() -> None:
    rewriter = a_rewriter()
    rewriter.feed(b"data: doubt\n\n")
    assert rewriter.feed(b"data: QX1-A now\n\n") == b"data: QX1-A now\n\n"
