"""What a second policy would have done, added up."""

from curtilage.consent.shadow import (
    CALLS,
    LOOSER,
    PERMITTED,
    REFUSED,
    STRICTER,
    ShadowRow,
    Tally,
    summarise_shadow,
)
from tests.fakes.clock import START

NEW, OLD = "new@2", "new@1"


def test_nothing_compared_is_no_summary() -> None:
    assert summarise_shadow([], START) == []


def test_counts_are_told_by_type_and_purpose_and_by_version() -> None:
    told = summarise_shadow(
        [
            Tally(NEW, "assist", "", CALLS, 9),
            Tally(NEW, "support", "", CALLS, 1),
            Tally(NEW, "support", "", REFUSED, 1),
            Tally(NEW, "assist", "", PERMITTED, 2),
            Tally(NEW, "assist", "IBAN_CODE", STRICTER, 3),
            Tally(NEW, "assist", "EMAIL_ADDRESS", STRICTER, 4),
            Tally(NEW, "assist", "EMAIL_ADDRESS", LOOSER, 5),
            Tally(NEW, "support", "EMAIL_ADDRESS", LOOSER, 6),
            Tally(OLD, "assist", "", CALLS, 7),
        ],
        START,
    )
    old, new = told
    assert (old.policy, old.calls, old.rows) == (OLD, 7, [])
    assert (new.calls, new.refused, new.permitted, new.since) == (10, 1, 2, START)
    assert new.rows == [
        ShadowRow("EMAIL_ADDRESS", "assist", 4, 5),
        ShadowRow("EMAIL_ADDRESS", "support", 0, 6),
        ShadowRow("IBAN_CODE", "assist", 3, 0),
    ]
