"""Numbers with their nouns, for sentences that people read."""


def count(number: int, noun: str) -> str:
    """`0 records`, `1 record`, `2 records`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
