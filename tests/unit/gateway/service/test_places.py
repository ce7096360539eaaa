"""Where the ledger holds the records of a request."""

from curtilage.gateway.service.places import RecordPlaces
from curtilage.gateway.views import RecordPlace
from tests.unit.gateway.service.exchanges import FakeLedger, an_ending, an_intent


async def test_every_record_of_a_request_has_its_place_and_says_whether_it_is_covered() -> None:
    one, two = an_intent(1), an_intent(2)
    ledger = FakeLedger(one, two, an_ending(one))
    places = RecordPlaces(ledger, lambda record: record.n < 2)
    assert await places.find_places(one.id) == [
        RecordPlace(one.id, "gw-0", 0, is_covered=True),
        RecordPlace(f"{one.id}-end", "gw-0", 2, is_covered=False),
    ]
    assert await places.find_places("none") == []
