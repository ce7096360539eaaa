"""Names are looked for in a process apart, in time or not at all."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curtilage.detect.apart.client import PART, NamesApart
from curtilage.detect.errors import NamesNotFound, NamesNotLoaded
from curtilage.detect.names import build_names

TEXT = "Ada Lovelace met Charles Babbage in London on 5 June 1833."


@pytest.fixture(scope="module")
def names() -> Iterator[NamesApart]:
    apart = NamesApart(60.0)
    apart.start()
    yield apart
    apart.stop()


def test_it_finds_what_the_finders_find_here(names: NamesApart) -> None:
    here = [item for find in build_names() for item in find(TEXT)]
    assert list(names(TEXT)) == here
    assert "Charles Babbage" in {TEXT[item.start : item.end] for item in here}


def test_the_larger_tagger_looks_there_too() -> None:
    pytest.importorskip("onnxruntime", reason="the extra `tagger` is not installed")
    apart = NamesApart(60.0, taggers=("transformer",))
    apart.start()
    found = {TEXT[item.start : item.end]: item.detector for item in apart(TEXT)}
    apart.stop()
    assert found["Charles Babbage"] == "tagger.transformer"


def test_a_tagger_that_cannot_be_had_there_stops_the_start() -> None:
    apart = NamesApart(60.0, taggers=("spacy:/no/such/model",))
    with pytest.raises(NamesNotLoaded):
        apart.start()
    apart.stop()


@pytest.mark.parametrize("text", ["", "\x00", "half \ud800 a character", "é" * 10, "\n" * 100])
def test_any_text_is_answered(names: NamesApart, text: str) -> None:
    assert all(0 <= item.start < item.end <= len(text) for item in names(text))


def test_a_long_text_is_asked_for_in_parts_and_found_in_its_places(names: NamesApart) -> None:
    text = "Nothing to see here.\n" * (PART // 10) + TEXT
    found = {text[item.start : item.end] for item in names(text) if item.type == "PERSON"}
    assert {"Ada Lovelace", "Charles Babbage"} <= found


def test_many_threads_ask_at_once_and_get_their_own(names: NamesApart) -> None:
    people = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra"]
    told: dict[str, set[str]] = {}

    def ask(person: str) -> None:
        text = f"My colleague {person} wrote this."
        told[person] = {text[item.start : item.end] for item in names(text)}

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(person in told[person] for person in people)


def _pid(names: NamesApart) -> int:
    assert names._line is not None
    return names._line._process.pid


def test_a_process_that_dies_is_replaced(names: NamesApart) -> None:
    names(TEXT)
    os.kill(_pid(names), signal.SIGKILL)
    assert names(TEXT)


def test_one_that_does_not_answer_in_time_is_replaced_and_its_text_refused() -> None:
    apart = NamesApart(60.0)
    apart.start()
    stuck = _pid(apart)
    os.kill(stuck, signal.SIGSTOP)
    apart.patience = 0.2
    with pytest.raises(NamesNotFound):
        apart(TEXT)
    apart.patience = 60.0
    assert apart(TEXT) and _pid(apart) != stuck
    apart.stop()


def test_it_ends_with_who_started_it_and_is_not_started_again() -> None:
    apart = NamesApart(60.0)
    apart.start()
    pid = _pid(apart)
    apart.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(NamesNotFound):
        apart(TEXT)


def test_it_ends_where_its_input_does() -> None:
    apart = NamesApart(60.0)
    apart.start()
    assert apart._line is not None
    process = apart._line._process
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0
    apart.stop()


def test_it_has_no_environment_to_tell_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-of-the-service")
    apart = NamesApart(60.0)
    apart.start()
    environ = Path(f"/proc/{_pid(apart)}/environ").read_bytes()
    assert b"secret-of-the-service" not in environ
    apart.stop()


def test_waiting_for_a_turn_has_an_end() -> None:
    apart = NamesApart(0.1)
    with apart._turn:
        begun = time.monotonic()
        with pytest.raises(NamesNotFound):
            apart(TEXT)
        assert time.monotonic() - begun >= 0.1


def test_a_stop_closes_no_pipe_under_who_has_its_turn() -> None:
    apart = NamesApart(60.0)
    apart.start()
    assert apart._line is not None
    pipe, process = apart._line._to, apart._line._process
    stopping = threading.Thread(target=apart.stop)
    with apart._turn:  # as who is writing a text: its number may be another's once it is closed
        stopping.start()
        assert process.wait(60) == -signal.SIGKILL
        os.fstat(pipe)
    stopping.join(60)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(pipe)


def test_a_stop_while_somebody_waits_for_an_answer_refuses_them() -> None:
    apart = NamesApart(60.0)
    apart.start()
    os.kill(_pid(apart), signal.SIGSTOP)
    refused: list[NamesNotFound] = []

    def ask() -> None:
        try:
            apart(TEXT)
        except NamesNotFound as refusal:
            refused.append(refusal)

    asking = threading.Thread(target=ask)
    asking.start()
    apart.stop()
    asking.join(60)
    assert refused and apart._line is None


def test_whatever_goes_wrong_in_it_is_said_without_a_word_of_a_text() -> None:
    command = [sys.executable, "-P", "-m", "curtilage.detect.apart.process"]
    wanted = '{"cache_dir": "", "taggers": [], "labels": []}'
    broken = b"\x00\x00\x00\x04\xff\xffAd"  # no text at all
    done = subprocess.run([*command, wanted], input=broken, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (70, b"")
    strange = wanted.replace('"taggers": []', '"taggers": ["nobody:/nowhere"]')
    done = subprocess.run([*command, strange], capture_output=True, check=False)
    assert done.returncode and done.stderr.startswith(b"error: ")


def test_a_process_that_loads_for_longer_than_a_text_may_wait_is_loaded_all_the_same() -> None:
    apart = NamesApart(0.01)
    with contextlib.suppress(NamesNotFound):
        apart(TEXT)
    apart.patience = 60.0
    assert apart._line is not None, "it was loaded while the first text waited"
    assert apart(TEXT)
    apart.stop()
