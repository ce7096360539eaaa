"""Hash tiles on disk as C2SP tlog-tiles lays them out.

A tile of level L holds up to 256 hashes, each the root of 256^L leaves. A full
tile never changes; the partial one at the right edge is a file of its own,
`….p/<width>`, written anew as it grows.
"""

from pathlib import Path

from curtilage.core.words import say
from curtilage.ledger.disk import make_directory, put_file
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.merkle import HASH_BYTES, hash_node, root_of, split_point

WIDTH = 256  # C2SP tlog-tiles: tiles of height 8
HEIGHT = 8
READ_TRIES = 3


def encode_index(index: int) -> str:
    """`x001/x234/067`: groups of three digits, `x` before all but the last."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def tile_path(tree: Path, level: int, index: int, width: int = WIDTH) -> Path:
    path = tree / "tile" / str(level) / encode_index(index)
    return path if width == WIDTH else path.with_name(path.name + ".p") / str(width)


def tile_width(size: int, level: int, index: int) -> int:
    """How many hashes that tile has in a tree of `size` leaves."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def candidates(full: Path, width: int) -> list[Path]:
    """Where `width` items of the tile or bundle `full` may lie: as asked, whole, or wider."""
    folder = full.with_name(full.name + ".p")
    exact = full if width == WIDTH else folder / str(width)
    found = [exact, full]
    if not exact.exists() and folder.is_dir():
        found += [path for path in folder.iterdir() if _is_wider(path.name, width)]
    return found


def _is_wider(name: str, width: int) -> bool:
    return name.isdecimal() and int(name) > width


def write_tile(tree: Path, level: int, index: int, hashes: list[bytes]) -> Path:
    """Write a tile; gives its folder, which the caller must yet sync."""
    path = tile_path(tree, level, index, len(hashes))
    make_directory(path.parent)
    put_file(path, b"".join(hashes))
    return path.parent


def read_tile(tree: Path, level: int, index: int, width: int) -> list[bytes]:
    """The first `width` hashes of a tile. Raises LedgerTampered where it lacks them.

    A tile that grew since it was asked for serves as well as the partial one.
    """
    for _ in range(READ_TRIES):  # a step may put a wider tile in the place of one that we saw
        for path in candidates(tile_path(tree, level, index), width):
            raw = _read_if_there(path)
            if raw is not None and len(raw) % HASH_BYTES == 0 and len(raw) >= width * HASH_BYTES:
                return [
                    raw[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)
                ]
    raise LedgerTampered(say("A tile of a tree is missing or has the wrong length."))


def _read_if_there(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


class TileReader:
    """Roots of subtrees of one tree of a given size, read from its tiles."""

    def __init__(self, tree: Path, size: int) -> None:
        self._tree = tree
        self._size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def subtree(self, start: int, end: int) -> bytes:
        """The root of leaves `start` to `end`; `start` is aligned as RFC 6962 splits."""
        count = end - start
        if count & (count - 1):
            split = start + split_point(count)
            return hash_node(self.subtree(start, split), self.subtree(split, end))
        return self._perfect(start, count.bit_length() - 1)

    def root(self) -> bytes:
        return self.subtree(0, self._size) if self._size else root_of(())

    def _perfect(self, start: int, height: int) -> bytes:
        level, inside = divmod(height, HEIGHT)
        first = start >> (HEIGHT * level)
        at = first % WIDTH
        return root_of(self._tile(level, first // WIDTH)[at : at + (1 << inside)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        key = level, index
        if key not in self._tiles:
            width = tile_width(self._size, level, index)
            self._tiles[key] = read_tile(self._tree, level, index, width)
        return self._tiles[key]
