"""Policies and suites of cases, as operators write them."""

from collections.abc import Iterator

from curtilage.app.foundation import vocabulary
from curtilage.consent.casefile import parse_suite
from curtilage.consent.cases import parse_cases, run_case
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import encode_policy, parse_policy, parse_toml
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
EXPORTED = b"""\
{"policy": "balanced"}
{"name": "c-1", "text": "Mail desk@orchard.example.", "ignores": [{"value": "desk@orchard.example",\
 "type": "EMAIL_ADDRESS"}], "because": "Everybody's", "author": "ada", "until": "2026-12-31"}
{"name": "c-2", "text": "Of 77", "finds": [{"value": "77", "type": "CUSTOMER"}], "purpose": "assist",\
 "destination": "openai", "expect": {"CUSTOMER": "token"}}
"""


def read_policy(raw: bytes) -> object:
    return parse_policy(raw, "house", vocabulary=VOCABULARY)


def try_cases(raw: bytes) -> object:
    policy, cases = parse_policy(raw, "house"), parse_cases(parse_toml(raw))
    return [run_case(policy, case, scan=lambda text: ()) for case in cases]


def try_exported_cases(raw: bytes) -> object:
    policy, cases = SHELF.load("balanced"), parse_cases(parse_suite(raw))
    return [run_case(policy, case, scan=lambda text: ()) for case in cases]


def consent_targets() -> Iterator[Target]:
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
    yield Target("suite in lines", (parse_suite,), [EXPORTED], try_exported_cases)
