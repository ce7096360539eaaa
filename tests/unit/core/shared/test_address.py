"""What `store.shared` may say."""

import pytest

from curtilage.core.shared.address import is_address, redis_address


@pytest.mark.parametrize(
    ("shared", "as_taken"),
    [
        ("redis://cache.example/0", "redis://cache.example/0"),
        ("rediss://:x@cache.example", "rediss://:x@cache.example"),
        ("valkey://cache.example/valkey://", "redis://cache.example/valkey://"),
    ],
)
def test_redis_and_valkey_are_one_protocol(shared: str, as_taken: str) -> None:
    assert is_address(shared)
    assert redis_address(shared) == as_taken


@pytest.mark.parametrize(
    "shared", ["memory", "store", "redis", "http://redis://x", "REDIS://x", ""]
)
def test_nothing_else_is_an_address(shared: str) -> None:
    assert not is_address(shared)
