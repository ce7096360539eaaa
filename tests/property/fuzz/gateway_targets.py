"""What comes in from callers: bodies of each protocol, headers, queries, paths."""

import gzip
import json
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.engine import _prepare
from curtilage.gateway.files.multipart import (
    Form,
    FormReader,
    encode_head,
    encode_tail,
    read_boundary,
)
from curtilage.gateway.headers import read_headers, returned_headers
from curtilage.gateway.paths import find_operation
from curtilage.gateway.search import parse_search
from curtilage.gateway.wire.body import decode_content, encode_body, parse_body, parse_strict
from curtilage.gateway.wire.fields import SlotKind, collect
from curtilage.gateway.wire.kept_query import LISTED, READ, read_kept_query
from curtilage.gateway.wire.protocols import PROTOCOLS, RouteProtocol
from curtilage.web.form import parse_fields
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
HEADERS = (
    b"authorization: Bearer cur_x\nx-curtilage-purpose: assist\nx-curtilage-session: s-1",
    b"x-curtilage-key: cur_x\nx-api-key: sk-1\naccept: */*\ncontent-encoding: gzip",
    b"host: localhost:8787\norigin: http://localhost:8787\nx-forwarded-for: 10.0.0.1, [::1]:80",
)
QUERIES = (
    b"include=reasoning.encrypted_content&starting_after=7&stream=true",
    b"limit=3&order=asc",
)
PATHS = (
    b"/v1/chat/completions", b"/v1/responses/resp_1/cancel", b"/openai/deployments/gpt-4.1/chat/completions",
    b"/v1beta/models/gemini-2.5-pro:generateContent",
)  # fmt: skip
DOOR = Door(
    public_url="https://gateway.orchard.example", hosts=["inner"], origins=["https://a.example"]
)
PROXIES = Proxies(["10.0.0.0/8", "::1"])


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


def pairs(raw: bytes) -> list[tuple[bytes, bytes]]:
    lines = (line.partition(b":") for line in raw.split(b"\n"))
    return [(name.strip().lower(), value.strip()) for name, _, value in lines]


def judge_headers(raw: bytes) -> object:
    headers = pairs(raw)
    texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    PROXIES.find_caller("10.1.2.3", headers)
    PROXIES.is_loopback(headers[0][1].decode("latin-1"), headers)
    return returned_headers(texts), read_headers(headers)


def judge_door(raw: bytes) -> None:
    DOOR.check_origin(pairs(raw))
    DOOR.check_host(pairs(raw))


def search_calls(raw: bytes) -> object:
    return parse_search(parse_fields(raw), keys=["k"], kinds=["IBAN"])


def find_all(raw: bytes) -> object:
    path = raw.decode("latin-1")
    return find_operation("POST", path)


FORM = (
    b'--cut\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="include[]"\r\n\r\nlogprobs\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\".jsonl"\r\n'
    b"Content-Type: application/jsonl\r\n\r\n{}\n\r\n--cut--\r\n"
)


def read_form(raw: bytes) -> object:
    """The form and its file: the same, however they came."""
    read = []
    for step in (len(raw) or 1, 7):
        parts: list[bytes] = []
        reader = FormReader(b"cut", parts.append)
        for at in range(0, len(raw), step):
            reader.feed(raw[at : at + step])
        read.append((reader.close(), b"".join(parts)))
    assert read[0] == read[1]
    return read[0]


def write_form(read: tuple[Form, bytes]) -> bytes:
    form, file = read
    fields: dict[str, str | list[str]] = {**form.fields, **form.lists}
    return encode_head("cut", fields, form) + file + encode_tail("cut")


def request_targets() -> Iterator[Target]:
    covers = (parse_body, parse_strict)
    for kind, document in REQUESTS.items():
        protocol, raw = PROTOCOLS[kind], json.dumps(document).encode()
        take = partial(take_in, protocol)
        yield Target(f"request {kind}, its bytes", covers, [raw], take, cases=100)
        take_values = partial(take_in_document, protocol)
        yield Target(f"request {kind}, its values", covers, [document], take_values)


def gateway_targets() -> Iterator[Target]:
    yield from request_targets()
    body = json.dumps(REQUESTS["gemini.generate"]).encode()
    coded = [
        b"\1" + gzip.compress(body),
        b"\2" + zlib.compress(body),
        b"\2" + zlib.compress(body)[2:-4],
    ]
    yield Target("form with a file", (FormReader.feed,), [FORM], read_form, cases=600)
    boundaries = [b'multipart/form-data; boundary="cut"', b"multipart/form-data; boundary=----x1"]
    yield Target("boundary of a form", (), boundaries, read_boundary)
    yield Target("content-encoding", (decode_content,), coded, inflate)
    yield Target("headers of callers", (read_headers,), HEADERS[:2], judge_headers)
    yield Target("host and origin", (), HEADERS[2:], judge_door)
    for names, query in ((READ, QUERIES[0]), (LISTED, QUERIES[1])):
        read = partial(read_kept_query, names=names)
        yield Target(f"query of {min(names)}", (read_kept_query,), [query], read)
    asked = [b"id=01a2&since=2026-01-31T10:00&until=2026-02-01&model=gpt-*&outcome=refused&key=k"]
    yield Target("search of calls", (parse_search,), asked, search_calls)
    yield Target("paths", (), PATHS, find_all)
