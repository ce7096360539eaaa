"""Randomness that comes out the same in every run."""

from hashlib import shake_256


class FixedEntropy:
    """A stream of bytes fixed by its seed; two calls never give the same bytes."""

    def __init__(self, seed: str = "curtilage tests") -> None:
        self._seed = seed.encode()
        self._calls = 0

    def token_bytes(self, count: int) -> bytes:
        self._calls += 1
        return shake_256(self._seed + self._calls.to_bytes(8, "big")).digest(count)
