"""Maps that outlive a process: what the tokens of one scope stand for, sealed.

A file of version 1 is `curtilage-map`, 0x01, the map's id (16 bytes), then a
sealed message (`vault.seal`) of the JSON below, under a key that is derived
from the scope key of that id. Without the key directory it says nothing, and
with the key that wraps the scope's own it is gone for good.

    {"values": [[token, type, origin, value], …], "texts": {digest: count},
     "bare": {digest: [slot, …]}}

`texts` has the digest of each protected text, with how many values were held
when it left: with just these, it comes back exactly as it was. `bare` says of
documents which slots were numbers before something was replaced in them.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from curtilage.app.errors import MapDamaged, MapFull, MapInUse, MapOutOfReach, UnknownMap
from curtilage.core.db.lock import directory_lock
from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId, Scope, TenantId
from curtilage.ledger.disk import make_directory, replace_file
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.vault.errors import SealBroken
from curtilage.vault.models import LoadedScope
from curtilage.vault.seal import derive, encode_context, open_sealed, seal

MAGIC = b"curtilage-map\x01"
ID_LENGTH = 16
MOST_BYTES = 64 * 1024 * 1024  # of a map, sealed: some half a million values
RECENT = 1024  # protected texts whose exact inverse a map knows


@dataclass(slots=True)
class TextMap:
    """One map in memory. `texts` maps digests of protected texts to counts of values."""

    id: bytes
    held: Held = field(default_factory=Held)
    texts: dict[str, int] = field(default_factory=dict)
    bare: dict[str, list[int]] = field(default_factory=dict)

    def scope(self, tenant: TenantId, principal: PrincipalId) -> Scope:
        """The scope that its tokens belong to. It is named by the id: no name shows."""
        return Scope(tenant, principal, None, "session", f"map-{self.id.hex()}")

    def remember(self, protected: str, bare: Sequence[int] = ()) -> None:
        """Know the way back of a text that leaves now, and of its slots that were numbers."""
        digest = _digest(protected)
        self.texts.pop(digest, None)
        self.bare.pop(digest, None)
        self.texts[digest] = len(self.held)
        if bare:
            self.bare[digest] = list(bare)
        while len(self.texts) > RECENT:
            oldest = next(iter(self.texts))
            del self.texts[oldest]
            self.bare.pop(oldest, None)

    def find_bare(self, text: str) -> Sequence[int]:
        """The slots of a protected document that were numbers."""
        return self.bare.get(_digest(text), ())

    def find_exact(self, text: str) -> Held | None:
        """The values with which a protected text comes back exactly, if it is one."""
        count = self.texts.get(_digest(text))
        return None if count is None else self.held.first(count)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the folder of a map against other writers: read, add, write, undisturbed.

    Does not wait: raises MapInUse where another has it, in this process or another.
    Raises MapOutOfReach where the disk does not let us."""
    try:
        make_directory(path.parent)
        with directory_lock(path.parent, wait=False):
            yield
    except BlockingIOError:
        raise MapInUse from None
    except OSError as problem:
        raise MapOutOfReach(f"{path} cannot be used: {problem.strerror}.") from None


def read_id(path: Path) -> bytes | None:
    """The id of the map at `path`; None where there is none. Raises MapDamaged."""
    raw = _read(path)
    return None if raw is None else raw[len(MAGIC) : len(MAGIC) + ID_LENGTH]


def read_map(path: Path, loaded: LoadedScope) -> TextMap:
    """The map at `path`, opened with its scope's key. Raises UnknownMap or MapDamaged."""
    raw = _read(path)
    if raw is None:
        raise UnknownMap
    id, sealed = raw[len(MAGIC) : len(MAGIC) + ID_LENGTH], raw[len(MAGIC) + ID_LENGTH :]
    try:
        plain = open_sealed(_key(loaded), sealed, _context(loaded))
    except SealBroken:
        raise MapDamaged from None
    return _parse(id, plain)


def write_map(path: Path, map: TextMap, loaded: LoadedScope, entropy: Entropy) -> None:
    """Put the map at `path`, whole or not at all, readable by its owner only.

    Raises MapFull; then the file is as it was."""
    values = [
        [token, held.type, held.origin.value, _encode_value(held.value)] for token, held in map.held
    ]
    document = {"values": values, "texts": map.texts, "bare": map.bare}
    plain = json.dumps(document, separators=(",", ":")).encode()
    if len(plain) > MOST_BYTES:
        raise MapFull
    replace_file(
        path, MAGIC + map.id + seal(_key(loaded), plain, _context(loaded), entropy=entropy)
    )


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 4096)
    except FileNotFoundError:
        return None
    if not raw.startswith(MAGIC) or len(raw) < len(MAGIC) + ID_LENGTH:
        raise MapDamaged("The file is no map of a version that is known here.")
    return raw


def _parse(id: bytes, plain: bytes) -> TextMap:
    """What a seal of ours held: it was written here, so that it is as it should be."""
    document = json.loads(plain)
    map = TextMap(id, texts=document["texts"], bare=document.get("bare", {}))
    for token, type, origin, value in document["values"]:
        map.held.hold(token, HeldValue(_parse_value(value), type, Origin(origin)))
    return map


def _encode_value(value: str) -> str:
    """UTF-8, a character a byte: two halves of a surrogate pair stay two, which JSON joins."""
    return value.encode("utf-8", "surrogatepass").decode("latin-1")


def _parse_value(raw: str) -> str:
    return raw.encode("latin-1").decode("utf-8", "surrogatepass")


def _key(loaded: LoadedScope) -> bytes:
    return derive(loaded.current[1], "map")


def _context(loaded: LoadedScope) -> bytes:
    return encode_context("map", 1, loaded.scope.encode())


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
