"""A worker's side of the limits: spends portions, and asks for the next one.

Synchronous while a portion lasts. `ask` reaches the process that counts (see
`limits.LimitBook`); where it does not answer, its error stands, and the request
is refused: a limit that cannot be checked is not passed.
"""

from asyncio import Lock
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil

from curtilage.core.clock import Clock
from curtilage.identity.limits import PORTION_LIFE, Ask, Portion

MOST_KEYS = 10_000  # keys whose portions a worker keeps at once
REFUSED_FOR = 1.0  # seconds in which a refusal is repeated without asking again


@dataclass(slots=True)
class _Held:
    """What is left of one key's portion, and until when it may be spent."""

    portion: Portion = field(default_factory=Portion)
    requests: int = 0
    tokens: int = 0
    owed: int = 0
    until: float = float("-inf")
    refused_at: float = float("-inf")
    lock: Lock = field(default_factory=Lock)


class WorkerLimits:
    """Exact limits across workers, taken in advance in small portions."""

    def __init__(self, ask: Callable[[Ask], Awaitable[Portion]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._held: dict[str, _Held] = {}

    def take(self, key_id: str, *, tokens: int) -> int | None:
        """Take one request and `tokens` from what this worker holds.

        0: granted. Above 0: refused, seconds to wait. None: ask with `lease`.
        """
        held = self._held.get(key_id)
        return None if held is None else _spend(held, tokens, self._clock.monotonic())

    async def lease(self, key_id: str, *, tokens: int) -> int:
        """As `take`, after asking for more; requests of one key ask one by one."""
        held = self._hold(key_id)
        async with held.lock:
            taken = _spend(held, tokens, self._clock.monotonic())
            return await self._renew(key_id, held, tokens) if taken is None else taken

    def settle(self, key_id: str, *, tokens: int) -> None:
        """Count what the estimate missed (above zero); `flush` or the next ask tells it.

        An estimate that was too high (below zero) stays counted until its minute
        is over: given back to a later portion it would let a minute hold more.
        """
        if tokens > 0:
            self._hold(key_id).owed += tokens

    async def flush(self) -> None:
        """Tell what is owed by keys that nobody uses here any more; every second or so."""
        for key_id, held in list(self._held.items()):
            if held.owed and not held.lock.locked():
                async with held.lock:
                    await self._tell(_return(key_id, held), held)

    async def _renew(self, key_id: str, held: _Held, tokens: int) -> int:
        asked_at = self._clock.monotonic()
        ask = _return(key_id, held, requests=1, tokens=tokens)
        held.portion = portion = await self._tell(ask, held)
        if portion.wait:
            held.refused_at = asked_at
            return portion.wait
        held.requests, held.tokens = portion.requests - 1, portion.tokens - tokens
        held.until = asked_at + PORTION_LIFE
        return 0

    async def _tell(self, ask: Ask, held: _Held) -> Portion:
        try:
            return await self._ask(ask)
        except BaseException:  # a cancelled ask too: what was used is still owed
            held.owed += ask.owed_tokens
            raise

    def _hold(self, key_id: str) -> _Held:
        held = self._held.pop(key_id, None) or _Held()
        self._held[key_id] = held
        while len(self._held) > MOST_KEYS:
            del self._held[next(iter(self._held))]
        return held


def _spend(held: _Held, tokens: int, at: float) -> int | None:
    if at < held.refused_at + min(held.portion.wait, REFUSED_FOR):
        return max(1, ceil(held.refused_at + held.portion.wait - at))
    if at >= held.until or held.requests < 1 or held.tokens < tokens or held.owed:
        return None  # who owes pays first: the counting process may have nothing left for this key
    held.requests -= 1
    held.tokens -= tokens
    return 0


def _return(key_id: str, held: _Held, *, requests: int = 0, tokens: int = 0) -> Ask:
    """Hand back what is held; from now on it cannot be spent."""
    ask = Ask(
        key_id,
        requests=requests,
        tokens=tokens,
        request_slot=held.portion.request_slot,
        token_slot=held.portion.token_slot,
        returned_requests=held.requests,
        returned_tokens=held.tokens,
        owed_tokens=held.owed,
    )
    held.requests = held.tokens = held.owed = 0
    return ask
