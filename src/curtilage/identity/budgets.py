"""Budgets: so many requests, tokens or so much money a minute, day, month, or ever. Pure.

Windows are those of the calendar in UTC, so that a budget means what an invoice
means. A `Tally` says what of a budget is taken in its present period; `lease`
takes an amount from every tally that applies, or from none. Money is counted in
millionths of the currency that prices are in, never in floats.

Workers hold `portions` (see `worker_budgets`), so what is taken is never less than what
was used: a portion that nobody gives back stays taken.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from curtilage.core.clock import encode_instant
from curtilage.core.models import TenantId
from curtilage.core.money import MICRO, format_money, parse_money
from curtilage.identity.errors import UnacceptableBudget

LARGEST_BUDGET = 10**15  # a thousand million in money; sums stay within 53 bits
PORTION_SECONDS = 0.5  # how long a worker may spend a portion without asking
MOST_AHEAD = 15  # calls like the one that asks which a portion has room for beyond it


class Measure(StrEnum):
    """What a budget counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    MONEY = "money"


class Window(StrEnum):
    """How often a budget begins anew."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


class Whose(StrEnum):
    """Whose budget it is that a call draws on."""

    KEY = "key"
    GROUP = "group"
    PERSON = "person"
    APP = "app"


# How much of an instant, as `2026-11-28T10:05`, names the period that it lies in.
_NAMED_BY: Mapping[Window, int] = {
    Window.MINUTE: 16,
    Window.DAY: 10,
    Window.MONTH: 7,
    Window.TOTAL: 0,
}


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of each measure; money in millionths."""

    requests: int = 0
    tokens: int = 0
    money: int = 0

    def of(self, measure: Measure) -> int:
        amount: int = getattr(self, measure.value)
        return amount

    def plus(self, other: "Amount", *, times: int = 1) -> "Amount":
        return Amount(
            self.requests + times * other.requests,
            self.tokens + times * other.tokens,
            self.money + times * other.money,
        )

    def covers(self, other: "Amount") -> bool:
        return all(self.of(measure) >= other.of(measure) for measure in Measure)

    @property
    def is_nothing(self) -> bool:
        return self == Amount()


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `limit` of `measure` in each `window`."""

    measure: Measure
    window: Window
    limit: int

    def __str__(self) -> str:
        return f"{format_amount(self.measure, self.limit)}/{self.window.value}"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for a call: every budget that it needs room in, each with its holder.

    Workers hold portions under the `id`: a key's own, or that of a person with an app.
    `whose` names the holders that are no keys."""

    tenant: TenantId
    id: str
    budgets: tuple[tuple[str, Budget], ...] = ()
    whose: Mapping[str, Whose] = field(default_factory=dict)

    def counts(self, measure: Measure) -> bool:
        """Whether some budget counts this."""
        return any(budget.measure is measure for _, budget in self.budgets)


@dataclass(frozen=True, slots=True)
class Tally:
    """What of a budget is taken in `period` by its holder: a key, a group, a person, an app."""

    holder: str
    budget: Budget
    period: str = ""
    used: int = 0

    @property
    def room(self) -> int:
        return max(0, self.budget.limit - self.used)


