import base64
import codecs

import pytest

from curtilage.detect.hostile.canary import RANDOM_SIZE, CanaryKey

KEY = CanaryKey(b"a key of sixteen")
TOKEN = KEY.mint(b"\x01\x02\x03\x04\x05\x06\x07")


@pytest.mark.parametrize(
    ("name", "dressed"),
    [
        ("canary", TOKEN),
        ("canary", TOKEN.upper()),
        ("canary", " ".join(TOKEN)),
        ("canary", TOKEN.replace("-", "")),
        ("canary", "\n".join(TOKEN.split("-"))),
        ("canary-reversed", TOKEN[::-1]),
        ("canary-rot13", codecs.encode(TOKEN, "rot13")),
        ("canary-encoded", TOKEN.encode().hex()),
        ("canary-encoded", base64.b64encode(f"x{TOKEN}".encode()).decode()),
        ("canary-encoded", base64.urlsafe_b64encode(TOKEN.encode()).decode().rstrip("=")),
    ],
)
def test_a_canary_is_found_in_any_dress(name: str, dressed: str) -> None:
    text = f"1. {dressed} = 1"
    (reason,) = KEY.find(text)
    assert reason.name == name
    assert text[reason.start : reason.end].strip() in dressed


def test_each_place_is_told_and_no_other() -> None:
    text = f"{TOKEN} and {TOKEN}"
    assert [text[reason.start : reason.end] for reason in KEY.find(text)] == [TOKEN, TOKEN]


def test_one_character_off_is_no_canary() -> None:
    for place, char in enumerate(TOKEN):
        if char != "-":
            other = "a" if char != "a" else "b"
            assert list(KEY.find(TOKEN[:place] + other + TOKEN[place + 1 :])) == []


def test_another_key_neither_finds_nor_mints_it() -> None:
    other = CanaryKey(b"another key, longer")
    assert list(other.find(TOKEN)) == []
    assert list(KEY.find(other.mint(b"\x01" * RANDOM_SIZE))) == []


def test_half_a_canary_is_none() -> None:
    assert list(KEY.find(TOKEN[: len(TOKEN) // 2])) == []


def test_the_key_is_not_shown() -> None:
    assert "sixteen" not in repr(KEY)


@pytest.mark.parametrize("size", [0, 15, 65])
def test_a_key_of_the_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        CanaryKey(b"k" * size)


def test_randomness_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="7 random bytes"):
        KEY.mint(b"short")


def test_a_capital_that_lowers_to_two_letters_shifts_nothing() -> None:
    text = f"İ {TOKEN}"
    (reason,) = KEY.find(text)
    assert text[reason.start : reason.end] == TOKEN
