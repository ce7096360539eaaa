"""Several finders as one: who wins where two overlap, and what is left of the other."""

import base64
import itertools
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from curtilage.core.models import Finding
from curtilage.detect.custom.finder import Allowed, CustomFinder
from curtilage.detect.custom.parse import parse_rules
from curtilage.detect.scanner import Scanner, merge_findings
from tests.unit.detect.engines import fast, whole

TEXT = "Write to Ada Lovelace, 12 Low Road, Bern."


def found(part: str, kind: str, score: float, category: str = "user.name") -> Finding:
    start = TEXT.index(part)
    return Finding(start, start + len(part), kind, score, category, f"test.{kind}")


def merged(*findings: Finding) -> list[tuple[str, str]]:
    return [(item.type, TEXT[item.start : item.end]) for item in merge_findings(TEXT, findings)]


def test_what_lies_apart_stays_in_the_order_of_the_text() -> None:
    assert merged(found("Bern", "LOCATION", 0.5), found("Ada Lovelace", "PERSON", 0.9)) == [
        ("PERSON", "Ada Lovelace"),
        ("LOCATION", "Bern"),
    ]


def test_of_two_for_one_span_the_surer_stays() -> None:
    assert merged(found("Bern", "LOCATION", 0.5), found("Bern", "PERSON", 0.9)) == [
        ("PERSON", "Bern")
    ]


def test_of_two_that_are_as_sure_the_longer_stays() -> None:
    address = found("12 Low Road, Bern", "STREET_ADDRESS", 0.8)
    assert merged(found("Bern", "LOCATION", 0.8), address) == [
        ("STREET_ADDRESS", "12 Low Road, Bern")
    ]


def test_who_lost_whole_by_little_is_remembered_and_who_is_left_in_part_is_found_there() -> None:
    sure, loser = found("Bern", "LOCATION", 0.8), found("Bern", "PERSON", 0.7)
    (won,) = merge_findings(TEXT, [loser, sure])
    assert won.type == "LOCATION" and won.rivals == (loser,)
    assert merge_findings(TEXT, [won, loser]) == (won,)
    assert merge_findings(TEXT, [sure, loser._replace(score=0.5)]) == (sure,)
    longer = found("Low Road, Bern", "PERSON", 0.7)
    assert [item.rivals for item in merge_findings(TEXT, [sure, longer])] == [(), ()]


def test_a_number_that_may_be_two_things_says_so() -> None:
    (number,) = fast().scan("What is 123456782?")  # the check digits of both hold
    kinds = {number.type, *(each.type for each in number.rivals)}
    assert len(kinds) > 1 and all(each.rivals == () for each in number.rivals)
    assert len({(each.start, each.end) for each in (number, *number.rivals)}) == 1
    assert fast().scan("Mail ada@orchard.example")[0].rivals == ()


def test_what_is_left_of_the_loser_stays_found() -> None:
    sure, loser = found("Ada", "PERSON", 0.9), found("Ada Lovelace, 12", "LOCATION", 0.4)
    assert merged(sure, loser) == [("PERSON", "Ada"), ("LOCATION", "Lovelace, 12")]


def test_a_loser_is_left_on_both_sides() -> None:
    sure, loser = found("Lovelace", "PERSON", 0.9), found("Ada Lovelace, 12 Low", "LOCATION", 0.4)
    assert merged(sure, loser) == [
        ("LOCATION", "Ada"),
        ("PERSON", "Lovelace"),
        ("LOCATION", "12 Low"),
    ]


def test_a_number_that_is_left_of_an_address_belongs_to_one_beside_it_or_to_nothing() -> None:
    street, loser = found("Low Road", "STREET_ADDRESS", 0.9), found("12 Low", "STREET_ADDRESS", 0.4)
    assert merged(street, loser) == [("STREET_ADDRESS", "12 Low Road")]
    behind = found("Road, Bern", "STREET_ADDRESS", 0.4)
    assert merged(street, behind) == [("STREET_ADDRESS", "Low Road, Bern")]
    name, guess = found("Lovelace", "PERSON", 0.9), found("Lovelace, 12", "STREET_ADDRESS", 0.4)
    assert merged(name, guess) == [("PERSON", "Lovelace")]


def test_a_letter_or_a_comma_is_not_worth_keeping() -> None:
    sure, loser = found("Ada Lovelace", "PERSON", 0.9), found("Ada Lovelace, 1", "LOCATION", 0.4)
    assert merged(sure, loser) == [("PERSON", "Ada Lovelace")]


def test_a_secret_wins_over_whatever_is_surer() -> None:
    secret = found("Low Road", "SEC_PASSWORD_ASSIGN", 0.5, "secret.password")
    assert merged(found("12 Low Road, Bern", "STREET_ADDRESS", 1.0), secret) == [
        ("SEC_PASSWORD_ASSIGN", "Low Road"),
        ("STREET_ADDRESS", "Bern"),
    ]


