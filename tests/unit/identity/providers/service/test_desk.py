import pytest

from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance
from curtilage.identity.people.views import Offer
from curtilage.identity.providers.views import ProviderDesk
from tests.provider_house import ProviderHouse


async def test_what_the_pages_of_people_ask(house: ProviderHouse) -> None:
    desk: ProviderDesk = house.providers.desk
    assert list(desk.offers) == [Offer("harbour", "Harbour"), Offer("valley", "Valley")]
    assert desk.has_realms
    assert desk.find_realm("ada@valley.example") == "valley"
    assert desk.find_realm("ada@harbour.example") == ""
    assert list(await desk.list_again("nobody's", Assurance.ONE)) == []


async def test_a_session_that_ended_must_prove_itself(house: ProviderHouse) -> None:
    with pytest.raises(ProveAgain):
        await house.providers.desk.list_links("nobody's")
