"""What goes into the model for a text, and where its tokens are in what comes out."""

from dataclasses import dataclass

import pytest

from curtilage.detect.tagger.lexicon import pack_lexicon, unpack_lexicon
from curtilage.detect.tagger.tokens import lines
from curtilage.detect.tagger.transformer.reading import (
    CLOSING,
    LONGEST_TEXT,
    LONGEST_WORD,
    OPENING,
    UNKNOWN,
    Words,
    readings,
)
from curtilage.detect.tagger.transformer.traits import LINE_START, NO_TRAITS
from curtilage.detect.tagger.transformer.windows import LONGEST


@dataclass(frozen=True)
class Letters:
    ids: list[int]


@dataclass
class Alphabet:
    """A vocabulary of letters, which counts how often it is asked."""

    asked: int = 0

    def encode(
        self, sequence: str, pair: None = None, is_pretokenized: bool = False, add_special_tokens: bool = True  # noqa: FBT002
    ) -> Letters:  # fmt: skip
        assert not add_special_tokens
        self.asked += 1
        assert len(sequence) <= LONGEST_TEXT
        return Letters([1000 + ord(letter) for letter in sequence if letter.isascii()])


@pytest.fixture
def alphabet() -> Alphabet:
    return Alphabet()


@pytest.fixture
def words(alphabet: Alphabet) -> Words:
    return Words(alphabet, unpack_lexicon(pack_lexicon({}, {})))


def test_tokens_are_framed_and_know_their_first_piece(words: Words) -> None:
    (reading,) = readings(list(lines("Al is in.")), words)
    assert reading.pieces[0] == OPENING
    assert reading.pieces[-1] == CLOSING
    assert [chr(reading.pieces[row] - 1000) for row in reading.rows] == ["A", "i", "i", "."]
    assert len(reading.traits) == len(reading.pieces)


def test_a_token_that_opens_a_line_says_so(words: Words) -> None:
    (reading,) = readings(list(lines("Al is\nis Al")), words)
    starts = [reading.traits[row][LINE_START] - NO_TRAITS[LINE_START] for row in reading.rows]
    assert starts == [1, 0, 1, 0]


def test_of_a_token_without_end_only_the_beginning_is_read(words: Words) -> None:
    (reading,) = readings(list(lines("a" * 100_000)), words)
    assert len(reading.pieces) == LONGEST_WORD + 2


def test_a_word_that_the_vocabulary_says_nothing_of_is_unknown(words: Words) -> None:
    (reading,) = readings(list(lines("żź is")), words)
    assert reading.pieces[1] == UNKNOWN


def test_a_word_is_looked_up_once(words: Words, alphabet: Alphabet) -> None:
    list(readings(list(lines("Al " * 500)), words))
    assert alphabet.asked == 1


def test_no_window_is_longer_than_the_model_reads(words: Words) -> None:
    cut = list(readings(list(lines("abracadabra " * 300)), words))
    assert len(cut) > 10
    assert all(len(reading.pieces) <= LONGEST + 2 for reading in cut)
