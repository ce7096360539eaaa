"""Who may do what."""

import pytest

from curtilage.core.authority import ADMINISTRATOR, ROLES, Authority
from curtilage.core.errors import DeniedError, MissingRight
from curtilage.core.models import TenantId
from tests.builders import TENANT, a_principal

ADMIN = a_principal(roles=frozenset({ADMINISTRATOR}))


def test_a_right_comes_from_a_role() -> None:
    Authority().require(ADMIN, "ledger:read", tenant=TENANT)
    with pytest.raises(MissingRight, match="ledger:read"):
        Authority().require(a_principal(), "ledger:read", tenant=TENANT)


def test_a_right_comes_from_the_principal() -> None:
    actor = a_principal(rights=frozenset({"subject:assert"}))
    Authority().require(actor, "subject:assert", tenant=TENANT)
    with pytest.raises(MissingRight):
        Authority().require(actor, "ledger:read", tenant=TENANT)


def test_no_right_reaches_into_another_tenant() -> None:
    with pytest.raises(DeniedError) as caught:
        Authority().require(ADMIN, "ledger:read", tenant=TenantId("tenant-quarry"))
    assert "quarry" not in str(caught.value)


def test_an_unknown_role_and_an_unknown_right_allow_nothing() -> None:
    actor = a_principal(roles=frozenset({"gardener"}))
    assert Authority().rights_of(actor.roles) == frozenset()
    for each in (actor, ADMIN):
        with pytest.raises(MissingRight):
            Authority().require(each, "moon:howl", tenant=TENANT)


def test_no_role_opens_raw_values_or_speaks_for_a_person() -> None:
    for rights in ROLES.values():
        assert not [right for right in rights if right.startswith(("values:", "subject:"))]


def test_rights_of_several_roles_add_up() -> None:
    authority = Authority({"a": frozenset({"x:1"}), "b": frozenset({"x:2"})})
    assert authority.rights_of({"a", "b"}) == {"x:1", "x:2"}
