"""Each new passphrase is judged alike, wherever it is chosen."""

from pathlib import Path

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.identity.breach_building import build_filter
from curtilage.identity.errors import BreachFilterMissing, WeakPassphrase
from curtilage.identity.people.models import Flaw
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import sign_in

pytestmark = pytest.mark.requirement(38)

LEAKED, FRESH = "velvet comet thimble orchard", "pewter walnut canyon sieve"


def leaking(make_house: MakeHouse, tmp_path: Path) -> House:
    path = tmp_path / "leaked"
    build_filter([LEAKED.encode()], path)
    return make_house(leaked_passwords=path)


@pytest.mark.parametrize(
    ("raw", "context"),
    [
        ("short", ()),
        ("Grace Hopper Grace", ("Grace Hopper",)),
        ("grace-hopper-mail", ("grace.hopper@mail.example",)),
        ("curtilage gateway", ()),
        ("abababababababab", ()),
    ],
)
async def test_what_others_would_guess_is_refused(
    house: House, raw: str, context: tuple[str, ...]
) -> None:
    with pytest.raises(WeakPassphrase):
        await house.people.chooser.choose(raw, context=context)
    chosen = await house.people.chooser.choose(FRESH, context=context)
    assert chosen.hashed.startswith(b"$argon2id$")
    assert not chosen.flaws


@pytest.mark.requirement(37)
async def test_a_short_one_is_taken_beside_a_second_factor_alone_and_never_stands_alone(
    house: House,
) -> None:
    chooser = house.people.chooser
    for raw in ("kelpgrit", "kelpgritzinnia"):
        with pytest.raises(WeakPassphrase, match="15"):
            await chooser.choose(raw)
        assert (await chooser.choose(raw, least=8)).flaws == {Flaw.SHORT}
    assert not (await chooser.choose("kelpgritzinnias", least=8)).flaws
    for raw in ("kelpgri", "password", "12345678", "qwertzui", "iloveyou"):
        with pytest.raises(WeakPassphrase):
            await chooser.choose(raw, least=8)


async def test_a_leaked_one_is_refused_wherever_it_is_chosen_and_the_refusal_says_why(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = leaking(make_house, tmp_path)
    people = house.people
    await people.setup.issue(TENANT)
    with pytest.raises(WeakPassphrase, match="leaked"):
        await people.setup.enrol(TENANT, house.secret(), name="Grace", passphrase=LEAKED)
    await house.enrol()
    session = await sign_in(house)
    with pytest.raises(WeakPassphrase, match="leaked"):
        await people.account.change_passphrase(session, LEAKED)
    secret = (await people.invitations.invite(ADMIN)).link.rpartition("/")[2]
    with pytest.raises(WeakPassphrase, match="leaked"):
        await people.joining.join(TENANT, secret, name="Bob", passphrase=LEAKED)
    await people.joining.join(TENANT, secret, name="Bob", passphrase=PASSPHRASE)
    await house.add_person("Ada", address="ada@orchard.example")
    await people.recovery.ask(TENANT, "ada@orchard.example", peer="")
    link = await house.post("/recover")
    with pytest.raises(WeakPassphrase, match="leaked"):
        await people.recovery.finish(TENANT, link, LEAKED)
    await people.recovery.finish(TENANT, link, FRESH)


def test_a_filter_that_is_not_there_stops_the_service_at_its_start(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    with pytest.raises(BreachFilterMissing) as refused:  # noqa: PT012 -- whichever comes first
        house = make_house(leaked_passwords=tmp_path / "absent")
        house.identity.as_slices(usual_purpose=lambda: "assist")
    assert isinstance(refused.value, CurtilageError)