@dataclass(frozen=True, slots=True)
class BudgetAsk:
    """What a worker wants for a payer, and what it has to correct of what it took.

    `corrections` are (minute, requests, tokens, money), below zero for what goes
    back; they count for the periods that the minute lies in.
    """

    payer_id: str
    want: Amount = Amount()
    corrections: tuple[tuple[str, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Shortage:
    """Which budget has no room. `wait` is seconds to wait, None where that never helps."""

    measure: Measure
    window: Window
    whose: Whose = Whose.KEY
    wait: int | None = None


@dataclass(frozen=True, slots=True)
class BudgetPortion:
    """What may be spent within `seconds`, taken in `minute`; or why nothing may."""

    amount: Amount = Amount()
    minute: str = ""
    seconds: float = 0.0
    shortage: Shortage | None = None


def minute_of(at: datetime) -> str:
    """The minute that an instant lies in, as it names periods: `2026-11-28T10:05`."""
    return encode_instant(at)[:16]


def period_of(window: Window, minute: str) -> str:
    """The name of the period of `window` that a minute lies in."""
    return minute[: _NAMED_BY[window]]


def seconds_left(window: Window, at: datetime) -> int | None:
    """Whole seconds until the window begins anew; None for the one that never does."""
    if window is Window.TOTAL:
        return None
    begin = at.replace(second=0, microsecond=0)
    if window is Window.MINUTE:
        end = begin + timedelta(minutes=1)
    elif window is Window.DAY:
        end = begin.replace(hour=0, minute=0) + timedelta(days=1)
    else:
        end = (begin.replace(day=1, hour=0, minute=0) + timedelta(days=32)).replace(day=1)
    return int((end - at).total_seconds()) + 1


def lease(
    tallies: Sequence[Tally],
    ask: BudgetAsk,
    at: datetime,
    *,
    whose: Mapping[str, Whose] | None = None,
) -> tuple[list[Tally], BudgetPortion]:
    """The tallies afterwards, and what may be spent: from all of them or from none.

    `whose` names the holders that are no keys, so that a shortage can say whose it is.
    """
    minute = minute_of(at)
    fresh = [_correct(_roll(tally, minute), ask.corrections) for tally in tallies]
    if ask.want.is_nothing:
        return fresh, BudgetPortion()
    for tally in fresh:
        if ask.want.of(tally.budget.measure) > tally.room:
            return fresh, BudgetPortion(shortage=_shortage(tally, ask.want, at, whose or {}))
    granted = ask.want.plus(ask.want, times=_ahead(fresh, ask.want))
    taken = [replace(each, used=each.used + granted.of(each.budget.measure)) for each in fresh]
    seconds = min(PORTION_SECONDS, 60 - at.second - at.microsecond / MICRO)
    return taken, BudgetPortion(granted, minute, seconds)


def _roll(tally: Tally, minute: str) -> Tally:
    """A tally in the present period. A clock that went back stands still."""
    period = period_of(tally.budget.window, minute)
    return tally if period <= tally.period else replace(tally, period=period, used=0)


def _correct(tally: Tally, corrections: Sequence[tuple[str, int, int, int]]) -> Tally:
    used = tally.used
    for minute, *amounts in corrections:
        if period_of(tally.budget.window, minute) == tally.period:
            used += Amount(*amounts).of(tally.budget.measure)
    return replace(tally, used=max(0, used))


def _ahead(tallies: Sequence[Tally], want: Amount) -> int:
    """For how many more such calls there is room, taking an eighth of it at most."""
    ahead = MOST_AHEAD
    for tally in tallies:
        asked = want.of(tally.budget.measure)
        if asked:
            ahead = min(ahead, (tally.room - asked) // (8 * asked))
    return ahead


def _shortage(tally: Tally, want: Amount, at: datetime, whose: Mapping[str, Whose]) -> Shortage:
    budget = tally.budget
    never = want.of(budget.measure) > budget.limit
    wait = None if never else seconds_left(budget.window, at)
    return Shortage(budget.measure, budget.window, whose.get(tally.holder, Whose.KEY), wait)


_COUNT = re.compile(r"([0-9]{1,9})([kM]?)")
_FACTORS: Mapping[str, int] = {"": 1, "k": 1_000, "M": 1_000_000}


def parse_budget(raw: str, measure: Measure) -> Budget:
    """`20/month`, `12.50/day` or `1M/day`. Raises `UnacceptableBudget`."""
    amount, _, window = raw.partition("/")
    if window not in list(Window):
        raise UnacceptableBudget(
            f"A budget is an amount, a slash and one of {', '.join(Window)}: 20/month."
        )
    limit = parse_money(amount) if measure is Measure.MONEY else _parse_count(amount)
    if not limit or not 0 < limit <= LARGEST_BUDGET:
        raise UnacceptableBudget(
            "The amount of a budget is above zero and at most a thousand million: a decimal with "
            "at most 6 places for money, a whole number for requests and tokens, as 500k or 2M."
        )
    return Budget(measure, Window(window), limit)


def _parse_count(raw: str) -> int | None:
    found = _COUNT.fullmatch(raw)
    return None if found is None else int(found[1]) * _FACTORS[found[2]]


def format_amount(measure: Measure, amount: int) -> str:
    """An amount for people."""
    return format_money(amount) if measure is Measure.MONEY else str(amount)


def verify_budgets(budgets: Sequence[Budget]) -> tuple[Budget, ...]:
    """Budgets that can hold together, in one order. Raises `UnacceptableBudget`."""
    kinds = {(budget.measure, budget.window) for budget in budgets}
    if len(kinds) != len(budgets):
        raise UnacceptableBudget("Two budgets count the same in the same window; give one.")
    return tuple(sorted(budgets, key=lambda budget: (budget.measure, budget.window)))
