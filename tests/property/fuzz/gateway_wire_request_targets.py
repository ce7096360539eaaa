"""Bodies that come in from callers, in each protocol."""

import gzip
import json
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from curtilage.gateway.engine import _prepare
from curtilage.gateway.wire.body import decode_content, encode_body, parse_body, parse_strict
from curtilage.gateway.wire.fields import SlotKind, collect
from curtilage.gateway.wire.kept_query import LISTED, READ, read_kept_query
from curtilage.gateway.wire.protocols import PROTOCOLS, RouteProtocol
from tests.property.fuzz.target import Target
from tests.unit.gateway.wire import requests
from tests.unit.gateway.wire.responses_requests import openai_responses

ALLOWED = frozenset(("images", "audio", "video", "files", "remote_urls", "provider_blobs"))
LIMIT = 1 << 20
SAID = [{"role": "user", "content": "Hi"}]
SAID_TO_CONVERSE = [{"role": "user", "content": [{"text": "Hi"}]}]
REQUESTS: dict[str, Any] = {
    "openai.chat": requests.openai_chat(),
    "openai.completions": requests.openai_completions(),
    "openai.embeddings": requests.openai_embeddings(),
    "openai.responses": openai_responses(),
    "openai.responses.compact": {"model": "gpt-4.1", "input": "Hello"},
    "openai.responses.count": {"model": "gpt-4.1", "input": SAID},
    "openai.conversations": {"items": [{"type": "message", **SAID[0]}]},
    "anthropic.messages": requests.anthropic_messages(),
    "anthropic.count_tokens": {"model": "claude-sonnet-4-5", "messages": SAID},
    "azure.chat": requests.azure_chat(),
    "gemini.generate": requests.gemini_generate(),
    "bedrock.converse": requests.bedrock_converse(),
    "bedrock.count": {"input": {"converse": {"messages": SAID_TO_CONVERSE}}},
}
QUERIES = (
    b"include=reasoning.encrypted_content&starting_after=7&stream=true",
    b"limit=3&order=asc",
)


def take_in(protocol: RouteProtocol, raw: bytes) -> bytes:
    """The bytes that would leave, when each slot was rewritten."""
    document = parse_body(raw, limit=LIMIT)
    _prepare(protocol, document, ALLOWED, "gpt-4.1" if "{model}" in protocol.path else "")
    for slot in collect(document, protocol.request_map, ALLOWED):
        if slot.kind not in (SlotKind.SIGNED, SlotKind.LENIENT):
            slot.replace(slot.text)
    if protocol.add_note is not None:
        protocol.add_note(document)
    left = encode_body(document)
    parse_strict(left)  # what we send is read in one way, too
    return left


def take_in_document(protocol: RouteProtocol, document: Any) -> bytes:
    return take_in(protocol, json.dumps(document).encode())


def inflate(raw: bytes) -> bytes:
    """All codings in turn: the first byte says which."""
    encoding = ("", "gzip", "deflate", "br")[raw[0] % 4] if raw else ""
    return decode_content(raw[1:], encoding, limit=10_000)


def request_targets() -> Iterator[Target]:
    covers = (parse_body, parse_strict)
    for kind, document in REQUESTS.items():
        protocol, raw = PROTOCOLS[kind], json.dumps(document).encode()
        take = partial(take_in, protocol)
        yield Target(f"request {kind}, its bytes", covers, [raw], take, cases=100)
        take_values = partial(take_in_document, protocol)
        yield Target(f"request {kind}, its values", covers, [document], take_values)
    body = json.dumps(REQUESTS["gemini.generate"]).encode()
    coded = [
        b"\1" + gzip.compress(body),
        b"\2" + zlib.compress(body),
        b"\2" + zlib.compress(body)[2:-4],
    ]
    yield Target("content-encoding", (decode_content,), coded, inflate)
    for names, query in ((READ, QUERIES[0]), (LISTED, QUERIES[1])):
        read = partial(read_kept_query, names=names)
        yield Target(f"query of {min(names)}", (read_kept_query,), [query], read)
