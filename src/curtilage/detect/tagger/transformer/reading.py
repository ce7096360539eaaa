"""Tokens of a text as the model reads them: pieces and traits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from curtilage.detect.tagger.lexicon import Lexicon
from curtilage.detect.tagger.tokens import Line, Token
from curtilage.detect.tagger.transformer.traits import LINE_START, NO_TRAITS, traits_of
from curtilage.detect.tagger.transformer.windows import Window, windows

KEPT_WORDS = 16_384  # some 8 MB
LONGEST_WORD = 12  # pieces: of what is longer only the beginning is read
LONGEST_TEXT = 64  # characters of it that are looked at
OPENING, CLOSING, UNKNOWN = 101, 102, 100  # [CLS], [SEP], [UNK] of the vocabulary


class Encoded(Protocol):
    @property
    def ids(self) -> list[int]: ...


class Pieces(Protocol):
    """A vocabulary of word pieces, as `tokenizers` has it."""

    def encode(
        self,
        sequence: str,
        pair: None = None,
        is_pretokenized: bool = ...,
        add_special_tokens: bool = ...,
    ) -> Encoded: ...


class Word(NamedTuple):
    pieces: tuple[int, ...]
    traits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What goes into the model for one window, and the rows of its tokens in what comes out."""

    window: Window
    pieces: list[int]
    traits: list[tuple[int, ...]]
    rows: list[int]


class Words:
    """Makes words, and remembers them. One for each thread."""

    def __init__(self, pieces: Pieces, lexicon: Lexicon) -> None:
        self._pieces = pieces
        self._lexicon = lexicon
        self._words: dict[str, Word] = {}

    def of(self, token: Token) -> Word:
        word = self._words.get(token.text)
        if word is None:
            if len(self._words) >= KEPT_WORDS:
                self._words.clear()
            word = self._words[token.text] = self._make(token.text)
        return word

    def _make(self, text: str) -> Word:
        seen = text[:LONGEST_TEXT]
        pieces = self._pieces.encode(seen, add_special_tokens=False).ids[:LONGEST_WORD]
        return Word(tuple(pieces) or (UNKNOWN,), traits_of(seen, self._lexicon))


def readings(lines: Sequence[Line], words: Words) -> Iterator[Reading]:
    """The windows of some lines, each with what the model is given for it."""
    made = [words.of(token) for line in lines for token in line.tokens]
    opens = [not place for line in lines for place in range(len(line.tokens))]
    for window in windows([len(word.pieces) for word in made], opens):
        pieces, traits, rows = [OPENING], [NO_TRAITS], []
        for place in range(window.first, window.last):
            word = made[place]
            rows.append(len(pieces))
            pieces += word.pieces
            own = _opening(word.traits) if opens[place] else word.traits
            traits += [own] * len(word.pieces)
        yield Reading(window, [*pieces, CLOSING], [*traits, NO_TRAITS], rows)


def _opening(traits: tuple[int, ...]) -> tuple[int, ...]:
    return (*traits[:LINE_START], traits[LINE_START] + 1, *traits[LINE_START + 1 :])
