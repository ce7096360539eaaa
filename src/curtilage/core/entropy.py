"""Randomness, as a thing that is passed in."""

import os
from typing import Protocol


class Entropy(Protocol):
    """Gives bytes that nobody can guess."""

    def token_bytes(self, count: int) -> bytes:
        """`count` random bytes, fit for keys."""


class SystemEntropy:
    """The operating system's generator."""

    def token_bytes(self, count: int) -> bytes:
        return os.urandom(count)
