"""Trying a policy on examples."""

import re
from pathlib import Path

import pytest

from curtilage.consent.cases import parse_cases, qualify, run_case
from curtilage.consent.errors import PolicyError
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.suites import SuiteRunner
from curtilage.consent.wire import build_policy, parse_toml
from curtilage.core.models import Finding
from curtilage.detect.engine import build_engine

EMAIL = Finding(0, 3, "EMAIL_ADDRESS", 1.0, "user.contact.email", "test")
HEAD = '[[case]]\npurpose = "assist"\ndestination = "openai"\n'


def scan(text: str) -> list[Finding]:
    return [EMAIL, EMAIL] if "@" in text else []


def run(case: str, policy: str = "balanced") -> tuple[str, ...]:
    (parsed,) = parse_cases(parse_toml((HEAD + case).encode()))
    return run_case(PolicyShelf().load(policy), parsed, scan=scan).differences


def test_a_text_case_passes_when_what_is_found_is_treated_as_expected() -> None:
    assert run('text = "a@b.example"\nexpect = {EMAIL_ADDRESS = "token"}') == ()
    assert run('text = "a@b.example"\nexpect = {"user.contact" = "token"}') == ()


def test_of_what_a_value_may_be_the_case_sees_what_is_treated_most_strictly() -> None:
    card = Finding(0, 3, "CREDIT_CARD", 0.5, "user.financial.card", "test")
    (case,) = parse_cases(
        parse_toml((HEAD + 'text = "x"\nexpect = {"user.financial" = "mask"}').encode())
    )
    bank = Finding(0, 3, "BIC", 0.5, "user.financial.bank_account", "test", (card,))
    policy = PolicyShelf().load("strict")
    assert run_case(policy, case, scan=lambda _: [bank]).passed
    assert not run_case(policy, case, scan=lambda _: [bank._replace(rivals=())]).passed


def test_a_case_by_category_needs_no_scanner() -> None:
    case = 'data = ["secret.key:SEC_AWS_ID"]\nexpect = {"secret.key:SEC_AWS_ID" = "block"}'
    assert run(case, "strict") == ()
    assert run(case, "balanced") == ("secret.key:SEC_AWS_ID: expected block, got token",)


def test_expected_data_that_is_not_found_is_a_difference() -> None:
    assert run('text = "none"\nexpect = {EMAIL_ADDRESS = "token"}') == (
        "EMAIL_ADDRESS: expected token, got not found",
    )


def test_a_refusal_can_be_expected_with_its_reason() -> None:
    refused = 'text = "x"\nholds = ["code"]\neffect = "refuse"\n'
    assert run(refused) == ()
    assert run(refused + 'reason = "purpose.not-held"') == ()
    assert run(refused + 'reason = "purpose.unknown"') == (
        "expected the reason purpose.unknown, got purpose.not-held",
    )
    assert run('text = "x"\neffect = "refuse"') == ("expected refuse, got permit (permitted)",)


@pytest.mark.parametrize(
    ("case", "place"),
    [
        ('expect = {URL = "allow"}', "either"),
        ('text = "x"\ndata = ["user.name:PERSON"]\nexpect = {URL = "allow"}', "either"),
        ('text = "x"', "expect"),
        ('data = ["PERSON"]\nexpect = {PERSON = "token"}', "data"),
        ('text = "x"\nexpect = {URL = "permit"}', "expect"),
        ('text = "x"\nexpect = {URL = 1}', "expect"),
        ('text = "x"\neffect = "maybe"', "effect"),
        ('text = "x"\nexpect = {URL = "allow"}\nsurprise = 1', "case 1"),
    ],
)
def test_a_case_that_is_not_understood_is_refused(case: str, place: str) -> None:
    with pytest.raises(PolicyError, match=place):
        run(case)


def test_cases_have_to_be_tables() -> None:
    for raw in ({"case": "x"}, {"case": ["x"]}):
        with pytest.raises(PolicyError, match="case"):
            parse_cases(raw)
    assert parse_cases({}) == ()


def test_each_kind_of_data_is_asked_about_once() -> None:
    assert qualify([EMAIL, EMAIL]) == ("user.contact.email:EMAIL_ADDRESS",)


def test_the_policy_of_the_guide_passes_its_own_cases() -> None:
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "write-a-policy.md"
    blocks = re.findall(r"```toml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    whole = [block for block in blocks if not block.startswith("policy = ")]
    table = parse_toml("\n".join(whole).encode())
    policy, engine = build_policy(table, "helpdesk"), build_engine(backend="re")
    results = [run_case(policy, case, scan=engine.scan) for case in parse_cases(table)]
    assert [result.passed for result in results] == [True, True]
    assert policy.find_purpose("assist"), "keys that are made without --purpose work"


def test_the_suite_of_the_guide_passes(tmp_path: Path) -> None:
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "write-a-policy.md"
    text = guide.read_text(encoding="utf-8").partition("```toml\npolicy = ")[2].partition("```")[0]
    suite = tmp_path / "suite.toml"
    suite.write_text(f"policy = {text}")
    tried = SuiteRunner(PolicyShelf(), build_engine(backend="re").scan).try_file(suite)
    assert [result.passed for result in tried.results] == [True]


@pytest.mark.requirement(23)
def test_a_case_says_how_surely_its_caller_signed_in() -> None:
    text = """
format = 1
default = "token"
[purposes.ward]
title = "Ward"
assurance = 2
max_age = "5m"
[[case]]
purpose = "ward"
destination = "openai"
data = ["user.contact.email:EMAIL_ADDRESS"]
effect = "step_up"
reason = "assurance.too-low"
[[case]]
purpose = "ward"
destination = "openai"
data = ["user.contact.email:EMAIL_ADDRESS"]
assurance = 2
expect = { EMAIL_ADDRESS = "token" }
"""
    table = parse_toml(text.encode())
    policy = build_policy(table, "mine")
    results = [run_case(policy, case, scan=lambda text: ()) for case in parse_cases(table)]
    assert [each.differences for each in results] == [(), ()]