def test_evidence_wins_checked_before_named_before_words_before_mere_form() -> None:
    words = found("12 Low Road, Bern", "STREET_ADDRESS", 0.99)._replace(detector="phrases.X")
    checked, named = found("Low Road", "HAS_CHECK", 0.5), found("Low Road", "NAMED", 0.85)
    mere = found("Low Road", "FORM", 0.6)

    def first(*findings: Finding) -> str:
        kept = merge_findings(TEXT, findings, {"HAS_CHECK"})
        return next(item.type for item in kept if item.start <= TEXT.index("Low Road") < item.end)

    assert first(words, checked, mere) == "HAS_CHECK"
    assert first(named, checked) == "HAS_CHECK"
    assert first(words, named, mere) == "NAMED"
    assert first(words, mere) == "STREET_ADDRESS"


def test_a_hidden_number_with_a_check_is_no_part_of_an_address() -> None:
    found_here = everything("Address: 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 Low Road")
    assert ("CREDIT_CARD", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1") in found_here


def test_the_findings_of_all_finders_come_together() -> None:
    scanner = Scanner(
        fast(),
        free_text=(
            lambda _: (found("Ada Lovelace", "PERSON", 0.9),),
            lambda _: (found("Bern", "LOCATION", 0.5),),
        ),
    )
    assert [item.type for item in scanner.scan(TEXT)] == ["PERSON", "LOCATION"]


def everything(text: str) -> list[tuple[str, str]]:
    return [(item.type, text[item.start : item.end]) for item in whole().scan(text)]


def test_patterns_phrases_and_hidden_text_are_found_in_one_go() -> None:
    card = base64.b64encode(b"my card is 4111 1111 1111 1111, thanks").decode()
    text = f"Mail ada@example.org by 3 May 2026: {card}"
    assert everything(text) == [
        ("EMAIL_ADDRESS", "ada@example.org"),
        ("DATE_TIME", "3 May 2026"),
        ("CREDIT_CARD", card),
    ]


def test_a_reading_is_named_by_the_finding_it_gave() -> None:
    card = base64.b64encode(b"my card is 4111 1111 1111 1111, thanks").decode()
    (item,) = (item for item in whole().scan(card) if item.type == "CREDIT_CARD")
    assert "base64" in item.detector


def test_rules_of_ones_own_find_and_allow() -> None:
    rules = parse_rules(
        '[[rules]]\ntype = "CODE_NAME"\nentries = ["Blue Heron"]\ncategory = "organization.project"\n'
        '[[allow]]\nvalue = "press@example.org"\nreason = "public"\n',
        read_words=lambda _: [],
    )
    scanner = Scanner(
        fast(), custom=CustomFinder(rules), allowed=Allowed(rules.allowances, date(2027, 1, 1))
    )
    text = "Blue Heron: press@example.org, ada@example.org"
    assert [text[item.start : item.end] for item in scanner.scan(text)] == [
        "Blue Heron",
        "ada@example.org",
    ]
    assert scanner.categories["CODE_NAME"] == "organization.project"
    assert scanner.categories["EMAIL_ADDRESS"] == "user.contact.email"
    assert scanner.version == fast().version


spans = st.tuples(st.integers(0, 30), st.integers(1, 10), st.sampled_from([0.3, 0.5, 0.9]))


@given(st.lists(spans, max_size=12))
@example([(4, 10, 0.3), (5, 10, 0.3), (15, 2, 0.3), (16, 1, 0.5)])
def test_findings_never_overlap_and_all_that_is_worth_keeping_stays_covered(
    given_spans: list[tuple[int, int, float]],
) -> None:
    items = [
        Finding(start, start + size, f"T{size}", score, "user", "test")
        for start, size, score in given_spans
    ]
    text = "x" * 50
    kept = merge_findings(text, items)
    assert all(first.end <= second.start for first, second in itertools.pairwise(kept))
    covered = {place for item in kept for place in range(item.start, item.end)}
    asked = {place for item in items for place in range(item.start, item.end)}
    assert covered <= asked
    for item in items:  # of each no more than a letter between two others is left out
        left = [place for place in range(item.start, item.end) if place not in covered]
        assert all(second - first > 1 for first, second in itertools.pairwise(left))


def test_a_doubtful_guess_around_a_checked_value_leaves_nothing_behind() -> None:
    guess = found("12 Low Road, Bern", "STREET_ADDRESS", 0.55)._replace(detector="tagger.compact")
    value = found("12 Low", "HAS_CHECK", 0.9)
    assert [item.type for item in merge_findings(TEXT, [guess, value], {"HAS_CHECK"})] == [
        "HAS_CHECK"
    ]
    sure = merge_findings(TEXT, [guess._replace(score=0.7), value], {"HAS_CHECK"})
    assert [item.type for item in sure] == ["HAS_CHECK", "STREET_ADDRESS"]


def test_each_type_has_the_category_that_policies_know() -> None:
    text = "She is Muslim and works for Acme GmbH in Berlin; born 4 May 1990, 36 years old."
    declared = whole().categories
    found = whole().scan(text)
    assert {"SPECIAL_CATEGORY", "LOCATION", "AGE"} & {item.type for item in found}
    assert all(item.category == declared[item.type] for item in found)
