"""Check-digit arithmetic. Every function takes normalised text and says yes or no.

Sources stand beside each; a country's own weights stand beside its kind.
"""

import itertools
import re
from collections.abc import Sequence
from operator import mul

_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ZERO = ord("0")
_NO_DIGITS = bytes(point for point in range(128) if not chr(point).isdecimal())
BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE36_VALUE = {char: value for value, char in enumerate(BASE36)}
_EXPAND = str.maketrans({char: str(value) for char, value in _BASE36_VALUE.items()})

_SEPARATORS = re.compile(r"[\W_]+")

# Verhoeff, "Error detecting decimal codes" (1969): the dihedral group D5 and its permutation.
_VERHOEFF_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)  # fmt: skip
_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def digits(value: str) -> str:
    """Only the digits 0 to 9 of `value`."""
    return value.encode("ascii", "ignore").translate(None, _NO_DIGITS).decode("ascii")


def compact(value: str) -> str:
    """Upper case, without separators."""
    return value.upper() if value.isalnum() else _SEPARATORS.sub("", value).upper()


def is_monotone(number: str) -> bool:
    """All digits equal, or counting up or down: a placeholder, never issued."""
    step = (ord(number[1]) - ord(number[0])) % 10
    if step not in (0, 1, 9):
        return False
    return all((ord(b) - ord(a)) % 10 == step for a, b in itertools.pairwise(number))


def weighted_sum(number: str, weights: Sequence[int]) -> int:
    """The sum of digit times weight, as far as the shorter one goes."""
    total: int = sum(map(mul, map(ord, number), weights))
    return total - _ZERO * sum(weights[: len(number)])


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    raw = number.encode("ascii")
    odd, even = sum(raw[-1::-2]), sum(raw[-2::-2].translate(_DOUBLED))
    return (odd + even - _ZERO * len(raw)) % 10 == 0


def luhn_mod36(value: str) -> bool:
    """ISO/IEC 7812-1's scheme over 36 characters, as the GSTIN uses it."""
    total = 0
    for place, char in enumerate(reversed(value)):
        product = _BASE36_VALUE[char] * (1 + place % 2)
        total += product // 36 + product % 36
    return total % 36 == 0


def mod97(value: str) -> bool:
    """ISO/IEC 7064 MOD 97-10 over letters as 10 to 35."""
    return int(value.translate(_EXPAND)) % 97 == 1


def mod11_10(number: str) -> bool:
    """ISO/IEC 7064 MOD 11,10, a hybrid system."""
    product = 10
    for char in number[:-1]:
        total = (ord(char) - 48 + product) % 10 or 10
        product = total * 2 % 11
    return (ord(number[-1]) - 48 + product) % 10 == 1


def mod11_2(value: str) -> bool:
    """ISO/IEC 7064 MOD 11-2; the last character may be X for ten."""
    total = 0
    for char in value[:-1]:
        total = (total + ord(char) - 48) * 2 % 11
    return (total + (10 if value[-1] == "X" else ord(value[-1]) - 48)) % 11 == 1


def verhoeff(number: str) -> bool:
    """Verhoeff's scheme, 1969."""
    check = 0
    for turn, char in zip(itertools.cycle(_VERHOEFF_TURNS), reversed(number), strict=False):
        check = _VERHOEFF_PRODUCT[check][turn[ord(char) - _ZERO]]
    return check == 0


def _turns() -> list[tuple[int, ...]]:
    turns = [tuple(range(10))]
    while len(turns) < 8:
        turns.append(tuple(_VERHOEFF_TURN[digit] for digit in turns[-1]))
    return turns


_VERHOEFF_TURNS = _turns()


def icao(value: str) -> bool:
    """ICAO Doc 9303-3 §4.9: weights 7, 3, 1; the last character is the check digit."""
    return value[-1].isdecimal() and icao_digit(value[:-1]) == int(value[-1])


def icao_digit(value: str) -> int:
    """The check digit of a field of a machine readable zone; `<` counts nothing."""
    return (
        sum(_BASE36_VALUE.get(char, 0) * (7, 3, 1)[place % 3] for place, char in enumerate(value))
        % 10
    )


def ean13(number: str) -> bool:
    """GS1 General Specifications §7.9."""
    return weighted_sum(number, (1, 3) * 6 + (1,)) % 10 == 0


def isin(value: str) -> bool:
    """ISO 6166: Luhn over letters as 10 to 35."""
    return luhn(value.translate(_EXPAND))
