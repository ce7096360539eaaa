"""What people and apps of tokens are called."""

from curtilage.identity.principal_ids import LONGEST_ID, principal_id


def test_long_names_stay_apart() -> None:
    one, other = (f"https://apps.orchard.example/{'a' * 80}/{end}" for end in "xy")
    assert principal_id(one) != principal_id(other)
    assert len(principal_id(one)) <= LONGEST_ID
    assert principal_id("short") == "short"
