"""What one call may cost, and what it did: reserved before it leaves, settled after.

The estimate is the body's size and the longest reply that was asked for. What
the provider counted takes its place; where it did not say, or the call broke
off, the reservation stands: it may have cost that much. What was never sent, or
was answered with an error, costs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from curtilage.core.canonical import LARGEST, Json
from curtilage.gateway import records
from curtilage.gateway.errors import BudgetUsedUp, NoPrice
from curtilage.gateway.ports import Budgets
from curtilage.gateway.prices import Price, PriceTable, TokenCount
from curtilage.identity.budgets import Amount, Measure, Payer, Shortage, Whose, Window
from curtilage.identity.worker_budgets import Reservation

BYTES_A_TOKEN = 3  # English has four, and no common script much below three
USUAL_OUTPUT = 4096  # where neither the request nor a price says how long a reply may be
FREE = frozenset(
    (
        "anthropic.count_tokens",
        "openai.responses.count",
        "gemini.count",
        "gemini.v1.count",
        "bedrock.count",
    )
)  # counted without charge
# Fields that hold the limit, and how they call it.
_HOLDERS = ("inferenceConfig", "generationConfig", "generation_config")
_INNER = ("maxTokens", "maxOutputTokens", "max_output_tokens")
_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A call before it leaves: its tokens at most, and the price that holds."""

    tokens: TokenCount
    price: Price | None

    @property
    def amount(self) -> Amount:
        return Amount(1, self.tokens.total, cost_of(self.price, self.tokens))


@dataclass(frozen=True, slots=True)
class BilledCall:
    """A call as its bill sees it. `model` is the name that the provider knows.

    `choices` are the replies that it asks for. `of_kept`: it reads or ends what the
    provider keeps, or is answered from the cache: billed when it was made.
    """

    kind: str
    model: str
    upstream: str
    document: Any
    size: int
    choices: int = 1
    of_kept: bool = False

    @property
    def is_free(self) -> bool:
        return self.of_kept or self.kind in FREE


