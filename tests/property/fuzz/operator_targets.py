"""What operators write: settings, policies, suites, prices, and words of the command line."""

import json
from collections.abc import Iterator
from typing import Any

from curtilage.app.foundation import vocabulary
from curtilage.app.settings import build_settings
from curtilage.consent.casefile import parse_suite
from curtilage.consent.cases import parse_cases, run_case
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import encode_policy, parse_policy, parse_toml
from curtilage.core.canonical import encode_canonical
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.money import format_money, parse_money
from curtilage.core.settings import Source, parse_sources
from curtilage.gateway.prices import PriceTable, read_prices
from curtilage.gateway.usage.cli import parse_day
from curtilage.identity.budgets import Measure, parse_budget
from curtilage.identity.cli import parse_duration
from curtilage.identity.rules import parse_name
from tests.property.fuzz.target import Target

SHELF = PolicyShelf(None)
POLICIES = [SHELF.read(name) for name in ("strict", "balanced", "observe")]
VOCABULARY = vocabulary()
RICH_POLICY = b"""
format = 1
title = "Helpdesk"
default = "token"
refused_destinations = ["elsewhere"]

[opaque]
images = "allow"

[restore]
to_persons = ["caller"]
never = ["secret"]
outbound_tools = ["send_mail"]

[purposes.assist]
title = "Answers"
destinations = ["openai", "*"]
needs_subject = true

[[rules]]
data = ["EMAIL_ADDRESS", "user.financial"]
purposes = ["assist"]
destinations = ["*"]
treatment = "block"
because = "never"

[[case]]
name = "a card"
purpose = "assist"
destination = "openai"
text = "4111 1111 1111 1111"
subject = "person-1"
effect = "permit"
expect = { CREDIT_CARD = "block" }
"""
RULE = b'\n[[rules]]\ndata = ["EMAIL_ADDRESS"]\ntreatment = "token"\n'
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
PRICES = [{"model": "gpt-*", "since": "2026-01-31", "currency": "USD", "input": "2.50", "output": "10",
           "cached_input": "1", "max_output": 100, "upstream": "openai"}]  # fmt: skip


def read_settings_file(raw: bytes) -> object:
    """The settings of a file, as at a start; the text is what `read_text` gives."""
    text = raw.decode("utf-8", "replace")
    return build_settings(parse_sources(text, "curtilage.toml"), "curtilage.toml")


def read_setting_values(document: Any) -> object:
    """The settings that variables and flags give, of any type."""
    names = document if isinstance(document, dict) else {}
    sources = {str(name): Source(value, "flag") for name, value in names.items()}
    return build_settings(sources, "")


def read_policy(raw: bytes) -> object:
    return parse_policy(raw, "house", vocabulary=VOCABULARY)


def try_cases(raw: bytes) -> object:
    policy, cases = parse_policy(raw, "house"), parse_cases(parse_toml(raw))
    return [run_case(policy, case, scan=lambda text: ()) for case in cases]


def try_suite(raw: bytes) -> object:
    return parse_cases(parse_suite(raw))


def price_models(document: Any) -> object:
    """Prices as TOML gives them, which holds no half of a surrogate pair."""
    rows = json.loads(json.dumps(document).replace("\\ud", "\\u0"))
    return PriceTable(read_prices({"prices": Source(rows, "flag")}))


def encode_any(document: Any) -> bytes:
    raw = encode_canonical(document)
    assert json.loads(raw) == document
    return raw


def operator_targets() -> Iterator[Target]:
    yield Target("settings file", (parse_sources,), [SETTINGS], read_settings_file)
    flat = {name: source.value for name, source in parse_sources(SETTINGS.decode(), "x").items()}
    yield Target("values of settings", (), [flat], read_setting_values)
    policies = [*POLICIES, RICH_POLICY]
    yield Target("policy", (parse_policy, parse_toml), policies, read_policy)
    yield Target(
        "policy and its way back",
        (parse_policy,),
        [RICH_POLICY],
        lambda raw: parse_policy(raw, "house"),
        encode_policy,
    )
    yield Target("suite", (parse_cases,), [RICH_POLICY], try_cases)
    suite = b'{"policy": "house"}\n' + b"".join(
        json.dumps(case).encode() + b"\n" for case in parse_toml(RICH_POLICY)["case"]
    )
    yield Target("suite in lines", (parse_suite,), [suite], try_suite)
    yield Target("prices", (), [PRICES], price_models)
    yield Target(
        "canonical JSON", (), [{"a": [1, "b", None], "c": {}}], encode_any, refuses=(ValueError,)
    )
    yield Target(
        "instant", (parse_instant,), ["2026-11-23T10:20:31.123456Z"], parse_instant, encode_instant,
        refuses=(ValueError,),
    )  # fmt: skip
    yield Target("money", (parse_money,), ["12.50", "0.000001"], read_money)
    yield Target("budget", (parse_budget,), ["20/month", "1M/day"], read_budget)
    yield Target("duration", (parse_duration,), ["30d", "999999w"], parse_duration)
    yield Target("name", (parse_name,), ["Ada Quill"], parse_name)
    yield Target("day", (parse_day,), ["2026-01-31"], parse_day)


def read_money(text: str) -> int | None:
    amount = parse_money(text)
    assert amount is None or parse_money(format_money(amount)) == amount
    return amount


def read_budget(text: str) -> object:
    return parse_budget(text, Measure.TOKENS if text[-1:] == "y" else Measure.MONEY)
