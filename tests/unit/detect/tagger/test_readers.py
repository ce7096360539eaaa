"""A model is read once, and each thread has a reader of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from curtilage.detect.tagger.readers import Readers, whole_characters


def test_a_model_is_read_once_and_when_it_is_first_asked_for() -> None:
    loads: list[str] = []

    def load() -> str:
        loads.append("model")
        return "model"

    together = Barrier(3)
    readers = Readers(load, lambda model: [model])
    assert loads == []

    def ask() -> list[str]:
        together.wait(10)
        assert readers.get() is readers.get()
        return readers.get()

    with ThreadPoolExecutor(3) as threads:
        asked = [each.result() for each in [threads.submit(ask) for _ in range(3)]]
    assert loads == ["model"] and asked == [["model"]] * 3
    assert len({id(reader) for reader in asked}) == 3


def test_one_that_cannot_be_read_is_tried_again() -> None:
    tries = iter([OSError, None])

    def load() -> str:
        if problem := next(tries):
            raise problem
        return "model"

    readers = Readers(load, str.upper)
    with pytest.raises(OSError):
        readers.get()
    assert readers.get() == "MODEL"


def test_half_a_pair_is_a_question_mark_and_places_hold() -> None:
    assert whole_characters("a\ud83db\ude00 😀") == "a?b? 😀"
