"""Which of several upstreams a conversation begins with. Pure.

The choice is a rendezvous hash under the key of the caller's scope: each worker
and node comes to the same one, a conversation stays where it is, and when an
upstream is added or taken away only its own share moves. Nothing is remembered.
"""

import math
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import orjson

from curtilage.gateway.routes import Target, line_up

MOST_BEFORE = 16  # messages looked at for the first that a user wrote
_OPENINGS = ("system", "instructions", "systemInstruction")
_TURNS = ("messages", "input", "contents")
# As a body spells them that holds what only its maker can read. Inside a text the quotes are
# escaped; a name that merely looks so costs a fail-over and nothing else.
_OF_ONE = (
    b'"encrypted_content"',
    b'"signature"',
    b'"redacted_thinking"',
    b'"thoughtSignature"',
    b'"redactedContent"',
)


def is_of_one(body: bytes) -> bool:
    """Whether a request holds sealed or signed items, which another upstream would refuse."""
    return any(name in body for name in _OF_ONE)


def choose(target: Target, key: bytes, session: str, document: Any) -> Target:
    """`target` and its others, in the order in which this conversation tries them."""
    if not target.weight:
        return target
    told = session.encode() if session else _opening(document)
    conversation = blake2b(told, key=key, digest_size=32).digest()
    ranked = sorted(target.in_order(), key=lambda one: _rank(one, conversation), reverse=True)
    return line_up(ranked)


def _rank(target: Target, conversation: bytes) -> float:
    """Weighted rendezvous: the highest wins as often as its share of the weights."""
    digest = blake2b(target.upstream.encode(), key=conversation, digest_size=8).digest()
    drawn = (int.from_bytes(digest) + 1) / (2**64 + 2)  # above 0, below 1
    return -target.weight / math.log(drawn)


def _opening(document: Any) -> bytes:
    """What stays the same while a conversation goes on: what it is told, and its first turn."""
    parts = [document[name] for name in _OPENINGS if name in document]
    for name in _TURNS:
        turns = document.get(name)
        parts += _first_turns(turns) if type(turns) is list else [turns]
    return orjson.dumps(parts)


def _first_turns(turns: list[Any]) -> Iterable[Any]:
    for turn in turns[:MOST_BEFORE]:
        yield turn
        if type(turn) is not dict or turn.get("role") == "user":
            return
