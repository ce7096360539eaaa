"""Randomness, as a thing that is passed in."""

import os
from threading import Lock
from typing import Protocol


class Entropy(Protocol):
    """Gives bytes that nobody can guess."""

    def token_bytes(self, count: int) -> bytes:
        """`count` random bytes, fit for keys."""


class SystemEntropy:
    """The operating system's generator."""

    def token_bytes(self, count: int) -> bytes:
        return os.urandom(count)


POOL_BYTES = 4096  # one call to the system for some hundred ids


class PooledEntropy:
    """The operating system's generator, asked for a page at a time.

    For ids, salts and nonces on the request path, where a system call each
    would cost more than the work itself. Every byte is given out once. Not for long-lived keys, and not for processes that fork.
    """

    def __init__(self, source: Entropy) -> None:
        self._source = source
        self._pool = bytearray()
        self._lock = Lock()

    def token_bytes(self, count: int) -> bytes:
        if count > POOL_BYTES // 16:
            return self._source.token_bytes(count)
        with self._lock:
            if len(self._pool) < count:
                self._pool = bytearray(self._source.token_bytes(POOL_BYTES))
            taken = bytes(self._pool[-count:])
            self._pool[-count:] = b""
            return taken
