"""What people and machines do to a text: case, marks, slips of the finger, spaces."""

import unicodedata
from random import Random

from tools.tagger.generate.pieces import Piece, pick

_EMOJI = "😀 😅 🙏 👍 ❤️ 😡 🎉 🤔 😭 ✨".split()


def noisy(source: Random, pieces: list[Piece], *, casual: bool) -> list[Piece]:
    """The pieces as they may arrive. Spans keep their parts."""
    plain = {
        "none": 78,
        "small": 8,
        "large": 2.5,
        "slips": 5,
        "ocr": 1.5,
        "plain letters": 4,
        "marks": 3,
    }
    kind = pick(source, plain | ({"small": 24, "marks": 8, "slips": 8} if casual else {}))
    if kind == "small":
        pieces = [Piece(piece.text.lower(), piece.type) for piece in pieces]
    elif kind == "large":
        pieces = [Piece(piece.text.upper(), piece.type) for piece in pieces]
    elif kind == "slips":
        pieces = [Piece(_slips(source, piece.text, 0.012), piece.type) for piece in pieces]
    elif kind == "ocr":
        pieces = [
            Piece(piece.text.replace(" ", source.choice((" ", "  ", "\n"))), piece.type)
            for piece in pieces
        ]
    elif kind == "plain letters":
        pieces = [Piece(_without_accents(piece.text), piece.type) for piece in pieces]
    elif kind == "marks":
        pieces = [
            piece if piece.type else Piece("".join(c for c in piece.text if c not in ",.!?'"))
            for piece in pieces
        ]
    if casual and source.random() < 0.12:
        pieces = [*pieces, Piece(f" {source.choice(_EMOJI)}")]
    return pieces


def _slips(source: Random, text: str, rate: float) -> str:
    """Letters left out, doubled or turned round."""
    found = list(text)
    for place in range(len(found) - 1):
        if source.random() < rate and found[place].isalpha() and found[place + 1].isalpha():
            slip = source.choice(("drop", "double", "turn"))
            if slip == "drop":
                found[place] = ""
            elif slip == "double":
                found[place] *= 2
            else:
                found[place], found[place + 1] = found[place + 1], found[place]
    return "".join(found)


def _without_accents(text: str) -> str:
    marks = unicodedata.normalize("NFD", text)
    return "".join(char for char in marks if not unicodedata.combining(char))
