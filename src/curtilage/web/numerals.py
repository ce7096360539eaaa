"""How numbers and instants are written in a language. Pure; tables after CLDR 46.

English keeps thousands apart by a thin space, which every language reads (ISO 80000-1).
"""

from dataclasses import dataclass
from datetime import datetime

THIN = "\N{NARROW NO-BREAK SPACE}"
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Numerals:
    """Separators, and a date with `{day}`, `{day2}`, `{month}`, `{month2}` and `{year}`.

    `least`: how many digits stand before the first separator at least, as Spanish counts."""

    thousands: str = THIN
    decimal: str = "."
    least: int = 1
    date: str = "{day2} {month} {year}"
    months: tuple[str, ...] = _SHORT

    def number(self, value: int) -> str:
        """A whole number, its thousands kept apart."""
        if abs(value) < 1000 * 10 ** (self.least - 1):
            return str(value)
        return f"{value:,}".replace(",", self.thousands)

    def fraction(self, digits: str) -> str:
        """Digits as Python writes them, with the point that the language has."""
        whole, point, places = digits.partition(".")
        return f"{self.number(int(whole))}{self.decimal}{places}" if point else whole

    def instant(self, at: datetime) -> str:
        """An instant in UTC, which is said."""
        date = self.date.format(
            day=at.day,
            day2=f"{at.day:02}",
            month=self.months[at.month - 1],
            month2=f"{at.month:02}",
            year=at.year,
        )
        return f"{date}, {at:%H:%M:%S} UTC"


ENGLISH = Numerals()
GERMAN = Numerals(thousands=".", decimal=",", date="{day2}.{month2}.{year}")
FRENCH = Numerals(
    decimal=",",
    date="{day} {month} {year}",
    months=("janv.", "févr.", "mars", "avr.", "mai", "juin",
            "juil.", "août", "sept.", "oct.", "nov.", "déc."),
)  # fmt: skip
SPANISH = Numerals(
    thousands=".",
    decimal=",",
    least=2,
    date="{day} {month} {year}",
    months=("ene", "feb", "mar", "abr", "may", "jun",
            "jul", "ago", "sept", "oct", "nov", "dic"),
)  # fmt: skip