def estimate(call: BilledCall, price: Price | None) -> Estimate:
    """What a call may use."""
    if call.is_free:
        return Estimate(TokenCount(), None)
    given = -(-call.size // BYTES_A_TOKEN)
    if call.kind.endswith(".embeddings"):
        return Estimate(TokenCount(given), price)
    longest = find_limit(call.document)
    if longest is None:
        longest = price.max_output if price else USUAL_OUTPUT
    most = min(longest * max(call.choices, 1), LARGEST // 4)
    return Estimate(TokenCount(given, most), price)


def find_limit(document: Any) -> int | None:
    """The limit of a reply's length that a request names, the largest where it names several."""
    if type(document) is not dict:
        return None
    named = [document.get(name) for name in _LIMITS]
    for holder in map(document.get, _HOLDERS):
        if type(holder) is dict:
            named += [holder.get(name) for name in _INNER]
    return max((limit for limit in named if type(limit) is int and limit >= 0), default=None)


def cost_of(price: Price | None, tokens: TokenCount) -> int:
    return 0 if price is None else price.cost_of(tokens)


class Bill:
    """The bill of one call: `reserve` once, `count` how it ended, then `settle`.

    `was_sent` and `status` (of the provider's reply) are set on the way.
    """

    __slots__ = ("_budgets", "_estimate", "_is_free", "_reservation", "status", "was_sent")

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._estimate: Estimate | None = None
        self._reservation: Reservation | None = None
        self._is_free = False
        self.was_sent = False
        self.status = 0

    async def reserve(
        self,
        payer: Payer,
        prices: PriceTable,
        call: BilledCall,
        at: datetime,
    ) -> dict[str, Json]:
        """Take what the call may cost from every budget of its payer; the facts of that.

        Raises NoPrice or BudgetUsedUp; then nothing is taken."""
        self._is_free = call.is_free
        price = prices.find(call.model, call.upstream, at.date())
        if price is None and not call.is_free and payer.counts(Measure.MONEY):
            raise NoPrice
        expected = estimate(call, price)
        if payer.budgets:
            taken = await self._budgets.reserve(payer.id, expected.amount)
            if isinstance(taken, Shortage):
                raise refusal(taken)
            self._reservation = taken
        self._estimate = expected
        return self._describe(expected.tokens, price)

    def charge_at(self, price: Price | None) -> None:
        """Another upstream served than the one that was reckoned with, at its price.

        Without one the first stands: fail-over makes no call cheaper than it was reserved."""
        if self._estimate is not None and price is not None:
            self._estimate = replace(self._estimate, price=price)

    def count(self, kind: str, stats: Mapping[str, Json]) -> dict[str, Json]:
        """The facts of what the call used, by how it ended and what the provider counted."""
        expected = self._estimate
        if expected is None:
            return {}
        tokens, is_estimated = self._tokens(expected.tokens, kind, stats)
        facts = self._describe(tokens, expected.price)
        return {**facts, "estimated": True} if is_estimated else facts

    def settle(self, facts: Mapping[str, Json]) -> None:
        """Correct the reservation to what `count` said, once."""
        used = Amount(1, _number(facts, "in") + _number(facts, "out"), _number(facts, "cost"))
        self._correct(used if self.was_sent else Amount())

    def release(self) -> None:
        """Give back what was reserved for a call that came to nothing; once settled, nothing."""
        if not self.was_sent:
            self._correct(Amount())

    def _describe(self, tokens: TokenCount, price: Price | None) -> dict[str, Json]:
        return {"free": True} if self._is_free else describe(tokens, price)

    def _correct(self, used: Amount) -> None:
        taken, self._reservation = self._reservation, None
        if taken is not None:
            self._budgets.settle(taken, used)

    def _tokens(
        self, expected: TokenCount, kind: str, stats: Mapping[str, Json]
    ) -> tuple[TokenCount, bool]:
        """What was used, and whether that is only the reservation."""
        if not self.was_sent or self._is_free or self.status >= 400:
            return TokenCount(), False
        said = _read_tokens(expected, stats)
        if kind == records.COMPLETED:
            return said, not {"tokens_in", "tokens_out"} <= stats.keys()
        if said.total > expected.total:
            return said, True
        return expected, True


def describe(tokens: TokenCount, price: Price | None) -> dict[str, Json]:
    """A bill as records say it: tokens, and what they cost or that no price is known."""
    counts = {"in": tokens.input, "cached": tokens.cached, "out": tokens.output}
    facts: dict[str, Json] = {name: count for name, count in counts.items() if count}
    if price is None:
        return {**facts, "unpriced": True}
    return {
        **facts,
        "cost": price.cost_of(tokens),
        "currency": price.currency,
        "price": price.version,
    }


def refusal(shortage: Shortage) -> BudgetUsedUp:
    """Which budget has no room, and when it has again."""
    span = "in total" if shortage.window is Window.TOTAL else f"a {shortage.window}"
    which = f"The {_WHOSE[shortage.whose]} has a budget of {shortage.measure} {span}"
    if shortage.wait is None:
        rest = "with no room for this call: it asks for more than is left, or than there ever is."
    else:
        rest = f"with no room for this call until it begins anew in {shortage.wait} s."
    return BudgetUsedUp(f"{which}, {rest}", retry_after=shortage.wait)


_WHOSE = {
    Whose.KEY: "key",
    Whose.GROUP: "key's group",
    Whose.PERSON: "person",
    Whose.APP: "app",
}


def _read_tokens(expected: TokenCount, stats: Mapping[str, Json]) -> TokenCount:
    """As the provider counted; what it did not say is as expected."""
    return TokenCount(
        input=_number(stats, "tokens_in", expected.input),
        output=_number(stats, "tokens_out", expected.output),
        cached=_number(stats, "tokens_cached"),
        written=_number(stats, "tokens_written"),
        reasoning=_number(stats, "tokens_reasoning"),
    )


def _number(facts: Mapping[str, Json], name: str, otherwise: int = 0) -> int:
    value = facts.get(name)
    return value if type(value) is int else otherwise
