"""Clients: registered, changed, given new secrets, revoked; by who may."""

from datetime import timedelta

import pytest

from curtilage.core.errors import DeniedError
from curtilage.identity.oauth.errors import UnacceptableClient, UnknownClient
from curtilage.identity.oauth.models.clients import AuthMethod, SubjectType
from tests.builders import a_principal
from tests.oauth_house import ADMIN, OAuthHouse, a_wish


async def works(house: OAuthHouse, client_id: str, secret: str) -> bool:
    answer = await house.browser().http.post(
        "/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
    )
    return answer.status_code == 200


@pytest.mark.requirement(14)
async def test_a_secret_is_shown_once_and_kept_as_a_hash(house: OAuthHouse) -> None:
    made = await house.register()
    assert await works(house, made.client.id, made.secret)
    kept = await house.oauth.clients.get(ADMIN, made.client.id)
    assert kept == made.client
    assert made.secret not in repr(made)
    assert (await house.register(method=AuthMethod.NONE)).secret == ""


@pytest.mark.requirement(14)
async def test_a_new_secret_replaces_the_old_after_a_while(house: OAuthHouse) -> None:
    made = await house.register()
    clients, client_id = house.oauth.clients, made.client.id
    second = await clients.rotate_secret(ADMIN, client_id, overlap=timedelta(hours=1))
    assert await works(house, client_id, made.secret)
    assert await works(house, client_id, second.secret)
    house.clock.advance(3601)
    assert not await works(house, client_id, made.secret)
    third = await clients.rotate_secret(ADMIN, client_id)
    assert not await works(house, client_id, second.secret)
    assert await works(house, client_id, third.secret)
    public = await house.register(method=AuthMethod.NONE)
    with pytest.raises(UnacceptableClient):
        await clients.rotate_secret(ADMIN, public.client.id)


async def test_a_client_is_changed_and_keeps_its_secret(house: OAuthHouse) -> None:
    made = await house.register()
    changed = await house.oauth.clients.change(ADMIN, made.client.id, a_wish(name="Other"))
    assert changed.name == "Other"
    assert await works(house, made.client.id, made.secret)
    with pytest.raises(UnacceptableClient):
        await house.oauth.clients.change(ADMIN, made.client.id, a_wish(redirect_uris=()))
    public = await house.register(method=AuthMethod.NONE)
    with pytest.raises(UnacceptableClient):
        await house.oauth.clients.change(ADMIN, public.client.id, a_wish())


async def test_a_revoked_client_is_refused_at_once(house: OAuthHouse) -> None:
    made = await house.register()
    assert await works(house, made.client.id, made.secret)
    await house.oauth.clients.revoke(ADMIN, made.client.id)
    await house.oauth.clients.revoke(ADMIN, made.client.id)
    assert not await works(house, made.client.id, made.secret)
    (listed,) = await house.oauth.clients.list(ADMIN)
    assert listed.revoked_at is not None
    assert (await house.kinds()).count("oauth_client.revoked") == 1


async def test_who_has_no_right_does_nothing(house: OAuthHouse) -> None:
    stranger, clients = a_principal(), house.oauth.clients
    for work in (
        clients.register(stranger, a_wish()),
        clients.change(stranger, "c", a_wish()),
        clients.rotate_secret(stranger, "c"),
        clients.revoke(stranger, "c"),
        clients.list(stranger),
        clients.get(stranger, "c"),
        house.oauth.keys.rotate(stranger, "ES256"),
        house.oauth.clients.invite(stranger),
    ):
        with pytest.raises(DeniedError):
            await work


async def test_an_unknown_client_is_said_to_be_unknown(house: OAuthHouse) -> None:
    clients = house.oauth.clients
    for work in (
        clients.get(ADMIN, "nobody"),
        clients.revoke(ADMIN, "nobody"),
        clients.change(ADMIN, "nobody", a_wish()),
    ):
        with pytest.raises(UnknownClient):
            await work


@pytest.mark.requirement(29)
async def test_pairwise_clients_cannot_compare_their_people(house: OAuthHouse) -> None:
    pairwise = {"subject_type": SubjectType.PAIRWISE, "is_first_party": True}
    one = await house.register(**pairwise)
    two = await house.register(**pairwise)
    other = await house.register(**pairwise, sector="elsewhere.example")
    browser = house.browser()
    subjects, sessions = [], set()
    for made in (one, two, other):
        tokens = await browser.tokens(made)
        sessions.add((await house.oauth.minter.verify_hint(tokens["id_token"]))["sid"])
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        told = await browser.http.get("/oauth2/userinfo", headers=headers)
        subjects.append(told.json()["sub"])
    assert subjects[0] == subjects[1] != subjects[2]  # one sector, and another
    assert "person-ada" not in subjects
    assert len(sessions) == 3
