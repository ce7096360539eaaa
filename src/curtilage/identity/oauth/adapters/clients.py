"""Calls the addresses of clients: their key sets, and word that a session ended."""

from collections import OrderedDict
from dataclasses import dataclass, field

from curtilage.core.clock import Clock
from curtilage.identity.errors import AnswerUnreadable
from curtilage.identity.fetching import Fetches
from curtilage.identity.wire.jwk import KeySet, parse_jwks

FORM = "application/x-www-form-urlencoded"
KEPT_SECONDS = 300.0
MOST_KEPT = 1000
OK = 200


@dataclass(frozen=True, slots=True)
class ClientNotifier:
    """Implements `ports.Notifier`."""

    fetcher: Fetches

    async def post(self, url: str, body: bytes) -> int:
        answer = await self.fetcher.call("POST", url, headers=[("Content-Type", FORM)], body=body)
        return answer.status


@dataclass(slots=True)
class FetchedKeys:
    """Implements `ports.ClientKeys`: what was read is good for five minutes."""

    fetcher: Fetches
    clock: Clock
    _kept: "OrderedDict[str, tuple[float, KeySet]]" = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def load(self, uri: str) -> KeySet:
        at = self.clock.monotonic()
        kept = self._kept.get(uri)
        if kept is not None and at < kept[0] + KEPT_SECONDS:
            return kept[1]
        answer = await self.fetcher.get(uri, headers=[("Accept", "application/json")])
        if answer.status != OK:
            raise AnswerUnreadable
        keys = parse_jwks(answer.body)
        self._kept[uri] = (at, keys)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return keys
