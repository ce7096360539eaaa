"""What the lines of streets are made of: numbers, names, and how sure each reading is."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from curtilage.detect.phrases.places import UPPER

FULL, SOME, NAME_ONLY, WEAK, LEAST = 0.8, 0.6, 0.5, 0.4, 0.2
REACH = 70  # characters before the word that says what a street is

LETTER = r"[^\W\d_]"
_END = r"(?![^\W_])(?![.:][0-9])"
APART = r"(?<![^\W_])(?<![0-9][-./:,])(?<![$#@.])"
NUMBER = (
    r"[0-9]{1,5}(?:[a-zA-Z](?![^\W_])|[ ](?:[A-DF-H](?![^\W_])|[a-h](?=[,\n\t;])))?(?:[ ]?[-/][ ]?(?:[0-9]{1,4}[a-zA-Z]?|[A-Z])(?![^\W_])){0,2}"
    r"(?:,?[ ](?:bis|ter|quater|BIS|TER)\b(?:[ ][A-D]\b)?)?"
)
_NO = r"(?:n[º°]\.?|[Nn]o\.|[Nn]r\.?|[Nn]úm\.?|[Nn]úmero|numero|civico|n\.|km)"
NUMBER_AFTER = re.compile(
    rf"(?:(?!,[ ]?[0-9]{{4}}[ ][{UPPER}]),?[ ]{{0,2}}(?:{_NO}[ ]?)?(?![0-9]{{5}})(?:{NUMBER}(?![ºª°])|[#][ ]?[0-9]{{1,3}}[A-Z]?[ ]?-[ ]?[0-9]{{1,3}})"
    rf"{_END}(?![ ]?[%€$])(?![ ]-[0-9])|,[ ]?(?:s/n|S/N|snc|SNC)\b)"
)
WORD = (
    rf"(?:[{UPPER}]{LETTER}*(?:['’.-]{LETTER}+)*\.?|[dlDL]['’]{LETTER}+(?:-{LETTER}+)*"
    rf"|[0-9]{{1,3}}(?:[ºª°]|-go|-ego)?(?=[ ](?:de[ ][a-z]|[{UPPER}]){LETTER}{{2}}))"
)
ALONE = re.compile(r"[ ]?(?:[,;.\t\n)|\"]|\Z)")
"""What stands behind a street that nothing goes on after."""


class Street(NamedTuple):
    """A street: where it is, and how sure it is by itself."""

    start: int
    end: int
    score: float


Leads = Mapping[int, int]
"""Words such as `Am` and `Alte` that belong to a street's name: where they start, by their end."""
