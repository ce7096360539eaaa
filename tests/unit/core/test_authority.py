"""Who may do what."""

import pytest

from curtilage.core.authority import ADMINISTRATOR, AUDITOR, ROLES, Authority
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


def test_who_gives_a_role_must_hold_all_of_it_by_roles_and_rights_together() -> None:
    half = {"ledger:read"}
    rest = a_principal(roles=frozenset({"half"}), rights=ROLES[AUDITOR] - half)
    authority = Authority({**ROLES, "half": frozenset(half)})
    assert authority.holds_all_of(rest, [AUDITOR])
    assert not authority.holds_all_of(rest, [AUDITOR, ADMINISTRATOR])
    assert not authority.holds_all_of(a_principal(rights=rest.rights), [AUDITOR])
    assert authority.holds_all_of(a_principal(), [])


def test_the_administrator_holds_what_every_role_that_can_be_given_holds() -> None:
    for role in Authority().list_roles():
        assert ROLES[role] <= ROLES[ADMINISTRATOR], role


def test_no_other_role_makes_keys_or_changes_what_opens_them() -> None:
    alone = {"apikeys:manage", "vault:rotate"}
    for role in Authority().list_roles() - {ADMINISTRATOR}:
        assert not ROLES[role] & alone, role


def test_who_asks_or_proposes_is_never_by_role_who_agrees() -> None:
    for role in Authority().list_roles() - {ADMINISTRATOR}:
        rights = ROLES[role]
        assert not {"reveals:ask", "reveals:approve"} <= rights, role
        assert not {"policy:propose", "policy:approve"} <= rights, role


def test_who_audits_only_reads() -> None:
    acts = {right.partition(":")[2] for right in ROLES[AUDITOR]}
    assert acts == {"read", "verify", "export"}


def test_no_role_opens_raw_values_or_speaks_for_a_person() -> None:
    for rights in ROLES.values():
        assert not [
            right for right in rights if right.startswith(("values:", "subject:", "sealed:"))
        ]


def test_rights_of_several_roles_add_up() -> None:
    authority = Authority({"a": frozenset({"x:1"}), "b": frozenset({"x:2"})})
    assert authority.rights_of({"a", "b"}) == {"x:1", "x:2"}
