"""What the model is told of a token beside its pieces, whose vocabulary has no case."""

from itertools import accumulate
from typing import Final

from curtilage.detect.tagger.features import shape_of
from curtilage.detect.tagger.lexicon import Lexicon
from curtilage.detect.tagger.vocabulary import CLASSES

_SHAPES: Final = (
    "x", "x1", "XX", "X1", "Xx", "Xm", "xm", "d1", "d2", "d3", "d4", "d5", "@", "at", "mail", "url",
)  # fmt: skip
_SHAPE: Final = {shape: number for number, shape in enumerate(_SHAPES, 2)}
_SIGN: Final = 1  # any other; 0 is that of what frames a window
_CLASS: Final = {name: number for number, name in enumerate(sorted(set(CLASSES.values())), 1)}
_FACTS: Final = (4, 4, 6, 2, 4, 8, 8, 8, 8)  # how many values each fact has; the sense is left out
_CLUSTERS: Final = 64  # the first six bits of a cluster: the broad ones
_COUNTS: Final = (len(_SHAPES) + 2, 2, len(_CLASS) + 1, *_FACTS, *(_CLUSTERS + 1,) * 3)
_FIRST: Final = (0, *accumulate(_COUNTS))

WIDTH: Final = len(_COUNTS)
"""How many traits a token has."""
VALUES: Final = _FIRST[-1]
"""How many values they have together: rows of the table that the model learned."""
NO_TRAITS: Final = _FIRST[:-1]
LINE_START: Final = 1
"""The trait that is 1 more where a token opens a line; all others are of the word alone."""


def traits_of(text: str, lexicon: Lexicon) -> tuple[int, ...]:
    """A row of the table for each trait."""
    low, shape = text.lower(), shape_of(text)
    word = text[0].isalpha() and shape not in ("mail", "url")
    facts = lexicon.facts(low)[: len(_FACTS)] if word else (0,) * len(_FACTS)
    clusters = lexicon.clusters(text) if word else (0, 0, 0)
    values = (
        _SHAPE.get(shape, _SIGN),
        0,
        _CLASS.get(CLASSES.get(low, ""), 0),
        *facts,
        *((cluster & _CLUSTERS - 1) + 1 if cluster else 0 for cluster in clusters),
    )
    return tuple([first + value for first, value in zip(NO_TRAITS, values, strict=True)])
