"""What comes first, and what a hostile header leads to: a tag of ours, always."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.web.choosing import (
    LONGEST,
    MOST_RANGES,
    choose_tag,
    look_up,
    parse_accept_language,
    parse_locales,
)

OURS = ("en", "de", "fr", "es")


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("de-CH-1996, fr;q=0.9", "de"),
        ("fr;q=0.3, es;q=0.8", "es"),
        ("fr;q=0.5,es;q=0.5", "fr"),
        ("it, pt;q=0.9, fr;q=0.1", "fr"),
        ("it, pt", "en"),
        ("zh-Hant-TW", "en"),
        ("dezign", "en"),
        ("*", "en"),
        ("*, de;q=0.1", "de"),
        ("de;q=0", "en"),
        ("de;q=0, fr", "fr"),
        ("de-CH, de;q=0", "en"),
        ("de;q=0.000, es;q=0.001", "es"),
        ("en;q=0, de", "de"),
        ("en;q=0", "en"),
        (" fr ; q=1.000 , de;q=0.9", "fr"),
        ("fr;Q=0.2, de;q=0.1", "fr"),
    ],
)
def test_a_browser_gets_the_language_that_it_wants_most(header: str, tag: str) -> None:
    assert choose_tag(OURS, accepted=header) == tag


@pytest.mark.parametrize(
    "header",
    [
        "de;q=2",
        "de;q=-1",
        "de;q=nan",
        "de;q=0.0001",
        "de;level=1",
        "de;q=",
        "de;",
        "de_DE",
        "de-" + "x" * 9,
        "../../etc/de",
        "de\x00",
        "de\r\nset-cookie: x",
        '"><script>',
        "ｄｅ",
        "-de",
        "de-",
        ",;,;,",
    ],
)
def test_what_cannot_be_read_is_passed_over(header: str) -> None:
    assert choose_tag(OURS, accepted=header) == "en"
    assert choose_tag(OURS, accepted=f"{header}, fr;q=0.1") == "fr"


def test_what_is_looked_at_ends() -> None:
    assert choose_tag(OURS, accepted="x" * LONGEST + ",de") == "en"
    assert choose_tag(OURS, accepted="it," * MOST_RANGES + "de") == "en"
    assert choose_tag(OURS, accepted="it," * (MOST_RANGES - 1) + "de") == "de"
    assert len(parse_locales("it " * 10_000)) <= MOST_RANGES
    wanted, _ = parse_accept_language("it," * 10_000)
    assert len(wanted) <= MOST_RANGES


def test_a_choice_comes_before_an_app_and_an_app_before_the_browser() -> None:
    every = {"chosen": "fr", "asked": "es", "accepted": "de"}
    assert choose_tag(OURS, **every) == "fr"
    assert choose_tag(OURS, **every | {"chosen": ""}) == "es"
    assert choose_tag(OURS, **every | {"chosen": "", "asked": ""}) == "de"


@pytest.mark.parametrize("chosen", ["it", "DE", "de-AT", "de\n", "<de>"])
def test_a_cookie_that_is_none_of_our_tags_is_no_choice(chosen: str) -> None:
    assert choose_tag(OURS, chosen=chosen, accepted="fr") == "fr"


@pytest.mark.parametrize(
    ("asked", "tag"), [("it fr-CA de", "fr"), ("it", "es"), ("", "es"), ("FR,de", "es")]
)
def test_an_app_asks_by_tags_apart_by_spaces(asked: str, tag: str) -> None:
    assert choose_tag(OURS, asked=asked, accepted="es") == tag


def test_a_range_is_cut_from_its_end_with_the_letter_that_introduced_the_rest() -> None:
    assert look_up(("zh", "zh-Hant"), ["zh-Hant-CN-x-private1"]) == "zh-Hant"
    assert look_up(("a-b",), ["a-b-x-c"]) == "a-b"
    assert look_up(("en-a",), ["en-a-bbb"]) == ""  # RFC 4647 §3.4: a lone letter goes too


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=20))
def test_only_tags_of_ours_come_out(accepted: str, asked: str, chosen: str) -> None:
    assert choose_tag(OURS, accepted=accepted, asked=asked, chosen=chosen) in OURS
