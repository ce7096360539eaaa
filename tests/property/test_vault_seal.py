"""Sealing and wrapping hold for any key, any place and any content."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from curtilage.core.models import PrincipalId, Scope, Sealed, TenantId
from curtilage.vault.errors import SealBroken
from curtilage.vault.models import OwnerKind
from curtilage.vault.seal import (
    EventSealer,
    encode_context,
    event_key_id,
    open_event_part,
    open_sealed,
    seal,
)
from curtilage.vault.wrap import (
    named_context,
    owner_context,
    owner_lookup,
    pseudonym,
    scope_context,
    tenant_context,
    unwrap,
    wrap,
)
from tests.fakes import FixedEntropy

KEYS = st.binary(min_size=32, max_size=32)
PARTS = st.lists(st.text() | st.binary() | st.integers(), max_size=4).map(tuple)
TEXT = st.text(max_size=12)


@given(KEYS, st.binary(max_size=600), PARTS)
def test_opening_undoes_sealing(key: bytes, plaintext: bytes, parts: tuple[str, ...]) -> None:
    place = encode_context(*parts)
    assert open_sealed(key, seal(key, plaintext, place), place) == plaintext


@given(KEYS, KEYS, st.binary(max_size=64), PARTS, PARTS)
def test_no_other_key_and_no_other_place_opens_it(
    key: bytes, other: bytes, plaintext: bytes, here: tuple[str, ...], there: tuple[str, ...]
) -> None:
    assume(key != other)
    sealed = seal(key, plaintext, encode_context(*here))
    with pytest.raises(SealBroken):
        open_sealed(other, sealed, encode_context(*here))
    if here != there:
        with pytest.raises(SealBroken):
            open_sealed(key, sealed, encode_context(*there))


@given(KEYS, st.binary(max_size=64), st.data())
def test_no_altered_byte_passes(key: bytes, plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(key, plaintext, b""))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        open_sealed(key, bytes(sealed), b"")


@given(KEYS, st.binary(max_size=300))
def test_what_nobody_sealed_never_opens(key: bytes, raw: bytes) -> None:
    for text in (raw, b"\x01" + raw):
        with pytest.raises(SealBroken):
            open_sealed(key, text, b"")
        with pytest.raises(SealBroken):
            open_event_part(key, Sealed(raw, text), "event-1")


@given(PARTS, PARTS)
def test_contexts_are_equal_only_for_equal_parts(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    same = one == other and [type(part) for part in one] == [type(part) for part in other]
    assert (encode_context(*one) == encode_context(*other)) == same


@given(KEYS, st.binary(max_size=200), TEXT, st.binary(max_size=40))
def test_opening_undoes_sealing_an_event_part(
    key: bytes, plaintext: bytes, event_id: str, key_id: bytes
) -> None:
    part = EventSealer(key, key_id=key_id).seal(plaintext, event_id)
    assert open_event_part(key, part, event_id) == plaintext
    assert event_key_id(part) == key_id
    assert len(part.commitment) == 32


@given(st.tuples(KEYS, KEYS, KEYS), TEXT, st.binary(max_size=40), st.integers(0, 500))
def test_a_hierarchy_opens_from_the_top_and_only_in_its_own_rows(
    keys: tuple[bytes, bytes, bytes], tenant: str, lookup: bytes, epoch: int
) -> None:
    root, owner, scope = keys
    entropy, of = FixedEntropy(), TenantId(tenant)
    outer = wrap(root, owner, owner_context(of, lookup), entropy)
    inner = wrap(owner, scope, scope_context(of, lookup, lookup, epoch), entropy)
    opened = unwrap(root, outer, owner_context(of, lookup))
    assert unwrap(opened, inner, scope_context(of, lookup, lookup, epoch)) == scope
    for context in (
        scope_context(of, lookup, lookup, epoch + 1),
        scope_context(TenantId(tenant + "x"), lookup, lookup, epoch),
        owner_context(of, lookup),
    ):
        with pytest.raises(SealBroken):
            unwrap(opened, inner, context)


@given(KEYS, KEYS, TEXT, TEXT, st.binary(max_size=32))
def test_no_key_of_one_tenant_opens_in_a_row_of_another(
    outer: bytes, key: bytes, one: str, other: str, lookup: bytes
) -> None:
    assume(one != other)
    contexts: tuple[Callable[[TenantId], bytes], ...] = (
        lambda tenant: tenant_context(tenant, 1),
        lambda tenant: named_context(tenant, "ledger"),
        lambda tenant: owner_context(tenant, lookup),
        lambda tenant: scope_context(tenant, lookup, lookup, 1),
    )
    here, there = TenantId(one), TenantId(other)
    for context in contexts:
        wrapped = wrap(outer, key, context(here), FixedEntropy())
        assert unwrap(outer, wrapped, context(here)) == key
        with pytest.raises(SealBroken):
            unwrap(outer, wrapped, context(there))
    places = {owner_lookup(key, tenant, OwnerKind.PERSON, "ada") for tenant in (here, there)}
    assert len(places) == 2


@given(KEYS, st.sets(st.tuples(st.sampled_from(OwnerKind), TEXT), max_size=12))
def test_pseudonyms_and_lookups_differ_for_different_owners(
    key: bytes, owners: set[tuple[OwnerKind, str]]
) -> None:
    tenant = TenantId("tenant-orchard")
    assert len({pseudonym(key, kind, id) for kind, id in owners}) == len(owners)
    assert len({owner_lookup(key, tenant, kind, id) for kind, id in owners}) == len(owners)


@given(KEYS, KEYS, TEXT)
def test_without_the_key_a_pseudonym_confirms_no_guess(key: bytes, other: bytes, id: str) -> None:
    assume(key != other)
    assert pseudonym(key, OwnerKind.PERSON, id) != pseudonym(other, OwnerKind.PERSON, id)


def test_a_scope_with_a_strange_name_can_be_looked_up() -> None:
    scope = Scope(TenantId("t"), PrincipalId("p"), None, "session", "\ud800")
    assert scope.encode() != Scope(TenantId("t"), PrincipalId("p"), None, "session", "").encode()
    assert encode_context("\ud800") != encode_context("")
