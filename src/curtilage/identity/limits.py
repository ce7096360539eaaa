"""Requests and tokens per minute: exact over any minute, also across workers. Pure.

One `Bucket` per key and quantity counts what was given out. Workers of every
node take `portions` of it, to be used within half a second, so that most
requests ask nobody. What a portion may still spend, and the coarseness of the slots, is
added to how long an amount is remembered; so no 60 seconds ever hold more than
the limit, a full minute's worth may be taken at once, and a caller who asks
without pause gets at least 60/61 of the limit.

`at` is seconds of the clock of whoever keeps the count, the same for all who
ask; a clock that goes back stands still, and one that was set back by more than it
remembers begins anew, with all that was used counted as used just now.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Self

MINUTE = 60.0
SLOT = 0.5  # amounts of one slot are remembered together: at most 123 numbers a bucket
PORTION_LIFE = 0.5
REMEMBER = MINUTE + PORTION_LIFE + SLOT
SHARE = 16  # a portion beyond what is asked for is at most this part of the limit


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to `take`: so much from this slot, or how long to wait.

    `retry_after` is None where waiting does not help: more than a whole minute's
    worth was asked for at once.
    """

    granted: int
    slot: int = 0
    retry_after: int | None = 0


@dataclass(slots=True)
class Bucket:
    """What was given out lately of `limit` a minute."""

    limit: int
    _slots: deque[tuple[int, int]] = field(default_factory=deque)
    _used: int = 0
    _at: float = float("-inf")

    def take(self, amount: int, at: float, *, extra: int = 0) -> Grant:
        """All of `amount` or nothing, and up to `extra` more where there is room."""
        self._forget(at)
        room = self.limit - self._used
        if amount > room:
            return Grant(0, retry_after=self._wait_for(amount - room))
        granted = amount + max(0, min(extra, (room - amount) // 8, self.limit // SHARE))
        return Grant(granted, self._add(granted))

    def charge(self, amount: int, at: float) -> None:
        """Count what was already used; the next ones wait for it."""
        self._forget(at)
        self._add(amount)

    def give_back(self, amount: int, slot: int) -> None:
        """Take back what a portion of `slot` did not spend, unless that is forgotten."""
        for index, (number, used) in enumerate(self._slots):
            if number == slot:
                returned = min(amount, used)
                self._slots[index] = (number, used - returned)
                self._used -= returned
                return

    def kept(self) -> tuple[float, Sequence[tuple[int, int]]]:
        """Its time, and what is remembered of each slot: all that `of` needs."""
        return self._at, tuple(self._slots)

    @classmethod
    def of(cls, limit: int, at: float, slots: Iterable[tuple[int, int]]) -> Self:
        """The bucket that `kept` told of, perhaps with another limit by now."""
        remembered = deque(slots)
        return cls(limit, remembered, sum(used for _, used in remembered), at)

    def _add(self, amount: int) -> int:
        slot = int(self._at // SLOT)
        if self._slots and self._slots[-1][0] == slot:
            self._slots[-1] = (slot, self._slots[-1][1] + amount)
        else:
            self._slots.append((slot, amount))
        self._used += amount
        return slot

    def _forget(self, at: float) -> None:
        if self._at - at > REMEMBER:  # else nothing would be granted for as long as it was set back
            self._at = at
            self._slots = deque([(int(at // SLOT), self._used)])
        self._at = max(self._at, at)
        while self._slots and self._slots[0][0] * SLOT + REMEMBER <= self._at:
            self._used -= self._slots.popleft()[1]

    def _wait_for(self, missing: int) -> int | None:
        """Whole seconds until `missing` is free again."""
        for slot, used in self._slots:
            missing -= used
            if missing <= 0:
                return max(1, ceil(slot * SLOT + REMEMBER - self._at))
        return None


@dataclass(frozen=True, slots=True)
class Ask:
    """What a worker asks for: an amount of each now, what it returns, what it owes.

    `returned_*` were not spent of the portion of these slots; `owed_tokens` were
    spent beyond it.
    """

    key_id: str
    requests: int
    tokens: int
    request_slot: int = 0
    token_slot: int = 0
    returned_requests: int = 0
    returned_tokens: int = 0
    owed_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Portion:
    """The answer: amounts to spend within `PORTION_LIFE`, or seconds to wait.

    `wait` above 0 is a refusal; a request that no minute has room for waits a
    whole minute, because its protocol has no other word for it.
    """

    requests: int = 0
    tokens: int = 0
    request_slot: int = 0
    token_slot: int = 0
    wait: int = 0


UNLIMITED = 1 << 62


@dataclass(slots=True)
class LimitBook:
    """Both buckets of one key."""

    requests: Bucket = field(default_factory=lambda: Bucket(UNLIMITED))
    tokens: Bucket = field(default_factory=lambda: Bucket(UNLIMITED))

    def lease(
        self, ask: Ask, at: float, *, requests_per_minute: int | None, tokens_per_minute: int | None
    ) -> Portion:
        """Both amounts or neither. None for a limit is no limit."""
        requests, tokens = self.requests, self.tokens
        requests.limit = requests_per_minute or UNLIMITED
        tokens.limit = tokens_per_minute or UNLIMITED
        requests.give_back(ask.returned_requests, ask.request_slot)
        tokens.give_back(ask.returned_tokens, ask.token_slot)
        if ask.owed_tokens:
            tokens.charge(ask.owed_tokens, at)
        if not ask.requests and not ask.tokens:
            return Portion()
        of_requests = requests.take(ask.requests, at, extra=requests.limit)
        if not of_requests.granted:
            return Portion(wait=_wait(of_requests))
        of_tokens = tokens.take(ask.tokens, at, extra=tokens.limit)
        if of_tokens.granted < ask.tokens:
            requests.give_back(of_requests.granted, of_requests.slot)
            return Portion(wait=_wait(of_tokens))
        return Portion(of_requests.granted, of_tokens.granted, of_requests.slot, of_tokens.slot)


def _wait(grant: Grant) -> int:
    return grant.retry_after or ceil(MINUTE)
