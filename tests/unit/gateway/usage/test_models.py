"""Words of usage."""

from dataclasses import fields

from curtilage.gateway.usage.models import Counts

NAMES = [field.name for field in fields(Counts)]


def test_every_count_is_added_and_no_other() -> None:
    one = Counts(**{name: 10**place for place, name in enumerate(NAMES)})
    two = Counts(**{name: 5 * 10**place for place, name in enumerate(NAMES)})
    assert one.plus(two) == Counts(**{name: 6 * 10**place for place, name in enumerate(NAMES)})
