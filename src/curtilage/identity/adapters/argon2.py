"""Argon2id (RFC 9106) in a few threads, with a queue that ends.

19 MiB, two passes, one lane: the least that the OWASP Password Storage Cheat
Sheet gives, some 25 ms of one core. Threads bound the memory; the queue bounds
how long anybody waits, so that a flood is refused and does not starve the rest.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from argon2 import Type, extract_parameters
from argon2.exceptions import VerificationError
from argon2.low_level import hash_secret, verify_secret

from curtilage.core.entropy import Entropy
from curtilage.identity.errors import TooManySignIns
from curtilage.identity.models import Costs

SALT_BYTES = 16  # RFC 9106 §3.1
HASH_BYTES = 32
RETRY_SECONDS = 5

P = ParamSpec("P")
T = TypeVar("T")


class Argon2Passphrases:
    """Hashes and compares; `threads` at once and `waiting` more in the queue."""

    def __init__(
        self,
        entropy: Entropy,
        *,
        costs: Costs = Costs(),  # noqa: B008 -- frozen
        threads: int = 2,
        waiting: int = 32,
    ) -> None:
        self._entropy = entropy
        self._costs = costs
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passphrase")
        self._most = threads + waiting
        self._running = 0
        self._nobodys = self._hash(entropy.token_bytes(32))

    async def hash(self, passphrase: bytes) -> str:
        """Raises `TooManySignIns` when too many wait already."""
        return await self._run(self._hash, passphrase)

    async def matches(self, kept: str | None, passphrase: bytes) -> bool:
        """Whether it is the one that was kept; where none was, compares with nobody's."""
        same = await self._run(_verify, kept or self._nobodys, passphrase)
        return same and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed with other costs than today's."""
        found = extract_parameters(kept)
        return Costs(found.time_cost, found.memory_cost, found.parallelism) != self._costs

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._running >= self._most:
            raise TooManySignIns(retry_after=RETRY_SECONDS)
        self._running += 1
        done = asyncio.get_running_loop().run_in_executor(
            self._pool, partial(work, *args, **kwargs)
        )
        done.add_done_callback(self._count_done)  # also where nobody waits for it any more
        return await done

    def _count_done(self, _done: "asyncio.Future[T]") -> None:
        self._running -= 1

    def _hash(self, passphrase: bytes) -> str:
        salt = self._entropy.token_bytes(SALT_BYTES)
        costs = self._costs
        return hash_secret(
            passphrase,
            salt,
            costs.passes,
            costs.memory_kib,
            costs.lanes,
            HASH_BYTES,
            Type.ID,
        ).decode("ascii")


def _verify(kept: str, passphrase: bytes) -> bool:
    try:
        return verify_secret(kept.encode("ascii"), passphrase, Type.ID)
    except VerificationError:
        return False
