"""The set-up link and the enrolment of the administrator."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.identity.errors import UnacceptableName, WeakPassphrase
from curtilage.identity.people.errors import AlreadyEnrolled, SetupLinkRefused
from curtilage.identity.wire.secrets import mint_secret
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House


async def test_the_first_start_writes_a_link_that_only_the_owner_can_read(house: House) -> None:
    issued = await house.people.setup.issue(TENANT)
    assert issued is not None
    file = house.data_dir / "set-up-link"
    assert file.read_text() == f"{issued.link}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert issued.expires_at == house.clock.now() + timedelta(hours=24)
    assert issued.link not in repr(issued)


async def test_only_the_hash_of_the_secret_is_stored(house: House) -> None:
    await house.people.setup.issue(TENANT)
    secret = house.secret().encode()
    stored = [path for path in house.data_dir.iterdir() if secret in path.read_bytes()]
    assert [path.name for path in stored] == ["set-up-link"]


async def test_a_restart_keeps_an_open_link(house: House) -> None:
    first = await house.people.setup.issue(TENANT)
    house.clock.advance(timedelta(hours=23))
    assert await house.people.setup.issue(TENANT) == first


@pytest.mark.parametrize("what", ["expired", "deleted", "replaced"])
async def test_a_link_that_cannot_be_used_is_made_anew_and_the_old_is_worthless(
    house: House, what: str
) -> None:
    await house.people.setup.issue(TENANT)
    old, file = house.secret(), house.data_dir / "set-up-link"
    if what == "expired":
        house.clock.advance(timedelta(hours=24))
    elif what == "deleted":
        file.unlink()
    else:
        file.write_text(f"https://elsewhere.example/setup/{old}\n")
    await house.people.setup.issue(TENANT)
    assert house.secret() != old
    with pytest.raises(SetupLinkRefused):
        await house.people.setup.look_at_link(TENANT, old)
    await house.people.setup.look_at_link(TENANT, house.secret())


async def test_enrolling_uses_the_link_up_takes_the_file_away_and_is_recorded(
    house: House,
) -> None:
    await house.people.setup.issue(TENANT)
    secret = house.secret()
    administrator = await house.people.setup.enrol(
        TENANT, secret, name=" Grace  Hopper ", passphrase=PASSPHRASE
    )
    assert (await house.people.register.open_profile(administrator)).name == "Grace Hopper"
    found = await house.people.register.find(TENANT, "grace hopper")
    assert found is not None
    assert found[0] == administrator
    assert administrator.roles == {"administrator"}
    assert not (house.data_dir / "set-up-link").exists()
    assert await house.people.setup.is_enrolled(TENANT)
    assert await house.people.setup.issue(TENANT) is None
    (event,) = await house.events()
    assert event.kind == "administrator.enrolled"
    assert event.actor == await house.pseudonyms.pseudonym(TENANT, administrator.id)
    assert "race" not in str(event).replace("trace", "")
    with pytest.raises(SetupLinkRefused):
        await house.people.setup.enrol(TENANT, secret, name="Eve", passphrase=PASSPHRASE)


async def test_two_who_hold_the_link_race_and_exactly_one_is_enrolled(house: House) -> None:
    await house.people.setup.issue(TENANT)
    secret = house.secret()
    outcomes = await asyncio.gather(
        *(
            house.people.setup.enrol(TENANT, secret, name=f"Racer {n}", passphrase=PASSPHRASE)
            for n in range(6)
        ),
        return_exceptions=True,
    )
    refused = [each for each in outcomes if isinstance(each, SetupLinkRefused)]
    assert len(refused) == 5
    assert await house.kinds() == ["administrator.enrolled"]


async def test_a_passphrase_or_name_that_is_refused_does_not_use_the_link_up(
    house: House,
) -> None:
    await house.people.setup.issue(TENANT)
    secret = house.secret()
    with pytest.raises(WeakPassphrase):
        await house.people.setup.enrol(TENANT, secret, name="Grace", passphrase="short")
    with pytest.raises(WeakPassphrase, match="name"):
        await house.people.setup.enrol(
            TENANT, secret, name="Grace Hopper", passphrase="grace hopper curtilage"
        )
    with pytest.raises(UnacceptableName):
        await house.people.setup.enrol(TENANT, secret, name="<b>", passphrase=PASSPHRASE)
    assert not await house.people.setup.is_enrolled(TENANT)
    await house.people.setup.enrol(TENANT, secret, name="Grace", passphrase=PASSPHRASE)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "../../etc/passwd", "é" * 43])
async def test_a_made_up_link_enrols_nobody(house: House, secret: str) -> None:
    await house.people.setup.issue(TENANT)
    with pytest.raises(SetupLinkRefused):
        await house.people.setup.look_at_link(TENANT, secret)
    with pytest.raises(SetupLinkRefused):
        await house.people.setup.enrol(TENANT, secret, name="Eve", passphrase=PASSPHRASE)


async def test_an_expired_link_enrols_nobody(house: House) -> None:
    await house.people.setup.issue(TENANT)
    house.clock.advance(timedelta(hours=24))
    with pytest.raises(SetupLinkRefused):
        await house.people.setup.enrol(TENANT, house.secret(), name="Grace", passphrase=PASSPHRASE)


async def test_where_somebody_is_enrolled_an_open_link_makes_no_second(house: House) -> None:
    await house.enrol()
    link = await _an_open_link(house)
    with pytest.raises(AlreadyEnrolled):
        await house.people.setup.enrol(TENANT, link, name="Eve", passphrase=PASSPHRASE)


async def _an_open_link(house: House) -> str:
    """A link put into the store behind the service's back, as a restored backup would."""
    setup = house.people.setup
    async with house.database.begin() as connection:
        used = await setup.links.find_link(connection, TENANT)
        assert used is not None
        secret = mint_secret(setup.entropy)
        await setup.links.put_link(
            connection, TENANT, replace(used, digest=secret.digest, used_at=None)
        )
    return secret.text
