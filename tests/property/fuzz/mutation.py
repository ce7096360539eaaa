"""Bends valid input: what a damaged disk, a broken peer or somebody hostile would send.

A seed is bytes, text or a JSON document. Each mutation is small, several may be
piled up, and all of them follow from one number, so that a failure can be had again.
"""

import random
from collections.abc import Sequence
from typing import Any

LONG = "9" * 5000  # past the digits that Python turns into an integer by itself (4300)
DEEP = 3000  # past Python's own recursion limit

PIECES = (
    b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n\r\n", b"\x1b[2J", b'"',
    b"'", b"\\", b"\\ud800", b"\\u0000", b"{", b"}", b"[", b"]", b"[[", b"=", b"#", b"+", b" ", b":", b"/", b"..", b"%",
    b"-1", b"1e999", b"1e309", b"NaN", b"-Infinity", b"null", b"true", b"{}", b"[]", b"18446744073709551616",
    LONG.encode(), b"[" * DEEP, b'{"a":' * DEEP, b"a." * DEEP, "\u2028\u200b\u202e".encode(), "١٢".encode(), b"QX1-EMAIL-",
    b"9999-12-31T23:59:59.999999Z", b"0000-00-00T00:00:00.000000Z",
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, -(2**63), 2**64, 10**400, 0.5, 1e300, float("inf"), float("nan"),
    "", "\0", "\ud800", "x" * 10_000, LONG, "tenant", [], [[]], [None], ["a", "a"], {}, {"": None}, {"type": "text"},
    {"id": []},
)  # fmt: skip


def bend_bytes(rng: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds, changed in up to four places."""
    raw = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        at, end = sorted((rng.randint(0, len(raw)), rng.randint(0, len(raw))))
        act = rng.randrange(8)
        if act == 0 and raw:
            raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        elif act == 1:
            del raw[at:]
        elif act == 2:
            del raw[at : min(end, at + 20)]
        elif act == 3:
            other = rng.choice(seeds)
            raw[at:] = other[rng.randint(0, len(other)) :]
        elif act == 4:
            raw[at:at] = raw[at : min(end, at + 200)]
        else:
            raw[at : at + rng.randint(0, 3)] = rng.choice(PIECES)
    return bytes(raw)


def bend_text(rng: random.Random, seeds: Sequence[str]) -> str:
    """As bytes; what is not UTF-8 becomes lone surrogates, as in arguments of a command."""
    raw = bend_bytes(rng, [seed.encode("utf-8", "surrogatepass") for seed in seeds])
    return raw.decode("utf-8", rng.choice(("surrogateescape", "replace", "surrogateescape")))


def bend_document(rng: random.Random, seeds: Sequence[Any]) -> Any:
    """One of the documents with values swapped, renamed, left out or of another type."""
    root = [_copy(rng.choice(seeds))]
    for _ in range(rng.randint(1, 3)):
        places = _places(root)
        holder, key = rng.choice(places)
        act = rng.randrange(6)
        if act == 0 and holder is not root:
            del holder[key]
        elif act == 1 and isinstance(holder, dict):
            holder[rng.choice(("", "type", "\0", "id", "v", "x" * 500))] = holder.pop(key)
        elif act == 2:
            other, place = rng.choice(_places([_copy(rng.choice(seeds))]))
            holder[key] = other[place]
        elif act == 3:
            holder[key] = _nest(holder[key], rng.choice((2, 30, 70, 250)))
        else:
            holder[key] = _copy(rng.choice(VALUES))
    return root[0]


def _copy(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copy(item) for key, item in node.items()}
    return [_copy(item) for item in node] if isinstance(node, list) else node


def _places(root: list[Any]) -> list[tuple[Any, Any]]:
    """Every place of the document, as its holder and the key in it."""
    found: list[tuple[Any, Any]] = []
    holders: list[Any] = [root]
    while holders:
        holder = holders.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                holders.append(holder[key])
    return found


def _nest(node: Any, levels: int) -> Any:
    for level in range(levels):
        node = {"a": node} if level % 2 else [node]
    return node
