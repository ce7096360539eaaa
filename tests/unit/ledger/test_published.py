"""What others may fetch of the logs, and that nothing else is given."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from curtilage.core.authority import Authority
from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, TenantId
from curtilage.core.page import Visit
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, NotPublished
from curtilage.ledger.head import parse_bundle
from curtilage.ledger.merkle import hash_leaf, root_of
from curtilage.ledger.note import verify_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.published import Published, TilePlace, parse_place
from curtilage.ledger.tile_pages import TilePages
from tests.builders import a_principal
from tests.unit.ledger.worlds import KEY, NAME, World, batches, rewrite

RECORDS = 600  # of two tenants: 300 leaves each, one full tile and a partial one
ORIGIN = f"{NAME}/tenant-0/gw-0"
HEAD = f"{NAME}/head"


@dataclass
class Asked:
    world: World
    published: Published


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return begin(tmp_path_factory.mktemp("ledger"))


def begin(root: Path) -> Asked:
    world = World(root)
    world.write_batches([RECORDS // 2, RECORDS // 2], tenants=2, segment_bytes=40_000)
    world.sequence()
    checkpoints = Checkpoints(world.ledger, Origins(NAME), KEY.public_key())
    return Asked(world, Published(checkpoints))


def an_exporter(tenant: str, *rights: str) -> Principal:
    return a_principal(tenant=TenantId(tenant), rights=frozenset(rights))


def test_the_entries_lead_to_the_tiles_and_these_to_the_checkpoint(asked: Asked) -> None:
    published = asked.published
    note = published.checkpoint(ORIGIN)
    signed = verify_checkpoint(note, expected_origin=ORIGIN, key=KEY.public_key())
    assert signed.size == 300
    places = [TilePlace(0, 0), TilePlace(0, 1, 44)]
    raw = b"".join(published.tile(ORIGIN, place) for place in places)
    hashes = [raw[at : at + 32] for at in range(0, len(raw), 32)]
    assert root_of(hashes) == signed.root
    entries = [
        entry for place in places for entry in parse_bundle(published.entries(ORIGIN, place))
    ]
    assert [hash_leaf(entry) for entry in entries] == hashes
    assert published.tile(ORIGIN, TilePlace(1, 0, 1)) == root_of(hashes[:256])


def test_the_head_log_is_published_the_same_way(asked: Asked) -> None:
    published = asked.published
    note = published.checkpoint(HEAD)
    signed = verify_checkpoint(note, expected_origin=HEAD, key=KEY.public_key())
    place = TilePlace(0, 0, signed.size)
    notes = parse_bundle(published.entries(HEAD, place))
    assert notes == [published.checkpoint(f"{NAME}/tenant-{n}/gw-0") for n in (0, 1)]
    assert published.tile(HEAD, place) == b"".join(map(hash_leaf, notes))


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(0, 1, 45), (0, 1, 256), (0, 2, 1), (1, 0, 2), (2, 0, 1), (63, 0, 1), (0, 10**17, 1)],
)
def test_nothing_is_given_that_the_checkpoint_does_not_cover(
    asked: Asked, level: int, index: int, width: int
) -> None:
    with pytest.raises(NotPublished):
        asked.published.tile(ORIGIN, TilePlace(level, index, width))
    with pytest.raises(NotPublished):
        asked.published.entries(ORIGIN, TilePlace(level, index, width))


def test_a_narrower_partial_tile_is_the_beginning_of_the_wider_one(asked: Asked) -> None:
    wide = asked.published.tile(ORIGIN, TilePlace(0, 1, 44))
    assert asked.published.tile(ORIGIN, TilePlace(0, 1, 7)) == wide[: 7 * 32]


@pytest.mark.parametrize(
    "origin",
    [
        "", NAME, f"{NAME}/", f"{NAME}/tenant-0", f"{NAME}/tenant-9/gw-0", f"{NAME}/tenant-0/gw-9",
        f"{NAME}/tenant-0/gw-0/", f"{NAME}/../tenant-0", f"{NAME}/tenant-0/..", f"{NAME}/./gw-0",
        f"{NAME}/tenant-0/gw-0\0", "other.example/tenant-0/gw-0", f"/{ORIGIN}", f"{NAME}/anchor",
    ],
)  # fmt: skip
def test_an_origin_that_is_not_ours_is_not_there(asked: Asked, origin: str) -> None:
    for give in (asked.published.checkpoint, asked.published.tenant_of):
        if give == asked.published.tenant_of and "9" in origin:
            continue  # a name that could be; its log is looked for when it is read
        with pytest.raises(NotPublished):
            give(origin)
    with pytest.raises(NotPublished):
        asked.published.tile(origin, TilePlace(0, 0, 1))


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("0/000", TilePlace(0, 0)),
        ("1/067.p/8", TilePlace(1, 67, 8)),
        ("63/x001/x234/067.p/255", TilePlace(63, 1_234_067, 255)),
    ],
)
def test_a_place_is_read_as_the_specification_spells_it(raw: str, place: TilePlace) -> None:
    assert parse_place(raw) == place


@pytest.mark.parametrize(
    "raw",
    [
        "", "0", "0/", "0/0", "0/00", "0/0000", "00/000", "64/000", "99/000", "-1/000", "0/x000/001",
        "0/001/002", "0/x001", "0/000.p", "0/000.p/", "0/000.p/0", "0/000.p/01", "0/000.p/256",
        "0/000.p/999", "0/../000", "0/000/..", "0/000\n", "0/٠٠٠", "٠/000", "data/000", "0/000.p/1/1",
        "0/" + "x001/" * 6 + "000", "0/" + "x" * 100_000,
    ],
)  # fmt: skip
def test_no_other_spelling_is_a_place(raw: str) -> None:
    with pytest.raises(NotPublished):
        parse_place(raw)


def test_changed_records_are_not_given_as_entries(tmp_path: Path) -> None:
    asked = begin(tmp_path)
    place = TilePlace(0, 0)
    assert len(parse_bundle(asked.published.entries(ORIGIN, place))) == 256
    found = batches(asked.world)
    assert b'"tenant-0"' in found[0][1]
    found[0][1] = found[0][1].replace(b'"bytes":2}', b'"bytes":3}')
    rewrite(asked.world, found)  # with the right checksums: only the tree tells
    with pytest.raises(LedgerTampered, match="not those of its tree"):
        asked.published.entries(ORIGIN, place)


def test_a_log_that_lost_its_records_gives_no_entries(tmp_path: Path) -> None:
    asked = begin(tmp_path)
    for path in asked.world.log().glob("*.log"):
        path.unlink()
    with pytest.raises(LedgerTampered):
        asked.published.entries(ORIGIN, TilePlace(0, 0))


def test_pruned_records_are_gone_and_their_hashes_stay(tmp_path: Path) -> None:
    asked = begin(tmp_path)
    before = asked.published.tile(ORIGIN, TilePlace(0, 0))
    asked.world.segment().unlink()
    with pytest.raises(NotPublished, match="no longer kept"):
        asked.published.entries(ORIGIN, TilePlace(0, 0))
    assert asked.published.tile(ORIGIN, TilePlace(0, 0)) == before


async def test_full_tiles_are_kept_for_ever_and_nothing_else_is(asked: Asked) -> None:
    pages = TilePages(asked.published, Authority())
    full, partial = [
        await pages.give_tile(Visit(None, "", {"origin": ORIGIN, "place": place}))
        for place in ("0/000", "0/001.p/44")
    ]
    note = await pages.give_checkpoint(Visit(None, "", {"origin": ORIGIN}))
    assert "immutable" in full.headers["cache-control"]
    assert partial.headers == note.headers == {"cache-control": "no-cache"}
    assert (len(full.body), len(partial.body)) == (256 * 32, 44 * 32)


async def test_entries_are_for_who_may_export_that_tenant(asked: Asked) -> None:
    pages = TilePages(asked.published, Authority())
    params = {"origin": ORIGIN, "place": "001.p/44"}
    given = await pages.give_entries(Visit(an_exporter("tenant-0", "ledger:export"), "", params))
    assert given.headers == {}
    assert len(parse_bundle(given.body)) == 44
    strangers = [an_exporter("tenant-1", "ledger:export"), an_exporter("tenant-0", "ledger:read")]
    for actor in strangers:
        with pytest.raises(DeniedError):
            await pages.give_entries(Visit(actor, "", params))


async def test_the_entries_of_the_head_log_are_the_installations_own(asked: Asked) -> None:
    pages = TilePages(asked.published, Authority())
    params = {"origin": HEAD, "place": "000.p/2"}
    assert (await pages.give_entries(Visit(an_exporter(NAME, "ledger:export"), "", params))).body
    with pytest.raises(DeniedError):
        await pages.give_entries(Visit(an_exporter("tenant-0", "ledger:export"), "", params))
