"""Checks that secrets share: what is random, what stands for something real."""

import pytest

from curtilage.detect import secrecy


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "<token>",
        "${TOKEN}",
        "{{ token }}",
        "xxxxxxxx",
        "your-api-key",
        "paste-it-here",
        "AKIAIOSFODNN7EXAMPLE",
        "aaaa",
    ],
)
def test_placeholders_are_known(value: str) -> None:
    assert secrecy.is_placeholder(value)


def test_a_generated_token_is_no_placeholder() -> None:
    assert not secrecy.is_placeholder("q8Zk2LmV7rT4")
    assert secrecy.is_token("q8Zk2LmV7rT4")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9f8a7b6c5d4e3f2a", True),
        ("kQzPwXrTbNmL", True),
        ("customer_order_reference", False),
        ("HTTPServerFactory", False),
        ("kqzpwxrtbnml", False),
        ("aaaabbbb1111", False),
        ("your-key-here-9f8a", False),
    ],
)
def test_what_a_machine_made_has_digits_or_both_cases_and_is_no_word(
    value: str, expected: bool
) -> None:
    assert secrecy.is_generated(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("q8Zk2LmV7rT4wXb9", True),
        ("fooBarBazQuxWords", False),
        ("q8zk2lmv7rt4wxb9", False),
        ("Aa1Aa1Aa1Aa1Aa1A", False),
    ],
)
def test_prefixes_that_words_have_too_ask_for_all_three_kinds_of_characters(
    value: str, expected: bool
) -> None:
    assert secrecy.is_random(value) is expected


def test_entropy_is_in_bits_for_each_character() -> None:
    assert secrecy.entropy("aaaa") == 0
    assert secrecy.entropy("abcd") == 2
    assert secrecy.is_plausible("q8Zk2LmV7rT4")
    assert not secrecy.is_plausible("qZkLmVrTwXbPnc")


@pytest.mark.parametrize(
    ("ids", "secret", "expected"),
    [
        ("1234567890-1234567890123", "q8Zk2LmV7rT4wXb9Pnc3YdHs", True),
        ("A0123456789-1234567890123", "q8Zk2LmV7rT4wXb9Pnc3YdHs", True),
        ("1234567890-1234567890123", "xxxxxxxxxxxxxxxxxxxxxxxx", False),
        ("1234567890-1234567890123", "abcdefghijklmnopqrstuvwx", False),
        ("1234567890-1234567890123", "your-token-goes-here", False),
        ("1234567890-1234567890123", "1234567890", False),
    ],
)
def test_ids_that_count_up_say_nothing_of_the_secret_behind_them(
    ids: str, secret: str, expected: bool
) -> None:
    assert secrecy.is_token_behind_ids("-".join(("xox" + "b", ids, secret))) is expected
