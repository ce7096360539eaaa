"""Numbers with their nouns."""

import pytest

from curtilage.core.words import count


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (11, "11 keys")]
)
def test_one_is_one_and_all_else_is_many(number: int, said: str) -> None:
    assert count(number, "key") == said
