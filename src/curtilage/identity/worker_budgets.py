"""A worker's side of budgets: reserves from portions, and asks for the next one.

A portion that is over, and what a call did not need, go back as corrections
with the next question, or with `flush`. `ask` reaches the process that counts;
where it does not answer, its error stands and the call is refused: a budget
that cannot be checked is not passed. What went back and was not confirmed stays
taken, so that no failure lets a budget be passed.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.identity.budgets import Amount, BudgetAsk, BudgetPortion, Shortage

MOST_PAYERS = 10_000  # payers whose portions a worker keeps at once
REFUSED_FOR = 1.0  # seconds in which a shortage is told again without asking


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one call took, and the minute in which it did."""

    payer_id: str
    minute: str
    amount: Amount


@dataclass(slots=True)
class _Held:
    """What a worker holds of one payer's budgets, and what it has to tell."""

    left: Amount = field(default_factory=Amount)
    minute: str = ""
    until: float = float("-inf")
    owed: dict[str, Amount] = field(default_factory=dict)
    shortage: Shortage | None = None
    short_of: Amount = field(default_factory=Amount)
    short_until: float = float("-inf")
    asking: "asyncio.Task[Reservation | Shortage] | None" = None


class WorkerBudgets:
    """Budgets that hold across workers, taken in advance in small portions."""

    def __init__(self, ask: Callable[[BudgetAsk], Awaitable[BudgetPortion]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._held: dict[str, _Held] = {}

    async def reserve(self, payer_id: str, want: Amount) -> Reservation | Shortage:
        """Take `want` from every budget of the payer, or say which has no room."""
        held = self._hold(payer_id)
        while True:
            taken = self._take(payer_id, held, want)
            if taken is not None:
                return taken
            if held.asking is None:
                return await self._ask_anew(payer_id, held, want)
            with contextlib.suppress(CurtilageError):  # told to the one who asked
                await asyncio.shield(held.asking)

    def settle(self, reservation: Reservation, used: Amount) -> None:
        """Correct a reservation to what its call used; the next question or `flush` tells it."""
        self._owe(
            self._hold(reservation.payer_id),
            reservation.minute,
            used.plus(reservation.amount, times=-1),
        )

    async def flush(self, *, everything: bool = False) -> None:
        """Tell corrections and give back portions that are over; every second or so.

        `everything`: portions that are not over too, because the worker stops."""
        now = self._clock.monotonic()
        for payer_id, held in list(self._held.items()):
            if held.asking is None:
                if everything or now >= held.until:
                    self._put_back(held)
                if held.owed:
                    await self._tell(payer_id, held, Amount())

    def _take(self, payer_id: str, held: _Held, want: Amount) -> Reservation | Shortage | None:
        now = self._clock.monotonic()
        if now < held.short_until and want.covers(held.short_of):
            return held.shortage
        owes = any(not Amount().covers(amount) for amount in held.owed.values())
        if now >= held.until or owes or not held.left.covers(want):
            return None  # who owes pays first: there may be nothing left for it
        held.left = held.left.plus(want, times=-1)
        return Reservation(payer_id, held.minute, want)

    async def _ask_anew(self, payer_id: str, held: _Held, want: Amount) -> Reservation | Shortage:
        """Ask in a task of its own: an answer is taken even where who asked has left."""
        task = asyncio.create_task(self._renew(payer_id, held, want))
        held.asking = task
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._return_unused)
            raise

    async def _renew(self, payer_id: str, held: _Held, want: Amount) -> Reservation | Shortage:
        try:
            asked_at = self._clock.monotonic()
            self._put_back(held)
            portion = await self._tell(payer_id, held, want)
            if portion.shortage is not None:
                held.shortage, held.short_of = portion.shortage, want
                held.short_until = asked_at + REFUSED_FOR
                return portion.shortage
            held.left = portion.amount.plus(want, times=-1)
            held.minute, held.until = portion.minute, asked_at + portion.seconds
            return Reservation(payer_id, portion.minute, want)
        finally:
            held.asking = None

    async def _tell(self, payer_id: str, held: _Held, want: Amount) -> BudgetPortion:
        told, held.owed = held.owed, {}
        corrections = tuple(
            (minute, amount.requests, amount.tokens, amount.money)
            for minute, amount in told.items()
        )
        try:
            return await self._ask(BudgetAsk(payer_id, want, corrections))
        except BaseException:  # perhaps it was counted: only what is owed may be told twice
            for minute, amount in told.items():
                self._owe(held, minute, _above_zero(amount))
            raise

    def _return_unused(self, task: "asyncio.Task[Reservation | Shortage]") -> None:
        if not task.cancelled() and task.exception() is None:
            answer = task.result()
            if isinstance(answer, Reservation):
                self.settle(answer, Amount())

    def _put_back(self, held: _Held) -> None:
        """Give back what is left of a portion; from now on it cannot be spent."""
        self._owe(held, held.minute, Amount().plus(held.left, times=-1))
        held.left, held.until = Amount(), float("-inf")

    def _owe(self, held: _Held, minute: str, amount: Amount) -> None:
        total = held.owed.pop(minute, Amount()).plus(amount)
        if not total.is_nothing:
            held.owed[minute] = total

    def _hold(self, payer_id: str) -> _Held:
        held = self._held.pop(payer_id, None) or _Held()
        self._held[payer_id] = held
        if len(self._held) > MOST_PAYERS:
            self._forget_idle()
        return held

    def _forget_idle(self) -> None:
        """Forget payers that hold and owe nothing; a debt is never forgotten."""
        now = self._clock.monotonic()
        for payer_id, held in list(self._held.items())[:-1]:
            is_idle = held.asking is None and not held.owed and held.left.is_nothing
            if is_idle and now >= held.short_until:
                del self._held[payer_id]


def _above_zero(amount: Amount) -> Amount:
    return Amount(max(0, amount.requests), max(0, amount.tokens), max(0, amount.money))
