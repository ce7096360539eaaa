"""Sources are opened late, bounded, and only if they are files."""

import io
import os
from pathlib import Path

import pytest

from curtilage.survey.errors import Unreadable
from curtilage.survey.sources import Limits, open_file, open_stream


def test_a_file_has_a_head_a_size_and_an_ending(tmp_path: Path) -> None:
    path = tmp_path / "A.Tar.GZ"
    path.write_bytes(b"abc")
    source = open_file(path)
    assert (source.head, source.size, source.suffix) == (b"abc", 3, "gz")
    with source.open() as opened:
        assert opened.read() == b"abc"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="a named pipe"):
        open_file(tmp_path / "pipe")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not there") as told:
        open_file(tmp_path / "none")
    assert told.value.exit_code == 5


def test_a_stream_gives_its_head_and_the_rest_once() -> None:
    raw = bytes(range(256)) * 100
    source = open_stream(io.BytesIO(raw))
    opened = source.open()
    assert source.head == raw[:8192]
    parts = [opened.read(5000)]
    while part := opened.read(5000):
        parts.append(part)
    assert b"".join(parts) == raw
    assert open_stream(io.BytesIO(raw)).open().read() == raw


def test_what_is_inside_remembers_where_and_how_deep(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"zip")
    source = open_file(tmp_path / "a.zip", Limits(depth=1))
    inner = source.inner("member b.txt", "b.txt", b"text")
    assert inner.within == ("member b.txt",) and inner.open().read() == b"text"
    with pytest.raises(Unreadable, match="deeper than 1"):
        inner.inner("member c.txt", "c.txt", b"")
