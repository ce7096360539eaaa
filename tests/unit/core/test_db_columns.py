"""What stores write into columns."""

from curtilage.core.db.columns import encode_optional, parse_optional
from tests.fakes.clock import START


def test_an_instant_that_may_be_missing_comes_back() -> None:
    assert parse_optional(encode_optional(START)) == START
    assert encode_optional(None) is None
    assert parse_optional(None) is None
