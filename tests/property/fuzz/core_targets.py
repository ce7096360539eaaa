"""What the ground floor reads: settings, instants, money, what waits for the ledger."""

import json
from collections.abc import Iterator
from typing import Any

from curtilage.core.canonical import encode_canonical
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.outbox import encode_waiting, parse_waiting
from curtilage.core.models import Sealed
from curtilage.core.money import format_money, parse_money
from curtilage.core.settings import parse_sources
from tests.builders import an_event
from tests.property.fuzz.target import Target

EVENT = an_event(sealed=Sealed(bytes(32), b"box"), facts={"found": {"IBAN": 2}})
SETTINGS = b"""
[server]
port = 8787
workers = 2
public_url = "https://gateway.orchard.example"
allowed_hosts = ["inner.orchard.example"]
trusted_proxies = ["10.0.0.0/8"]

[store]
url = "sqlite"

[upstreams.local]
protocol = "openai"
base_url = "http://127.0.0.1:11434/v1"
max_wait = 2.5

[[routes]]
model = "gpt-*"
upstreams = ["openai", "local"]
weights = [3, 1]

[[prices]]
model = "gpt-*"
since = 2026-01-31
currency = "USD"
input = "2.50"
output = "10"

[gateway]
default_purpose = "assist"
retries = 1
"""


def encode_any(document: Any) -> bytes:
    raw = encode_canonical(document)
    assert json.loads(raw) == document
    return raw


def read_money(text: str) -> int | None:
    amount = parse_money(text)
    assert amount is None or parse_money(format_money(amount)) == amount
    return amount


def read_waiting(text: str) -> object:
    return parse_waiting(text, b"box")


def read_sources(raw: bytes) -> object:
    return parse_sources(raw.decode("utf-8", "replace"), "curtilage.toml")


def core_targets() -> Iterator[Target]:
    yield Target("sources of settings", (parse_sources,), [SETTINGS], read_sources)
    yield Target(
        "canonical JSON", (), [{"a": [1, "b", None], "c": {}}], encode_any, refuses=(ValueError,)
    )
    yield Target(
        "instant", (parse_instant,), ["2026-11-23T10:20:31.123456Z"], parse_instant, encode_instant,
        refuses=(ValueError,),
    )  # fmt: skip
    yield Target("money", (parse_money,), ["12.50", "0.000001"], read_money)
    waiting = encode_waiting(EVENT)
    yield Target("event that waits", (parse_waiting,), [waiting], read_waiting, encode_waiting)
