"""A passphrase that leaked since it was chosen."""

from pathlib import Path

import pytest

from curtilage.identity.breach_building import build_filter
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import Flaw, ProofKind, Step
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_step_desk import mail_sign_in

pytestmark = pytest.mark.requirement(38)

ADA, FRESH = "ada@orchard.example", "pewter walnut canyon sieve"


@pytest.fixture
def filter_of(tmp_path: Path) -> Path:
    path = tmp_path / "leaked"
    build_filter([PASSPHRASE.encode()], path)
    return path


async def sign_in(house: House, passphrase: str = PASSPHRASE) -> str:
    begun = await house.people.desk.sign_in(
        name=ADA, passphrase=passphrase, arrival=Arrival("192.0.2.7")
    )
    return begun.secret


async def flaws(house: House) -> frozenset[Flaw]:
    found = await house.people.register.find(TENANT, ADA)
    assert found is not None
    async with house.database.read() as connection:
        held = await house.people.register.authenticators.load(connection, TENANT, found[0].id)
    return held[0].flaws


async def test_who_signs_in_by_it_is_told_and_must_change_it_first(
    make_house: MakeHouse, filter_of: Path
) -> None:
    house = make_house(leaked_passwords=filter_of)
    await house.add_person("Ada", address=ADA)
    secret = await sign_in(house)
    assert await house.people.desk.read(secret) is None
    offer = await house.people.steps.look(secret)
    assert offer is not None
    assert offer.step is Step.PASSPHRASE
    (message,) = await house.mailed()
    assert "leaked" in message.text
    assert PASSPHRASE not in message.text
    assert (await house.kinds())[:2] == ["passphrase.leaked", "session.begun"]
    event = (await house.events())[0]
    assert event.facts == {}
    await sign_in(house)
    assert (await house.kinds()).count("passphrase.leaked") == 1, "once is enough"
    further = await house.people.steps.set_passphrase(secret, FRESH)
    assert await house.people.desk.read(further.secret) is not None
    assert await flaws(house) == frozenset()


async def test_where_it_is_only_told_the_account_page_says_so(
    make_house: MakeHouse, filter_of: Path
) -> None:
    house = make_house(leaked_passwords=filter_of, leaked_at_sign_in="tell")
    await house.add_person("Ada", address=ADA)
    secret = await sign_in(house)
    assert await house.people.desk.read(secret) is not None
    overview = await house.people.account.overview(secret)
    assert [each.leaked for each in overview.held] == [True]
    assert len(await house.mailed()) == 1


async def test_nobody_learns_what_is_in_the_list_by_guessing(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    guess = "velvet comet thimble orchard"
    build_filter([guess.encode()], tmp_path / "leaked")
    house = make_house(leaked_passwords=tmp_path / "leaked")
    await house.add_person("Ada", address=ADA)
    with pytest.raises(SignInRefused):
        await sign_in(house, guess)
    assert "passphrase.leaked" not in await house.kinds()
    assert await flaws(house) == frozenset()
    assert await house.people.desk.read(await sign_in(house)) is not None


async def test_without_a_filter_nothing_is_looked_up(house: House) -> None:
    await house.add_person("Ada", address=ADA)
    assert await house.people.desk.read(await sign_in(house)) is not None
    assert await house.kinds() == ["session.started"]


async def test_it_is_noticed_also_where_a_link_by_mail_came_before_it(
    make_house: MakeHouse, filter_of: Path
) -> None:
    house = make_house(leaked_passwords=filter_of)
    await house.add_person("Ada", address=ADA)
    first = await mail_sign_in(house, ADA)
    second = await house.people.desk.prove(first, ProofKind.PASSPHRASE, PASSPHRASE, address="")
    assert await flaws(house) == {Flaw.LEAKED}
    assert await house.people.desk.read(second.secret) is None
    offer = await house.people.steps.look(second.secret)
    assert offer is not None
    assert offer.step is Step.PASSPHRASE
