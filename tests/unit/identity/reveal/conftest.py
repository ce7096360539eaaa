"""A team with reveals on a fresh SQLite database."""

import pytest

from tests.identity_house import House
from tests.reveal_house import RevealHouse, a_reveal_house


@pytest.fixture
async def team(house: House) -> RevealHouse:
    return await a_reveal_house(house)
