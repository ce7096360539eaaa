"""The process apart: reads texts from its standard input, and answers with what they name.

It has neither settings nor keys nor a network, keeps nothing, and ends where its
input does: with the service that started it, however that went.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from curtilage.detect.apart.frames import HEAD, decode_text, encode_findings, frame, length_of
from curtilage.detect.names import build_names


def main() -> int:
    """Answer until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # both are for the service, which says when
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # texts belong into no dump
    with contextlib.suppress(OSError):
        os.nice(5)  # who streams a reply goes first
    given = json.loads(sys.argv[1])
    cache_dir = Path(given["cache_dir"]) if given["cache_dir"] else None
    finders = build_names(cache_dir, taggers=given["taggers"], labels=given["labels"])
    for find in finders:
        find("Ada Lovelace was here.")
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    _send(sink, b"")
    while (raw := _next(source)) is not None:
        text = decode_text(raw)
        _send(sink, encode_findings([item for find in finders for item in find(text)]))
    return 0


def _send(sink: BinaryIO, raw: bytes) -> None:
    sink.write(frame(raw))
    sink.flush()


def _next(source: BinaryIO) -> bytes | None:
    """The next frame; None where the service is gone."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    length = length_of(head)
    raw = source.read(length)
    return raw if len(raw) == length else None


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the service went while it was answered
        sys.exit(main())
