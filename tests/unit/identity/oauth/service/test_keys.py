"""Signing keys: made, sealed, rotated, gone."""

import orjson
import pytest

from curtilage.core.errors import TamperError
from curtilage.identity.oauth.errors import NoSigningKey
from curtilage.identity.oauth.rules.keys import KEEP, SIGNS_FOR
from curtilage.identity.oauth.service.keys import KeyService
from tests.oauth_house import ADMIN, OAuthHouse


@pytest.mark.requirement(34)
async def test_keys_are_made_once_and_their_private_halves_sealed(house: OAuthHouse) -> None:
    keys = house.oauth.keys
    assert await keys.keep_up() == 0
    signer = await keys.signer("ES256")
    listed = orjson.loads(await keys.encode_jwks())["keys"]
    assert [key["alg"] for key in sorted(listed, key=lambda key: key["alg"])] == ["ES256", "RS256"]
    assert signer.kid in {key["kid"] for key in listed}
    async with house.database.read() as connection:
        kept = await keys.store.load(connection, house.oauth.ground.tenant)
    assert all(key.sealed.startswith(b"oauth signing key 1 ") for key in kept)
    with pytest.raises(NoSigningKey):
        await keys.signer("EdDSA")


@pytest.mark.requirement(34)
async def test_a_seal_of_another_key_does_not_open(house: OAuthHouse) -> None:
    keys = house.oauth.keys
    async with house.database.read() as connection:
        one, two = await keys.store.load(connection, house.oauth.ground.tenant)
    with pytest.raises(TamperError):
        await keys.sealer.open(one.sealed, "oauth signing key 1 " + two.kid)


@pytest.mark.requirement(34)
async def test_after_their_time_keys_are_gone(house: OAuthHouse) -> None:
    keys = house.oauth.keys
    first = (await keys.signer("ES256")).kid
    house.clock.advance(SIGNS_FOR)
    with pytest.raises(NoSigningKey):
        await keys.signer("ES256")
    assert await keys.keep_up() == 2
    second = (await keys.signer("ES256")).kid
    assert second != first
    assert {first, second} <= await kids(keys)
    house.clock.advance(KEEP)
    await keys.keep_up()
    assert first not in await kids(keys)
    assert (await house.kinds()).count("signing_key.made") == 2


async def kids(keys: KeyService) -> set[str]:
    return {key["kid"] for key in orjson.loads(await keys.encode_jwks())["keys"]}


@pytest.mark.requirement(34)
async def test_an_early_rotation_keeps_the_old_key_until_the_new_is_known(
    house: OAuthHouse,
) -> None:
    keys = house.oauth.keys
    old = (await keys.signer("ES256")).kid
    new = (await keys.rotate(ADMIN, "ES256")).kid
    assert (await keys.signer("ES256")).kid == old
    house.clock.advance(24 * 3600 + 1)
    assert (await keys.signer("ES256")).kid == new
    assert {old, new} <= await kids(keys)
    assert "signing_key.rotated" in await house.kinds()
