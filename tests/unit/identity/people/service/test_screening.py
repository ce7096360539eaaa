"""A service is asked about new passphrases, where the operator named one."""

from dataclasses import dataclass, field, replace

import pytest

from curtilage.identity.breached import Screening
from curtilage.identity.errors import BreachRangeAddress, WeakPassphrase
from curtilage.identity.people.service.screening import Screen
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse

pytestmark = pytest.mark.requirement(38)


@dataclass
class FakeRange:
    """Answers the same each time, and writes down what it was asked about."""

    answer: Screening
    asked: list[bytes] = field(default_factory=list)

    async def screen(self, passphrase: bytes) -> Screening:
        self.asked.append(passphrase)
        return self.answer


def screened(house: House, answer: Screening) -> tuple[House, FakeRange]:
    service = FakeRange(answer)
    screen = Screen(service, house.database, TENANT, house.clock, house.people.ground.ids)
    chooser = replace(house.people.chooser, screen=screen)
    vars(house.people)["chooser"] = chooser
    return house, service


async def test_what_the_service_knows_is_refused(house: House) -> None:
    house, service = screened(house, Screening.LEAKED)
    with pytest.raises(WeakPassphrase, match="leaked"):
        await house.people.chooser.choose(PASSPHRASE)
    assert service.asked == [PASSPHRASE.encode()]


async def test_where_it_does_not_answer_the_passphrase_is_taken_and_that_is_recorded(
    house: House,
) -> None:
    house, _ = screened(house, Screening.UNKNOWN)
    assert (await house.people.chooser.choose(PASSPHRASE)).hashed
    (event,) = await house.events()
    assert (event.kind, event.facts, event.actor) == ("passphrase.unscreened", {}, "")


async def test_what_is_clear_leaves_no_record(house: House) -> None:
    house, _ = screened(house, Screening.CLEAR)
    assert (await house.people.chooser.choose(PASSPHRASE)).hashed
    assert await house.events() == []


@pytest.mark.parametrize("raw", ["short", "abababababababab", "curtilage gateway"])
async def test_it_is_not_asked_about_what_is_refused_here(house: House, raw: str) -> None:
    house, service = screened(house, Screening.CLEAR)
    with pytest.raises(WeakPassphrase):
        await house.people.chooser.choose(raw)
    assert service.asked == []


def test_nobody_is_asked_unless_a_service_is_named_and_then_over_tls(
    make_house: MakeHouse,
) -> None:
    assert make_house().people.chooser.screen is None
    named = make_house(leaked_passwords_service="https://ranges.example/v1")
    assert named.people.chooser.screen is not None
    with pytest.raises(BreachRangeAddress):
        make_house(leaked_passwords_service="http://ranges.example").people.chooser  # noqa: B018
