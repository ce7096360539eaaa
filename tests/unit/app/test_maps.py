"""Sealed maps: they come back as they were, or not at all."""

import string
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curtilage.app import maps
from curtilage.app.errors import MapDamaged, MapFull, MapOutOfReach, UnknownMap
from curtilage.app.maps import RECENT, TextMap, alone, read_id, read_map, write_map
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import PrincipalId, Scope, TenantId
from curtilage.shield.held import HeldValue, Origin
from curtilage.vault.build import open_vault
from curtilage.vault.errors import KeyDestroyed
from curtilage.vault.models import LoadedScope
from curtilage.vault.service import Vault
from tests.fakes import FixedClock

ADA = HeldValue("ada@orchard.example", "EMAIL_ADDRESS", Origin.CALLER)
ME = PrincipalId("operator")
ENTROPY = SystemEntropy()


def loaded_scope(name: str = "map-1", key: bytes = b"k" * 32) -> LoadedScope:
    scope = Scope(TenantId("t"), ME, None, "session", name)
    return LoadedScope(scope, (1, key), (), "actor", "", b"id")


def a_map(*values: tuple[str, HeldValue]) -> TextMap:
    map = TextMap(b"0123456789abcdef")
    for token, value in values or (("QX1-A", ADA),):
        map.held.hold(token, value)
    return map


VALUES = st.dictionaries(
    st.text(string.ascii_uppercase, min_size=1, max_size=9),
    st.builds(HeldValue, st.text(max_size=30), st.text(max_size=9), st.sampled_from(Origin)),
    max_size=9,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES, texts=st.lists(st.text(max_size=30), max_size=5))
def test_a_map_comes_back_as_it_was(
    tmp_path: Path, values: dict[str, HeldValue], texts: list[str]
) -> None:
    map = a_map(*values.items()) if values else TextMap(b"0123456789abcdef")
    for text in texts:
        map.remember(text)
    path = tmp_path / "one.map"
    write_map(path, map, loaded_scope(), ENTROPY)
    read = read_map(path, loaded_scope())
    assert (read.id, list(read.held), read.texts) == (map.id, list(map.held), map.texts)
    assert read_id(path) == map.id


def test_no_byte_of_it_can_be_changed_and_none_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "one.map"
    write_map(path, a_map(), loaded_scope(), ENTROPY)
    raw = path.read_bytes()
    id_at = range(len(maps.MAGIC), len(maps.MAGIC) + maps.ID_LENGTH)  # another id is another scope
    for at in range(len(raw)):
        if at not in id_at:
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            with pytest.raises(MapDamaged):
                read_map(path, loaded_scope())
        path.write_bytes(raw[:at])
        with pytest.raises(MapDamaged):
            read_map(path, loaded_scope())
    path.write_bytes(raw + b"\0")
    with pytest.raises(MapDamaged):
        read_map(path, loaded_scope())


@pytest.mark.parametrize(
    "other", [loaded_scope(key=b"x" * 32), loaded_scope("map-2")], ids=["key", "scope"]
)
def test_it_opens_for_its_own_scope_and_key_only(tmp_path: Path, other: LoadedScope) -> None:
    path = tmp_path / "one.map"
    write_map(path, a_map(), loaded_scope(), ENTROPY)
    with pytest.raises(MapDamaged) as refused:
        read_map(path, other)
    assert "ada" not in str(refused.value)


def test_nothing_of_it_can_be_read_and_nobody_else_may_try(tmp_path: Path) -> None:
    path = tmp_path / "one.map"
    write_map(path, a_map(), loaded_scope(), ENTROPY)
    raw = path.read_bytes()
    assert b"ada" not in raw and b"EMAIL" not in raw and b"QX1" not in raw
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["one.map"]


def test_where_there_is_none_that_is_what_is_said(tmp_path: Path) -> None:
    assert read_id(tmp_path / "none.map") is None
    with pytest.raises(UnknownMap):
        read_map(tmp_path / "none.map", loaded_scope())


def test_a_map_that_grew_too_large_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "one.map"
    write_map(path, a_map(), loaded_scope(), ENTROPY)
    before = path.read_bytes()
    much = HeldValue("x" * (maps.MOST_BYTES + 1), "T", Origin.CALLER)
    with pytest.raises(MapFull):
        write_map(path, a_map(("QX1-B", much)), loaded_scope(), ENTROPY)
    assert path.read_bytes() == before


def test_a_text_comes_back_with_what_was_held_when_it_left() -> None:
    map = a_map()
    map.remember("first")
    map.held.hold("QX1-B", HeldValue("b", "T", Origin.CALLER))
    map.remember("second")
    first, second = map.find_exact("first"), map.find_exact("second")
    assert first is not None and second is not None
    assert (len(first), len(second)) == (1, 2)
    assert map.find_exact("third") is None
    for number in range(RECENT):
        map.remember(str(number))
    assert map.find_exact("first") is None and len(map.texts) == RECENT


def test_a_folder_that_is_a_file_is_said_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "no").write_text("")
    with pytest.raises(MapOutOfReach), alone(tmp_path / "no" / "one.map"):
        pass


@pytest.fixture
async def vault(key_dir: Path, clock: FixedClock) -> AsyncIterator[Vault]:
    vault = await open_vault(key_dir, clock=clock, entropy=ENTROPY)
    yield vault
    await vault.close()


async def test_with_the_owners_key_the_map_is_gone_for_good(vault: Vault, tmp_path: Path) -> None:
    map, path = a_map(), tmp_path / "one.map"
    scope = map.scope(vault.tenant(), ME)
    write_map(path, map, await vault.load_scope(scope), ENTROPY)
    assert list(read_map(path, await vault.load_scope(scope)).held) == list(map.held)
    await vault.destroy_principal(vault.tenant(), ME)
    with pytest.raises(KeyDestroyed):
        await vault.load_scope(scope)


def test_slots_that_were_numbers_are_known_with_their_document(tmp_path: Path) -> None:
    map = a_map()
    map.remember("one", [3, 5])
    map.remember("two")
    path = tmp_path / "one.map"
    write_map(path, map, loaded_scope(), ENTROPY)
    read = read_map(path, loaded_scope())
    assert (list(read.find_bare("one")), list(read.find_bare("two"))) == ([3, 5], [])
    for number in range(RECENT):
        read.remember(str(number))
    assert read.find_bare("one") == ()
