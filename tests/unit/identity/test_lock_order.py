"""The order in which rows are held: as it is written, and seen by who watches for it."""

import re

import pytest

from curtilage.identity import store
from tests.lock_order import RANKS, Hold, find_disorder

READS = Hold("person", writes=False)
PERSON, CEREMONY, SESSION, GRANT = map(Hold, ("person", "ceremony", "session", "oauth_grant"))
REFRESH, CONSENT = Hold("oauth_refresh"), Hold("oauth_consent")
KEYS, PEOPLE = (Hold("broadcast", topic=topic) for topic in ("api-keys", "people"))


def test_the_order_is_the_one_that_is_written() -> None:
    written = re.findall(r"`([a-z_]+)`", (store.__doc__ or "").partition("\n1. ")[2])
    tables = [table for tables in RANKS for table in tables]
    assert [each for each in written if each in tables] == tables


@pytest.mark.parametrize(
    "holds",
    [
        [READS, CEREMONY, SESSION, GRANT, CONSENT, KEYS, PEOPLE],
        [PERSON, SESSION, CEREMONY, GRANT, REFRESH, GRANT, CEREMONY, PEOPLE],
        [GRANT, REFRESH, GRANT, CONSENT],
        [SESSION, GRANT],
        [PERSON, READS, CEREMONY],
        [REFRESH],
    ],
)
def test_what_keeps_to_it_is_in_order(holds: list[Hold]) -> None:
    assert find_disorder(holds) == ""


@pytest.mark.parametrize(
    "holds",
    [
        [CEREMONY, READS],
        [CEREMONY, PERSON],
        [READS, SESSION, CEREMONY],
        [READS, PERSON],
        [GRANT, SESSION],
        [CONSENT, GRANT],
        [REFRESH, GRANT],
        [KEYS, GRANT],
        [PEOPLE, KEYS],
    ],
)
def test_what_does_not_is_told(holds: list[Hold]) -> None:
    assert find_disorder(holds)
