"""Portions of requests and tokens per minute, counted once for all workers and nodes."""

from dataclasses import dataclass

from curtilage.core.shared.ports import Change, Counters
from curtilage.identity.limits import REMEMBER, Ask, Portion
from curtilage.identity.models import ApiKey
from curtilage.identity.wire.limit_book import encode_book, parse_book


@dataclass(frozen=True, slots=True)
class LimitService:
    """The use case of limits per minute. `counters` are those that all nodes share."""

    counters: Counters

    async def lease(self, key: ApiKey, ask: Ask) -> Portion:
        """A portion of the key's limits, or how long to wait.

        Asks for no right: it is the product itself. Raises an UnavailableError
        where nobody can count; then the request is not let through."""

        def decide(state: bytes | None, at: float) -> Change[Portion]:
            book = parse_book(state)
            portion = book.lease(
                ask,
                at,
                requests_per_minute=key.requests_per_minute,
                tokens_per_minute=key.tokens_per_minute,
            )
            return Change(encode_book(book), REMEMBER, portion)

        return await self.counters.change(f"limits:{key.tenant}:{key.holder}", decide)
