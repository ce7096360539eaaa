"""What keys and apps may manage at this moment."""

from dataclasses import replace

import pytest

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.management.service.machines import managing
from curtilage.identity.models import KeyRequest
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.management_house import EVERY, an_app

KEY = KeyRequest("deploy", frozenset(), rights=EVERY)
SHORT = PrincipalId("nobody")


def test_only_what_opens_the_api_counts() -> None:
    assert managing({"people:manage", "restore", "vault:rotate"}) == {"people:manage"}


async def test_a_key_that_ended_has_no_right_and_who_never_was_is_unknown(house: House) -> None:
    find = house.people.needs.machines.find_rights
    created = await house.identity.keys.create(ADMIN, KEY)
    assert await find(TENANT, created.key.principal) == EVERY
    await house.identity.keys.revoke(ADMIN, created.key.id)
    assert await find(TENANT, created.key.principal) == frozenset()
    assert await find(TENANT, SHORT) is None


async def test_an_app_has_what_is_written_on_it_until_it_is_revoked(house: House) -> None:
    find = house.people.needs.machines.find_rights
    app = await an_app(house, "people:manage", "openid")
    principal = PrincipalId(app.client.id)
    assert await find(TENANT, principal) == {"people:manage"}
    await house.identity.oauth.clients.revoke(ADMIN, app.client.id)
    assert await find(TENANT, principal) == frozenset()


def as_machine(id: PrincipalId, *rights: str) -> Principal:
    return Principal(TENANT, id, PrincipalKind.SERVICE, rights=frozenset(rights))


async def test_an_invitation_ends_with_the_key_that_made_it(house: House) -> None:
    created = await house.identity.keys.create(ADMIN, KEY)
    actor = created.key.as_principal()
    for is_revoked in (False, True):
        link = (await house.people.invitations.invite(actor)).link
        secret = link.rpartition("/")[2]
        if is_revoked:
            await house.identity.keys.revoke(ADMIN, created.key.id)
            with pytest.raises(CeremonyOver):
                await house.people.joining.look(TENANT, secret)
        else:
            await house.people.joining.join(TENANT, secret, name="Ada", passphrase=PASSPHRASE)


async def test_nobody_makes_a_key_that_may_more_than_they_do(house: House) -> None:
    keys, maker = house.identity.keys, as_machine(SHORT, "apikeys:manage")
    await keys.create(maker, replace(KEY, rights=frozenset({"apikeys:manage"})))
    with pytest.raises(DeniedError):
        await keys.create(maker, replace(KEY, rights=frozenset({"people:manage"})))
    strong = await keys.create(ADMIN, KEY)
    with pytest.raises(DeniedError):
        await keys.rotate(maker, strong.key.id)
    assert (await keys.rotate(ADMIN, strong.key.id)).key.rights == EVERY


async def test_nobody_takes_over_an_app_that_may_more_than_they_do(house: House) -> None:
    clients, maker = house.identity.oauth.clients, as_machine(SHORT, "clients:manage")
    strong, weak = await an_app(house, "people:manage"), await an_app(house, "openid")
    wish = replace(_wish(), scopes=frozenset({"openid"}))
    for work in (
        clients.register(maker, replace(wish, scopes=frozenset({"people:manage"}))),
        clients.change(maker, strong.client.id, wish),
        clients.change(maker, weak.client.id, replace(wish, scopes=frozenset({"keys", "people:manage"}))),
        clients.rotate_secret(maker, strong.client.id),
    ):  # fmt: skip
        with pytest.raises(DeniedError):
            await work
    assert (await clients.change(maker, weak.client.id, wish)).name == "Staff desk"
    assert (await clients.rotate_secret(maker, weak.client.id)).secret
    assert (await clients.revoke(maker, strong.client.id)).revoked_at


async def test_an_app_that_asks_nobody_takes_a_right_of_its_own(house: House) -> None:
    clients, maker = house.identity.oauth.clients, as_machine(SHORT, "clients:manage")
    trusted = replace(_wish(), is_first_party=True)
    ours = await clients.register(ADMIN, trusted)
    theirs = await clients.register(maker, _wish())
    for work in (
        clients.register(maker, trusted),
        clients.change(maker, theirs.client.id, trusted),
        clients.change(maker, ours.client.id, _wish()),
        clients.rotate_secret(maker, ours.client.id),
    ):
        with pytest.raises(DeniedError):
            await work
    more = as_machine(SHORT, "clients:manage", "clients:trust")
    assert (await clients.change(more, theirs.client.id, trusted)).is_first_party


def _wish() -> ClientWish:
    return ClientWish("Staff desk", redirect_uris=("https://desk.orchard.example/back",))
