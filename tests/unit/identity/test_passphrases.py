"""Which passphrases are accepted."""

import pytest

from curtilage.identity.errors import WeakPassphrase
from curtilage.identity.passphrases import (
    LEAST,
    LEAST_BESIDE_ANOTHER,
    MOST_BYTES,
    normalise_passphrase,
    read_common,
    read_common_passwords,
    verify_new_passphrase,
)

pytestmark = [pytest.mark.requirement(37, 38)]

COMMON = read_common()
SHORT_ONES = read_common_passwords()
CONTEXT = ("curtilage", "Ada", "Lovelace", "Ada Lovelace")


def accept(raw: str) -> bytes:
    return verify_new_passphrase(raw, common=COMMON, context=CONTEXT)


def accept_beside_another(raw: str) -> bytes:
    return verify_new_passphrase(
        raw, common=COMMON | SHORT_ONES, context=CONTEXT, least=LEAST_BESIDE_ANOTHER
    )


@pytest.mark.parametrize(
    "raw",
    [
        "lantern gravel otter vowel",
        "ein völlig frei erfundener Satz",
        "これは長い合言葉です、たぶん誰も知らない",
        "  spaces count as they are  ",
        "x9#Kq!vB2$mZ7&pLw",
        "!\"#$%&'()*+,-./:;<=>?@",
        "w" * 7 + "lantern gravel" + "é" * 20,
        "a long one " + "lantern gravel otter vowel " * 20,
    ],
)
def test_any_characters_in_any_mixture_are_accepted(raw: str) -> None:
    assert accept(raw) == normalise_passphrase(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "too short"),
        ("lantern gravel", "too short"),
        ("x" * (MOST_BYTES + 1), "too long"),
        ("é" * (MOST_BYTES // 2 + 1), "too long"),
        ("lantern gravel otter \ud800", "too long"),
        ("a" * 20, "repeats"),
        ("abcabcabcabcabcabc", "repeats"),
        ("Curtilage curtilage", "repeats"),
        ("!!!!!!!!!!!!!!!!!!", "repeats"),
        ("12345678901234567890", "counts"),
        ("qwertyuiopasdfgh", "counts"),
        ("fghjklqwertyuiop12", "counts"),
        ("lkjhgfdsapoiuytrewq", "counts"),
        ("correct horse battery staple", "common"),
        ("Correct-Horse-Battery-Staple!", "common"),
        ("CORRECTHORSEBATTERYSTAPLE", "common"),
        ("Ada Lovelace 1815", "name"),
        ("ada-lovelace-curtilage", "name"),
    ],
)
def test_what_others_would_try_early_is_refused_and_says_why(raw: str, words: str) -> None:
    with pytest.raises(WeakPassphrase) as refused:
        accept(raw)
    assert words in refused.value.detail
    assert not raw or raw not in refused.value.detail


def test_two_spellings_of_one_character_are_one() -> None:
    composed, decomposed = "café lantern gravel", "cafe\u0301 lantern gravel"
    assert normalise_passphrase(composed) == normalise_passphrase(decomposed)


def test_nothing_is_cut_off() -> None:
    long = "lantern gravel otter vowel " * 37
    assert normalise_passphrase(long) != normalise_passphrase(long[:-1])
    assert len(normalise_passphrase("x" * MOST_BYTES)) == MOST_BYTES


def test_an_empty_passphrase_is_compared_like_any_other() -> None:
    assert normalise_passphrase("") == b""


def test_the_bundled_list_holds_only_what_could_be_chosen() -> None:
    assert len(COMMON) > 500
    assert all(len(word) >= LEAST for word in COMMON)


@pytest.mark.parametrize("word", sorted(COMMON)[::40])
def test_every_bundled_word_is_refused(word: str) -> None:
    with pytest.raises(WeakPassphrase):
        accept(word)


@pytest.mark.parametrize(
    "raw", ["otter-vo", "zwölfelf", "adamantine", "x9#Kq!vB", "7 gravel", "合言葉は山と川だよ", "lantern gravel otter"]
)  # fmt: skip
def test_eight_characters_are_enough_beside_another_factor_and_only_there(raw: str) -> None:
    assert accept_beside_another(raw) == normalise_passphrase(raw)
    if len(raw) < LEAST:
        with pytest.raises(WeakPassphrase, match="at least 15"):
            accept(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("otter-v", "at least 8"),
        ("12345678", "counts"),
        ("qwertzui", "counts"),
        ("abcabcab", "repeats"),
        ("zzzzzzzz", "repeats"),
        ("Password", "common"),
        ("PASSWORD123", "common"),
        ("P@ssw0rd!", "common"),
        ("correcthorsebatterystaple", "common"),
        ("curtilage", "name"),
        ("lovelace1815", "name"),
        ("Ada-Lovelace", "name"),
    ],
)
def test_short_ones_that_others_would_try_early_are_refused(raw: str, words: str) -> None:
    with pytest.raises(WeakPassphrase, match=words):
        accept_beside_another(raw)


def test_fewer_than_eight_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="8"):
        verify_new_passphrase("lantern", common=(), context=(), least=7)


def test_the_list_of_short_ones_holds_what_could_be_chosen_and_no_rule_finds() -> None:
    assert len(SHORT_ONES) > 500
    assert all(LEAST_BESIDE_ANOTHER <= len(word) < LEAST for word in SHORT_ONES)
    for word in SHORT_ONES:
        found = verify_new_passphrase(word, common=(), context=(), least=LEAST_BESIDE_ANOTHER)
        assert found == normalise_passphrase(word)


@pytest.mark.parametrize("word", sorted(SHORT_ONES)[::60])
def test_every_short_one_is_refused(word: str) -> None:
    with pytest.raises(WeakPassphrase, match="common"):
        accept_beside_another(word)
