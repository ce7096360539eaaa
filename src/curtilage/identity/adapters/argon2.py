"""Argon2id (RFC 9106) in a few threads, with a queue that ends.

19 MiB, two passes, one lane: the least that the OWASP Password Storage Cheat
Sheet gives, some 25 ms of one core. Threads bound the memory and take half of
the processors at most; the queue bounds how long anybody waits. So a flood is
refused and does not starve the rest.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
GIVES_WAY = (
    10  # added to the niceness of its threads: a tenth of a core where others want all of it
)

P = ParamSpec("P")
T = TypeVar("T")


class Argon2Passphrases:
    """Hashes and compares; `threads` at once and `waiting` more in the queue.

    Two on one core are slower than one: each throws the other's memory out of the caches."""

    def __init__(
        self,
        entropy: Entropy,
        *,
        costs: Costs = Costs(),  # noqa: B008 -- frozen
        threads: int = 0,
        waiting: int = 32,
    ) -> None:
        self._entropy = entropy
        self._costs = costs
        threads = threads or max(1, count_processors() // 2)
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="passphrase", initializer=_give_way
        )
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


def count_processors() -> int:
    """How many of them this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _give_way() -> None:
    """Linux keeps a niceness for each thread (setpriority(2), NOTES); others keep one for all."""
    if hasattr(os, "sched_getaffinity"):
        with suppress(OSError):
            mine = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, mine, os.getpriority(os.PRIO_PROCESS, mine) + GIVES_WAY)


def _verify(kept: str, passphrase: bytes) -> bool:
    try:
        return verify_secret(kept.encode("ascii"), passphrase, Type.ID)
    except VerificationError:
        return False
