"""What the suites plant, and the places where a service may have written it down.

Suites say values that a service must not keep, and services that they start say
their folders. `find_planted` searches the one for the other; at the end of a run
`tests/integration/conftest.py` does so for all of them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import hyperscan

# What many suites say without a word to this module. Every e-mail address of theirs is there.
USUAL = (
    "@orchard.example", "4111 1111 1111 1111", "4111111111111111", "+44 20 7946 0018", "zq-canary-",
    "sk-ant-api03-" + "aB3" * 31 + "AA", "sk-ant-the-callers-own", "sk-proj-somebody", "sk-proj-abc",
)  # fmt: skip

# What nobody has to say, because it is known by its shape.
SHAPES = {"an API key": re.compile(rb"cur_[0-9A-Za-z]{49}")}

_values: set[str] = set(USUAL)
_places: set[Path] = set()


COMPILED = ".hsdb"  # patterns that were compiled before any text came; some 18 MB a service


def plant(*values: str) -> None:
    """Say that no service may have one of these on its disk or in its log."""
    _values.update(values)


def remember(*places: Path) -> None:
    """Say that a service writes there: directories, or files."""
    _places.update(places)


def find_everywhere() -> list[tuple[str, str]]:
    """File and value, for every value that stands in a place of any service of this run."""
    return find_planted(_places, _values)


def find_planted(places: Iterable[Path], values: Iterable[str]) -> list[tuple[str, str]]:
    """File and value, for every value that stands in one of the places."""
    find = _make_finder(values)
    searched: set[bytes] = set()  # much is the same in every data directory
    found = []
    for file in _files(places):
        content = _read(file)
        digest = blake2b(content, digest_size=16).digest()
        if digest not in searched:
            searched.add(digest)
            found += [(str(file), value) for value in find(content)]
            found += [(str(file), what) for what, shape in SHAPES.items() if shape.search(content)]
    return sorted(set(found))


def _make_finder(values: Iterable[str]) -> Callable[[bytes], set[str]]:
    """Looks for all of them in one go: a run plants hundreds, and leaves hundreds of megabytes."""
    forms = [(form, value) for value in sorted(values) for form in _forms(value)]
    looked_for = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    looked_for.compile(
        expressions=["".join(rf"\x{byte:02x}" for byte in form).encode() for form, _ in forms],
        ids=list(range(len(forms))),
        elements=len(forms),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(forms),
    )

    def find(content: bytes) -> set[str]:
        found: set[str] = set()
        looked_for.scan(content, match_event_handler=lambda n, *_: found.add(forms[n][1]))
        return found

    return find


def _read(file: Path) -> bytes:
    """Its bytes; none where a service that still runs has removed it meanwhile."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        for path in place.rglob("*") if place.is_dir() else [place]:
            if path.is_file() and path.suffix != COMPILED:
                yield path


def _forms(value: str) -> set[bytes]:
    """How a value may be written: as it is, escaped, or as numbers."""
    raw = value.encode()
    return {
        raw,
        raw.lower(),
        json.dumps(value)[1:-1].encode(),
        raw.hex().encode(),
        value.encode("utf-16-le"),
    }
