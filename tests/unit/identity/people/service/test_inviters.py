"""Who invited, and whether they could do it still."""

from dataclasses import replace

import pytest

from curtilage.core.authority import ADMINISTRATOR, PEOPLE_MANAGER, Authority
from curtilage.core.models import PrincipalId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.models import Inviter, InviterKind
from tests.builders import TENANT
from tests.identity_house import ADMIN, House

RIGHTS = Authority().rights_of


def carried(by: str, roles: str = "", *, operator: bool = False) -> dict[str, str]:
    return {"address": "", "roles": roles, "by": by, "operator": "yes" if operator else ""}


async def test_somebody_is_who_they_are_now(house: House) -> None:
    find = house.people.invitations.inviters.find
    await house.add_person("Grace", roles=frozenset({ADMINISTRATOR}))
    ada = await house.add_person("Ada", roles=frozenset({PEOPLE_MANAGER}))
    held = RIGHTS([PEOPLE_MANAGER])
    assert await find(TENANT, carried(ada.id)) == Inviter(ada.id, InviterKind.PERSON, held)
    await house.people.people.disable(ADMIN, ada.id)
    assert await find(TENANT, carried(ada.id)) == Inviter(ada.id, InviterKind.PERSON)
    await house.people.leaving.delete(ADMIN, ada.id)
    assert await find(TENANT, carried(ada.id)) == Inviter(ada.id, InviterKind.GONE)


async def test_the_command_line_is_nobody_here_and_an_administrator(house: House) -> None:
    find, id = house.people.invitations.inviters.find, PrincipalId("operator")
    held = RIGHTS([ADMINISTRATOR])
    found = await find(TENANT, carried(id, operator=True))
    assert found == Inviter(id, InviterKind.OPERATOR, held)
    assert await find(TENANT, carried(id)) == Inviter(id, InviterKind.GONE)


async def test_whoever_invites_needs_all_that_they_gave_and_the_right_to(house: House) -> None:
    inviters = house.people.invitations.inviters
    ada = await house.add_person("Ada", roles=frozenset({PEOPLE_MANAGER}))
    await inviters.require(TENANT, carried(ada.id))
    with pytest.raises(CeremonyOver):
        await inviters.require(TENANT, carried(ada.id, ADMINISTRATOR))
    inviter = Inviter(ada.id, InviterKind.PERSON, RIGHTS([ADMINISTRATOR]))
    assert inviters.may_still(inviter, carried(ada.id, ADMINISTRATOR))
    less = replace(inviter, held=inviter.held - {"people:manage"})
    assert not inviters.may_still(less, carried(ada.id))
