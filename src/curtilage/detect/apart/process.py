"""The process apart: reads texts from its standard input, and answers with what they name.

It is given neither keys nor an environment, keeps nothing, and ends where its
input does: with the service that started it, however that went.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from curtilage.core.errors import CurtilageError
from curtilage.detect.apart.frames import HEAD, decode_text, encode_findings, frame, length_of
from curtilage.detect.names import Find, build_names

BUG = 70


def main() -> int:
    """Answer until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # both are for the service, which says when
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # texts belong into no dump
    with contextlib.suppress(OSError):
        os.nice(5)  # who streams a reply goes first
    try:
        finders = _finders(json.loads(sys.argv[1]))
    except CurtilageError as error:  # the service says that there are no names, we why
        sys.stderr.write(f"error: {error.detail}\nhint: {error.advice}\n")
        return error.exit_code
    try:
        _answer(finders, sys.stdin.buffer, sys.stdout.buffer)
    except CurtilageError as error:  # its words hold nothing of a text
        sys.stderr.write(f"error: {error.detail}\nhint: {error.advice}\n")
        return error.exit_code
    except Exception:  # noqa: BLE001 -- whatever a text brings about: no word of it is said
        return BUG
    return 0


def _finders(given: Mapping[str, Any]) -> tuple[Find, ...]:
    """What looks for names, each warm."""
    cache_dir = Path(given["cache_dir"]) if given["cache_dir"] else None
    finders = build_names(cache_dir, taggers=given["taggers"], labels=given["labels"])
    for find in finders:
        find("Ada Lovelace was here.")
    return finders


def _answer(finders: Sequence[Find], source: BinaryIO, sink: BinaryIO) -> None:
    _send(sink, b"")
    while (raw := _next(source)) is not None:
        text = decode_text(raw)
        _send(sink, encode_findings([item for find in finders for item in find(text)]))


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
    sys.exit(main())
