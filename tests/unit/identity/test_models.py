"""Keys, the table of keys and who stands behind them."""

from dataclasses import replace

import pytest

from curtilage.core.models import PrincipalKind
from curtilage.identity.errors import KeyReason, KeyRefused
from curtilage.identity.models import ApiKey, KeyTable
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.clock import START


def a_key(number: int = 1, **given: object) -> ApiKey:
    values = {
        "id": f"key-{number}",
        "tenant": TENANT,
        "principal": SERVICE,
        "name": "helpdesk",
        "digest": bytes([number]) * 32,
        "created_at": START,
        "purposes": frozenset({ASSIST}),
        "rights": frozenset({"restore"}),
        **given,
    }
    return ApiKey(**values)


def test_a_key_stands_for_its_principal_with_what_it_was_given() -> None:
    principal = a_key(kind=PrincipalKind.AGENT).as_principal()
    assert (principal.tenant, principal.id) == (TENANT, SERVICE)
    assert principal.kind is PrincipalKind.AGENT
    assert principal.purposes == {ASSIST}
    assert principal.rights == {"restore"}
    assert principal.roles == frozenset()
    assert principal.assurance == 0


def test_a_table_finds_keys_by_digest_and_never_changes() -> None:
    keys = [a_key(1), a_key(2)]
    table = KeyTable(keys)
    assert table.find(bytes([2]) * 32) is keys[1]
    assert table.get(bytes([1]) * 32) is keys[0]
    assert list(table) == keys
    keys.append(a_key(3))
    assert len(table) == 2
    assert table.find(bytes([3]) * 32) is None


def test_a_key_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(KeyRefused) as refused:
        KeyTable().get(b"x" * 32)
    assert refused.value.reason is KeyReason.UNKNOWN


def test_values_do_not_show_digests() -> None:
    assert "digest" not in repr(a_key())
    assert "digest" not in repr(replace(a_key(), digest=b"secret"))
