"""What callers send beside their bodies, forms with files, and prices."""

import json
from collections.abc import Iterator
from typing import Any

from curtilage.core.settings import Source
from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.files.multipart import FormReader, read_boundary
from curtilage.gateway.headers import read_headers, returned_headers
from curtilage.gateway.paths import find_operation
from curtilage.gateway.prices import PriceTable, read_prices
from curtilage.gateway.search import parse_search
from curtilage.gateway.usage.cli import parse_day
from curtilage.web.form import parse_fields
from tests.property.fuzz.target import Target

HEADERS = (
    b"authorization: Bearer cur_x\nx-curtilage-purpose: assist\nx-curtilage-session: s-1",
    b"x-curtilage-key: cur_x\nx-api-key: sk-1\naccept: */*\ncontent-encoding: gzip",
    b"host: localhost:8787\norigin: http://localhost:8787\nx-forwarded-for: 10.0.0.1, [::1]:80",
)
PATHS = (
    b"/v1/chat/completions", b"/v1/responses/resp_1/cancel", b"/openai/deployments/gpt-4.1/chat/completions",
    b"/v1beta/models/gemini-2.5-pro:generateContent",
)  # fmt: skip
DOOR = Door(
    public_url="https://gateway.orchard.example", hosts=["inner"], origins=["https://a.example"]
)
PROXIES = Proxies(["10.0.0.0/8", "::1"])
FORM = (
    b'--cut\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="include[]"\r\n\r\nlogprobs\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\".jsonl"\r\n'
    b"Content-Type: application/jsonl\r\n\r\n{}\n\r\n--cut--\r\n"
)
PRICES = [{"model": "gpt-*", "since": "2026-01-31", "currency": "USD", "input": "2.50", "output": "10",
           "cached_input": "1", "max_output": 100, "upstream": "openai"}]  # fmt: skip


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


def price_models(document: Any) -> object:
    """Prices as TOML gives them, which holds no half of a surrogate pair."""
    rows = json.loads(json.dumps(document).replace("\\ud", "\\u0"))
    return PriceTable(read_prices({"prices": Source(rows, "flag")}))


def gateway_targets() -> Iterator[Target]:
    yield Target("form with a file", (FormReader.feed,), [FORM], read_form, cases=600)
    boundaries = [b'multipart/form-data; boundary="cut"', b"multipart/form-data; boundary=----x1"]
    yield Target("boundary of a form", (), boundaries, read_boundary)
    yield Target("headers of callers", (read_headers,), HEADERS[:2], judge_headers)
    yield Target("host and origin", (), HEADERS[2:], judge_door)
    asked = [b"id=01a2&since=2026-01-31T10:00&until=2026-02-01&model=gpt-*&outcome=refused&key=k"]
    yield Target("search of calls", (parse_search,), asked, search_calls)
    yield Target("paths", (), PATHS, find_all)
    yield Target("prices", (), [PRICES], price_models)
    yield Target("day", (parse_day,), ["2026-01-31"], parse_day)
