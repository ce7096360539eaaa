"""Of all that a value may be, what a policy treats most strictly."""

from curtilage.core.models import Finding, Treatment
from curtilage.shield.settle import each_reading, settle


def found(kind: str, *rivals: Finding, start: int = 0) -> Finding:
    return Finding(start, 9, kind, 0.5, f"user.{kind.lower()}", f"test.{kind}", rivals)


ORDER = found("ORDER", found("TAX"), found("SSN", start=2))
PLAIN = found("EMAIL")


def test_the_strictest_reading_counts_where_the_winner_stands() -> None:
    treatments = {"ORDER": Treatment.ALLOW, "TAX": Treatment.TOKEN, "SSN": Treatment.BLOCK}
    (settled,) = settle([ORDER], treatments)
    assert (settled.type, settled.start, settled.end) == ("SSN", 0, 9)
    assert settled.rivals == () and settled.category == "user.ssn"
    (settled,) = settle([ORDER], {**treatments, "SSN": Treatment.ALLOW})
    assert settled.type == "TAX"


def test_among_equals_it_stays_what_it_most_likely_is() -> None:
    equal = dict.fromkeys(("ORDER", "TAX", "SSN", "EMAIL"), Treatment.TOKEN)
    assert settle([ORDER, PLAIN], equal) == (found("ORDER"), PLAIN)


def test_a_reading_that_nobody_decided_on_is_blocked() -> None:
    (settled,) = settle([ORDER], {"ORDER": Treatment.ALLOW, "TAX": Treatment.ALLOW})
    assert settled.type == "SSN"


def test_a_policy_is_asked_about_each_reading() -> None:
    types = [each.type for each in each_reading([ORDER, PLAIN])]
    assert types == ["ORDER", "TAX", "SSN", "EMAIL"]
