"""Hostile input: work grows with length, not faster. Work is counted, not timed."""

import pytest

from tests.counting import calls
from tests.unit.detect.engines import fast

HOSTILE = {
    "addresses without end": "a@",
    "digits": "1",
    "dots": ".",
    "digits and dots": "1.",
    "digits and spaces": "1 ",
    "card beginnings": "4111 ",
    "IBAN beginnings": "DE89 ",
    "phone beginnings": "+49 30 ",
    "local parts": "a.",
    "keys begun": "-----BEGIN PRIVATE KEY-----",
    "passwords begun": 'password="',
    "database addresses begun": "postgres://a:",
    "tokens": "eyJhbGciOiJIUzI1NiJ9.",
    "hex": "a1:b2:",
    "zone": "A<1",
    "columns": "1,",
    "rows": "ssn,1\n",
    "braces": "${",
    "words": "ssn ",
    "word and numbers": "ssn 536904399 ",
    "capitals": "A1",
    "web addresses": "http://a:b@",
    "digits and slashes": "2/7254219871193463/8917",
    "groups of digits": "83 914 914 571 67914 571 673,1 673,, 46  3,, 46  ",
    "words of a wallet": "absurd abandon ",
    "a wallet's words, named": "wallet absurd abandon ",
    "numbers in prose": "see 443100475 there ",
    "names of passwords": "password token ",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_twice_the_text_takes_no_more_than_about_twice_the_work(name: str) -> None:
    def text(size: int) -> str:
        return HOSTILE[name] * (size // len(HOSTILE[name]))

    fast().scan(text(6_000))
    short = calls(lambda: fast().scan(text(6_000)))
    long = calls(lambda: fast().scan(text(24_000)))
    assert long < 6 * short + 2_000


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hundred_kilobytes_are_read_to_the_end(name: str) -> None:
    piece = HOSTILE[name]
    text = piece * (100_000 // len(piece)) + " ada@example.org "
    assert any(item.end >= len(text) - 2 for item in fast().scan(text))


@pytest.mark.parametrize("escape", ["\\n", "\\\\", "\\", "%41", "&#64;", "&", "%", "4\u200b"])
def test_unfolding_escapes_takes_work_in_proportion_to_the_text(escape: str) -> None:
    short = calls(lambda: fast().scan(escape * 2_000))
    long = calls(lambda: fast().scan(escape * 8_000))
    assert long < 6 * short + 2_000


@pytest.mark.parametrize("cell", ["a@b.de;", "4111 1111 1111 1111,", "+49 30 901820123|"])
def test_a_row_as_long_as_the_text_is_read_once(cell: str) -> None:
    def rows(count: int) -> str:
        row = cell * count
        return f"card email phone\n{row}\n{row}\n"

    fast().scan(rows(200))
    short = calls(lambda: fast().scan(rows(200)))
    long = calls(lambda: fast().scan(rows(800)))
    assert long < 6 * short + 2_000


@pytest.mark.parametrize(
    "sentence",
    [
        "这是一个普通的句子，没有任何个人信息。",
        "Это обычное предложение. ",
        "Schöne Grüße über den Fluss. ",
    ],
)
def test_another_script_takes_no_more_work_than_ours(sentence: str) -> None:
    ours = "This is an ordinary sentence. "
    fast().scan(sentence)
    takes = [
        calls(lambda text=text: fast().scan(text * (6_000 // len(text))))
        for text in (ours, sentence)
    ]
    assert takes[1] < 2 * takes[0] + 500
