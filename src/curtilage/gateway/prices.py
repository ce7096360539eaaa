"""What models cost: `[[prices]]` of the settings, and which of them holds on a day. Pure.

Prices are decimals in the file and whole millionths of the currency here: what
a call costs is exact, and rounded up to a millionth once. No price is built in:
providers change theirs, and a wrong one would be worse than none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fnmatch import translate
from hashlib import sha256
from typing import Any

from curtilage.core.canonical import LARGEST, encode_canonical
from curtilage.core.errors import SetupError
from curtilage.core.money import parse_money
from curtilage.core.settings import Source

PER = 1_000_000  # prices are for so many tokens
MOST_KNOWN = 1024  # names whose prices are remembered
LARGEST_PRICE = 10**12  # a million in money for a million tokens
_CURRENCY = re.compile(r"[A-Z]{3}")
_REQUIRED = ("model", "since", "currency", "input", "output")
_DECIMALS = ("input", "output", "cached_input", "cache_write", "reasoning")


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """What a million tokens of the models that a pattern matches cost, from a day on.

    The first pattern that matches gives the price; of its rows, the newest that holds already."""

    model: str  # a name or a pattern (`gpt-*`), as the provider calls the model
    since: str  # the first day on which it holds, in UTC, as `2026-01-31`
    currency: str  # three letters, as `USD`; the same in every price
    input: str  # of what is sent; a decimal in quotes with at most 6 places, as `"2.50"`
    output: str  # of what the model writes, in the same form
    upstream: str = ""  # only where this upstream serves the model
    cached_input: str = ""  # of input that the provider had in its cache; as `input` unless given
    cache_write: str = ""  # of input that it put into its cache; as `input` unless given
    reasoning: str = ""  # of what the model thinks; as `output` unless given
    max_output: int = 4096  # tokens reserved for a reply where the request names no limit


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Tokens of one call. `input` holds `cached` and `written`, `output` the thinking."""

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        return self.input + self.output


@dataclass(frozen=True, slots=True)
class Price:
    """A row in force, in millionths for a million tokens. `version` names exactly this row."""

    version: str
    currency: str
    input: int
    output: int
    cached_input: int
    cache_write: int
    reasoning: int
    max_output: int

    def cost_of(self, tokens: TokenCount) -> int:
        """Millionths, rounded up. A part that is said to be more than its whole is cut."""
        cached = min(tokens.cached, tokens.input)
        written = min(tokens.written, tokens.input - cached)
        thought = min(tokens.reasoning, tokens.output)
        cost = (
            (tokens.input - cached - written) * self.input
            + cached * self.cached_input
            + written * self.cache_write
            + (tokens.output - thought) * self.output
            + thought * self.reasoning
        )
        return min(-(-cost // PER), LARGEST)


@dataclass(frozen=True, slots=True)
class _Series:
    """The prices of one pattern, the newest first."""

    matches: "re.Pattern[str]"
    upstream: str
    prices: tuple[tuple[date, Price], ...]


class PriceTable:
    """The prices of the settings. Immutable, but for what it remembers of names it was asked."""

    __slots__ = ("_known", "_series", "names")

    def __init__(self, rows: Sequence[PriceSettings] = ()) -> None:
        series: dict[tuple[str, str], list[tuple[date, Price]]] = {}
        for row in rows:
            known = series.setdefault((row.model, row.upstream), [])
            known.append((date.fromisoformat(row.since), _make_price(row)))
        self._series = tuple(
            _Series(re.compile(translate(model)), upstream, tuple(sorted(prices, key=_age)))
            for (model, upstream), prices in series.items()
        )
        self.names = frozenset(row.model for row in rows)  # patterns among them
        self._known: dict[tuple[str, str], tuple[_Series, ...]] = {}

    def find(self, model: str, upstream: str, day: date) -> Price | None:
        """What `model` costs on `day`; None where no row says it."""
        for series in self._matching(model, upstream):
            for since, price in series.prices:
                if since <= day:
                    return price
        return None

    def _matching(self, model: str, upstream: str) -> tuple[_Series, ...]:
        """The series for a model, remembered: a caller may make names up, so not for ever."""
        found = self._known.get((model, upstream))
        if found is None:
            found = tuple(
                series
                for series in self._series
                if series.upstream in ("", upstream) and series.matches.match(model)
            )
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[model, upstream] = found
        return found


def _age(row: tuple[date, Price]) -> int:
    return -row[0].toordinal()


def _make_price(row: PriceSettings) -> Price:
    amounts = {name: parse_money(getattr(row, name)) for name in _DECIMALS}
    given, made = amounts["input"], amounts["output"]
    assert given is not None and made is not None
    return Price(
        version=_version_of(row),
        currency=row.currency,
        input=given,
        output=made,
        cached_input=_or(amounts["cached_input"], given),
        cache_write=_or(amounts["cache_write"], given),
        reasoning=_or(amounts["reasoning"], made),
        max_output=row.max_output,
    )


def _or(amount: int | None, otherwise: int) -> int:
    return otherwise if amount is None else amount


def _version_of(row: PriceSettings) -> str:
    """The day from which it holds, and eight digits that no other row has."""
    content = {item.name: getattr(row, item.name) for item in fields(row)}
    return f"{row.since}.{sha256(encode_canonical(content)).hexdigest()[:8]}"


def read_prices(sources: Mapping[str, Source]) -> tuple[PriceSettings, ...]:
    """The prices of the settings in their order. Raises a SetupError."""
    source = sources.get("prices")
    if source is None:
        return ()
    if not isinstance(source.value, list | tuple):
        raise SetupError("The setting prices must be a list of tables: [[prices]].")
    rows = tuple(_read_row(raw, f"prices[{index}]") for index, raw in enumerate(source.value))
    if len({row.currency for row in rows}) > 1:
        raise SetupError("The prices are in more than one currency; budgets cannot add them up.")
    if len({(row.model, row.upstream, row.since) for row in rows}) < len(rows):
        raise SetupError("Two prices say the same model, upstream and day; leave one of them.")
    return rows


def _read_row(raw: Any, name: str) -> PriceSettings:
    known = {item.name for item in fields(PriceSettings)}
    if not isinstance(raw, Mapping) or not set(raw) <= known or not set(_REQUIRED) <= set(raw):
        others = ", ".join(sorted(known - set(_REQUIRED)))
        raise SetupError(
            f"The setting {name} must have {', '.join(_REQUIRED)}, and may have {others}."
        )
    row = dict(raw)
    row["since"] = _read_day(row["since"], name)
    most = row.pop("max_output", 4096)
    if type(most) is not int or not 1 <= most <= 10**7:
        raise SetupError(f"The setting {name}.max_output must be between 1 and ten million.")
    if not all(isinstance(value, str) for value in row.values()) or not row["model"]:
        raise SetupError(f'The setting {name} must hold strings, prices too: input = "2.50".')
    _check_row(row, name)
    return PriceSettings(**row, max_output=most)


def _read_day(value: Any, name: str) -> str:
    try:
        day = value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise SetupError(f"The setting {name}.since must be a day, as 2026-01-31.") from None
    return day.isoformat()


def _check_row(row: Mapping[str, str], name: str) -> None:
    if not _CURRENCY.fullmatch(row["currency"]):
        raise SetupError(f"The setting {name}.currency must be three capital letters, as USD.")
    for field in _DECIMALS:
        raw = row.get(field, "")
        amount = parse_money(raw)
        if (raw or field in _REQUIRED) and (amount is None or amount > LARGEST_PRICE):
            raise SetupError(
                f"The setting {name}.{field} must be a decimal with at most 6 places, "
                "at most a million."
            )
