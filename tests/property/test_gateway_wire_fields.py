"""Whatever a request looks like: what was planted in it is found, or it is refused.

Requests that use every field are bent at random: values swapped between places,
keys renamed, markers planted anywhere. When every slot that holds a marker has
been rewritten, none may be left in the bytes that would leave.
"""

import random
from typing import Any

import orjson
import pytest

from curtilage.core.errors import CurtilageError
from curtilage.gateway.wire.anthropic_messages import MESSAGES
from curtilage.gateway.wire.body import encode_body, parse_body
from curtilage.gateway.wire.fields import FieldMap, Slot, SlotKind, collect
from curtilage.gateway.wire.openai_chat import CHAT
from curtilage.gateway.wire.openai_embeddings import EMBEDDINGS
from tests.unit.gateway.wire import requests

MARKER = "ada@library.example"
CASES, DEEP_CASES = 300, 20_000
ALLOWED = frozenset(("images", "audio", "video", "files", "remote_urls", "provider_blobs"))
MAPS = (
    (requests.openai_chat, CHAT),
    (requests.anthropic_messages, MESSAGES),
    (requests.openai_embeddings, EMBEDDINGS),
)

# What the policy let pass unread: media, and the credential of an allowed server.
UNREAD = frozenset(("data", "file_data", "authorization_token", "url"))


def containers(node: Any) -> list[Any]:
    found = [node] if isinstance(node, dict | list) and node else []
    items = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for item in items:
        found += containers(item)
    return found


def plant(rng: random.Random, given: Any) -> Any:
    """The marker in some form, beside what stood there."""
    return rng.choice(
        [
            MARKER,
            f"to {MARKER}.",
            [given, MARKER],
            {"x": MARKER, "y": given},
            {MARKER: given},
            orjson.dumps({"a": [MARKER], MARKER: 1}).decode(),
            '{"a": "ada\\u0040library.example"}',
            [[[{"deep": {MARKER: [MARKER]}}]]],
        ]
    )


def bend(rng: random.Random, document: Any) -> None:
    everything = containers(document)
    for _ in range(rng.randint(1, 4)):
        holder = rng.choice(everything)
        if not holder:
            continue
        key = rng.randrange(len(holder)) if isinstance(holder, list) else rng.choice(list(holder))
        act = rng.random()
        if key in UNREAD:
            continue
        if act < 0.6:
            holder[key] = plant(rng, holder[key])
        elif act < 0.75 and isinstance(holder, dict):
            holder[rng.choice([MARKER, "x_new", "content", "type"])] = plant(rng, None)
        else:
            other = rng.choice(everything)
            value = (
                rng.choice(list(other.values()) if isinstance(other, dict) else other)
                if other
                else None
            )
            holder[key] = orjson.loads(orjson.dumps(value))


def check(seed: int, build: Any, field_map: FieldMap) -> None:
    rng = random.Random(seed)
    document = orjson.loads(orjson.dumps(build()))
    bend(rng, document)
    raw = encode_body(document)
    document = parse_body(raw, limit=1 << 24)
    try:
        slots = collect(document, field_map, ALLOWED)
    except CurtilageError as refusal:
        said = f"{refusal} {refusal.advice}"
    else:
        said = left_unread(document, slots, raw)
    assert MARKER not in said, seed


def left_unread(document: Any, slots: list[Slot], raw: bytes) -> str:
    """What would leave once each slot is rewritten; nothing where the request is refused."""
    assert encode_body(document) == raw, "reading changed the request"
    for slot in slots:
        if MARKER in slot.text:
            if slot.kind in (SlotKind.SIGNED, SlotKind.LENIENT):
                return ""
            slot.replace(slot.text.replace(MARKER, "TOKEN"))
    left = encode_body(document)
    orjson.loads(left)
    return left.decode()


@pytest.mark.parametrize(("build", "field_map"), MAPS)
def test_nothing_planted_leaves(build: Any, field_map: FieldMap) -> None:
    for seed in range(CASES):
        check(seed, build, field_map)


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("build", "field_map"), MAPS)
def test_nothing_planted_leaves_at_length(build: Any, field_map: FieldMap) -> None:
    for seed in range(CASES, CASES + DEEP_CASES):
        check(seed, build, field_map)
