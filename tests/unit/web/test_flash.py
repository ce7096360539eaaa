import pytest

from curtilage.core.page import Flash
from curtilage.web.flash import encode_flash, find_flash

KEY = b"k" * 32


@pytest.mark.parametrize("tone", ["good", "attention", "danger", "information"])
def test_a_sentence_reaches_the_next_page(tone: str) -> None:
    flash = Flash('Der Schlüssel „Empfang“ wurde widerrufen; "fertig".', tone)
    assert find_flash(KEY, encode_flash(KEY, flash)) == flash


def test_the_cookie_needs_no_quoting() -> None:
    raw = encode_flash(KEY, Flash('a; b=c, "d"\r\nSet-Cookie: x=y'))
    assert raw.replace("-", "").replace("_", "").rstrip("=").isalnum()


@pytest.mark.parametrize("raw", ["", "x", "ä", "A" * 43, "A" * 200, "====", "{}"])
def test_what_we_did_not_write_says_nothing(raw: str) -> None:
    assert find_flash(KEY, raw) is None


def test_a_sentence_under_another_key_says_nothing() -> None:
    assert find_flash(b"x" * 32, encode_flash(KEY, Flash("Hello"))) is None


def test_an_unknown_tone_says_nothing() -> None:
    assert find_flash(KEY, encode_flash(KEY, Flash("Hello", "shouting"))) is None
