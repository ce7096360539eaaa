"""What the codes of records mean, in sentences."""

import pytest

from curtilage.consent.rules import REASONS
from curtilage.gateway import records
from curtilage.gateway.rows import make_row
from curtilage.gateway.service.words import (
    ENDINGS,
    explain_code,
    find_blocked,
    find_code,
    tell_ending,
    tell_reason,
)
from tests.unit.gateway.service.exchanges import BLOCKED, an_ending, an_intent

REFUSALS = ("gateway.purpose-not-held", "gateway.malformed-body", "gateway.unscannable-content")


@pytest.mark.parametrize("code", [*REASONS, *ENDINGS, *REFUSALS, "ledger.unavailable"])
def test_each_code_that_is_known_has_a_sentence(code: str) -> None:
    assert explain_code(code) != code and explain_code(code).endswith(".")


def test_a_code_of_another_version_stands_for_itself() -> None:
    assert explain_code("gateway.of-tomorrow") == "gateway.of-tomorrow"


def test_what_decided_is_the_refusal_where_the_policy_had_permitted() -> None:
    missing = an_ending(an_intent(), records.REFUSED, reason="gateway.no-credential")
    row = make_row(an_intent(), missing)
    assert find_code(row) == "gateway.no-credential"
    assert tell_reason(row, {}) == "No credential for this provider is configured."
    assert tell_ending(row) == "Refused; nothing left."


def test_a_list_of_models_had_nothing_to_decide() -> None:
    listed = an_intent(decision={}, facts={"route": "openai.models"})
    row = make_row(listed, an_ending(listed))
    assert find_code(row) == ""
    assert tell_reason(row, {}) == "There was no text in it, so nothing had to be decided."


def test_a_call_under_way_is_told_as_such() -> None:
    row = make_row(an_intent(), None)
    assert (find_code(row), tell_ending(row)) == ("permitted", "Under way.")


def test_a_reply_from_the_cache_is_told_as_what_never_left() -> None:
    intent = an_intent(facts={"cache": "hit"})
    assert tell_ending(make_row(intent, an_ending(intent))) == (
        "Answered from the cache; nothing left."
    )


def test_types_that_stopped_a_call_are_named_in_plain_words() -> None:
    row = make_row(BLOCKED, an_ending(BLOCKED, records.REFUSED, reason="gateway.content-blocked"))
    assert find_blocked(row) == ["SEC_GITHUB"]
    told = tell_reason(row, {"SEC_GITHUB": "GitHub token"})
    assert told == "The policy blocks what was found: GitHub token."
