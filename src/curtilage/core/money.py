"""Money in millionths of a currency: decimals in, decimals out, never a float."""

import re

MICRO = 1_000_000
_DECIMAL = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?")


def parse_money(raw: str) -> int | None:
    """A decimal with at most six places, exactly; None for anything else."""
    found = _DECIMAL.fullmatch(raw)
    if found is None:
        return None
    return int(found[1]) * MICRO + int((found[2] or "").ljust(6, "0"))


def format_money(micro: int) -> str:
    """As a decimal, with two places or as many as it needs."""
    whole, rest = divmod(abs(micro), MICRO)
    places = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micro < 0 else ''}{whole}.{places}"
