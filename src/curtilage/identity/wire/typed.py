"""Codes as people type them: with spaces and dashes, from any keyboard."""

import unicodedata

LONGEST = 64  # of what is typed; more is no code with spaces in it


def tidy(typed: str) -> str:
    """What is left in capitals without spaces and dashes; "" where it is too long.

    NFKC makes one letter of what keyboards of East Asia type in double width."""
    if len(typed) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(each for each in plain if not each.isspace() and not _is_dash(each))


def find_digits(typed: str, count: int) -> str | None:
    """The `count` digits that were typed; None for anything else."""
    plain = tidy(typed)
    is_code = len(plain) == count and plain.isascii() and plain.isdigit()
    return plain if is_code else None


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character == "\u2212"  # the minus sign
