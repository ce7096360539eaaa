"""Seed phrases: the authors' own test vectors (BIP 39), and rows of words that are none."""

import hashlib
import random

import pytest

from curtilage.detect.mnemonic import COUNTS, WORDS, is_mnemonic, mnemonic_length

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "phrase",
    [
        PHRASE,
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal will",
        "abandon " * 23 + "art",
    ],
)
def test_published_phrases_hold(phrase: str) -> None:
    assert is_mnemonic(phrase)
    assert mnemonic_length(phrase + " and more") == len(phrase)


def test_the_list_is_the_published_one() -> None:
    words = WORDS.split()
    assert len(words) == len(set(words)) == 2048
    assert words == sorted(words)
    assert hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest() == (
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )


@pytest.mark.parametrize(
    "phrase",
    [
        PHRASE.replace("yellow", "year"),
        PHRASE.replace("winner", "winners"),
        " ".join(PHRASE.split()[:11]),
        "",
    ],
)
def test_a_row_of_other_words_is_none(phrase: str) -> None:
    assert not is_mnemonic(phrase)
    assert mnemonic_length(phrase) == 0


@pytest.mark.parametrize("count", COUNTS)
def test_rows_at_random_pass_as_seldom_as_their_checksum_says(count: int) -> None:
    rng, words = random.Random(count), WORDS.split()
    rows = [" ".join(rng.choices(words, k=count)) for _ in range(2000)]
    expected = 2000 / 2 ** (count // 3)
    assert abs(sum(map(is_mnemonic, rows)) - expected) < 4 * expected**0.5 + 1
