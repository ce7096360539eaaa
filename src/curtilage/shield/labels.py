"""The short readable name of a type inside a token: a model knows what it stands for.

Derived from the type's name alone: words that say little are left out, the
rest is joined and cut. Two types may share a label: the body of a token is a
hash over the whole type, so their tokens still differ.
"""

import re

from curtilage.shield.grammar import LABEL_SYMBOLS

# Words that tell a model nothing which the others do not.
_QUIET = frozenset({"ADDRESS", "NUMBER", "CODE", "CREDIT", "GENERIC", "STREET"})
# Types that only consist of quiet words, or whose usual name is another.
_KNOWN = {"STREET_ADDRESS": "ADDRESS", "DATE_OF_BIRTH": "BIRTHDATE", "CREDIT_CARD": "CARD"}
_WORD = re.compile(r"[A-Z0-9]+")


def label_of(type: str) -> str:
    """The label of a type: 1 to 12 capital letters and digits, never the trigger."""
    if type in _KNOWN:
        return _KNOWN[type]
    words = _WORD.findall(type.upper())
    loud = [word for word in words if word not in _QUIET] or words
    joined = "".join(loud).replace("Q", "K")[:LABEL_SYMBOLS]
    return joined or "VALUE"
