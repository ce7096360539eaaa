"""What others may fetch of the logs: checkpoints, hash tiles, entry bundles.

Paths are those of C2SP tlog-tiles, one spelling each. Nothing is given that the
newest signed checkpoint does not cover, and no path of a request becomes a path
on disk: an origin must be one of ours, and numbers are written anew.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import orjson

from curtilage.ledger.checkpoints import Checkpoints, SignedHead
from curtilage.ledger.errors import LedgerTampered, NotPublished, ProofInvalid
from curtilage.ledger.head import encode_bundle, read_bundle
from curtilage.ledger.layout import (
    find_segments,
    head_directory,
    log_directory,
    segment_path,
    tree_directory,
)
from curtilage.ledger.merkle import hash_leaf
from curtilage.ledger.models import Position
from curtilage.ledger.read import durable_until, read_batches, read_segment_header
from curtilage.ledger.record import NAME
from curtilage.ledger.tiles import WIDTH, read_tile, tile_width

HIGHEST_LEVEL = 63  # C2SP tlog-tiles: a level is 0 to 63
INDEX = r"(?:x[0-9]{3}/){0,5}[0-9]{3}"  # 18 digits: more leaves than will ever be
TILE = re.compile(rf"([0-9]|[1-6][0-9])/({INDEX})(?:\.p/([1-9][0-9]{{0,2}}))?")
BUNDLE = re.compile(rf"()({INDEX})(?:\.p/([1-9][0-9]{{0,2}}))?")


@dataclass(frozen=True, slots=True)
class TilePlace:
    """Which tile, and how many of its items. Bundles of entries are at level 0."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH


def parse_place(raw: str, *, entries: bool = False) -> TilePlace:
    """The place behind `tile/` or `tile/entries/`. Raises NotPublished."""
    match = (BUNDLE if entries else TILE).fullmatch(raw)
    if match is None:
        raise NotPublished
    level, index, width = match.groups()
    if index.startswith("x000/") or int(level or 0) > HIGHEST_LEVEL or int(width or 0) >= WIDTH:
        raise NotPublished
    return TilePlace(int(level or 0), int(re.sub("[x/]", "", index)), int(width or WIDTH))


@dataclass(frozen=True, slots=True)
class Published:
    """Gives the parts of one installation's logs, in the calling thread."""

    checkpoints: Checkpoints

    def checkpoint(self, origin: str) -> bytes:
        """The newest signed note of a log. Raises NotPublished."""
        return self._log(origin)[1].note

    def tile(self, origin: str, place: TilePlace) -> bytes:
        """The hashes of a tile. Raises NotPublished where the checkpoint has fewer."""
        directory, signed = self._log(origin)
        _check_covered(place, signed.checkpoint.size)
        return b"".join(read_tile(directory, place.level, place.index, place.width))

    def entries(self, origin: str, place: TilePlace) -> bytes:
        """A bundle of entries: whole records, or the notes in the head log."""
        directory, signed = self._log(origin)
        _check_covered(place, signed.checkpoint.size)
        if origin == self.checkpoints.origins.head:
            found = read_bundle(directory, place.index, place.width)
        else:
            tenant, writer = self.checkpoints.origins.parse_tree(origin)
            found = read_leaves(self.checkpoints.ledger, writer, tenant, place)
        if [hash_leaf(entry) for entry in found] != read_tile(
            directory, 0, place.index, place.width
        ):
            raise LedgerTampered("Entries of a log are not those of its tree.")
        return encode_bundle(found)

    def tenant_of(self, origin: str) -> str:
        """Whose entries a log has; the head log's are the installation's own."""
        origins = self.checkpoints.origins
        if origin == origins.head:
            return origins.name
        return _parse_origin(self.checkpoints, origin)[0]

    def _log(self, origin: str) -> tuple[Path, SignedHead]:
        checkpoints = self.checkpoints
        if origin == checkpoints.origins.head:
            directory, signed = head_directory(checkpoints.ledger), checkpoints.head()
        else:
            tenant, writer = _parse_origin(checkpoints, origin)
            directory = tree_directory(checkpoints.ledger, writer, tenant)
            signed = checkpoints.tree(tenant, writer)
        if signed is None:
            raise NotPublished
        return directory, signed


def _parse_origin(checkpoints: Checkpoints, origin: str) -> tuple[str, str]:
    try:
        tenant, writer = checkpoints.origins.parse_tree(origin)
    except ProofInvalid:
        raise NotPublished from None
    if not NAME.fullmatch(tenant) or not NAME.fullmatch(writer):
        raise NotPublished
    return tenant, writer


def _check_covered(place: TilePlace, size: int) -> None:
    if tile_width(size, place.level, place.index) < place.width:
        raise NotPublished


def read_leaves(ledger: Path, writer: str, tenant: str, place: TilePlace) -> list[bytes]:
    """A tenant's records of one writer that are the leaves at `place`."""
    directory = log_directory(ledger, writer)
    start = place.index * WIDTH
    first, at = _segment_before(directory, tenant, start)
    found: list[bytes] = []
    for batch in read_batches(directory, Position(first, 0), until=durable_until(directory)):
        for raw in batch.records():
            if orjson.loads(raw)["tenant"] != tenant:
                continue
            if at >= start:
                found.append(raw)
            if len(found) == place.width:
                return found
            at += 1
    raise LedgerTampered("Records that a checkpoint covers are not in their log.")


def _segment_before(directory: Path, tenant: str, leaf: int) -> tuple[int, int]:
    """The last segment that begins at or before that leaf, and with which it begins.

    Raises NotPublished where the log begins later: its first records were pruned.
    Whether by a signed word is for `verify` to judge.
    """
    segments = find_segments(directory)
    for first in reversed(segments):
        begins = read_segment_header(segment_path(directory, first))[0].tail.leaves.get(tenant, 0)
        if begins <= leaf:
            return first, begins
    if segments:
        raise NotPublished("These records are no longer kept; their hashes are.")
    raise LedgerTampered("Records that a checkpoint covers are not in their log.")
