"""Which passphrases are accepted. Pure; nothing is asked of anybody outside.

NIST SP 800-63B-4 §3.1.1: at least 15 characters where it is the only factor, 8
where another is enforced beside it, no rules of composition, every character
allowed, compared as a whole with what is common or near at hand. The lists are
short and our own; what people make up by repeating and counting is found by rule.
"""

import unicodedata
from collections.abc import Iterable
from importlib.resources import files

from curtilage.core.words import say
from curtilage.identity.errors import WeakPassphrase

LEAST = 15
LEAST_BESIDE_ANOTHER = 8  # and only where a second factor is asked for at every sign-in
MOST_BYTES = 1024  # a longer one is no passphrase, and costs us its hashing
SHORT = 8  # with fewer letters left, a passphrase has little of its own
SHORT_OF_FEW = 5  # and one of 8 to 14, of which a name takes a larger part
ROWS = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm" * 2,
    "qwertzuiopasdfghjklyxcvbnm" * 2,
    "azertyuiopqsdfghjklmwxcvbn" * 2,
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)
BOTH_WAYS = (*ROWS, *(row[::-1] for row in ROWS))
PIECE = 4


def normalise_passphrase(raw: str) -> bytes:
    """The one encoding that is hashed: NFC, UTF-8. Raises `WeakPassphrase` beyond the limit."""
    try:
        encoded = unicodedata.normalize("NFC", raw).encode() if len(raw) <= MOST_BYTES else b""
    except UnicodeEncodeError:  # a lone surrogate
        encoded = b""
    if raw and (not encoded or len(encoded) > MOST_BYTES):
        raise WeakPassphrase(
            say(
                "The passphrase is too long; expected at most {most} bytes.",
                most=MOST_BYTES,
            )
        )
    return encoded


def verify_new_passphrase(
    raw: str, *, common: Iterable[str], context: Iterable[str], least: int = LEAST
) -> bytes:
    """The bytes to hash, if nobody would guess it soon. Raises `WeakPassphrase`.

    `context` are words near at hand: the name, the product, the organisation. `least`
    characters: 8 where a second factor is enforced, and `common` then holds
    `read_common_passwords()` as well.
    """
    if least < LEAST_BESIDE_ANOTHER:
        raise ValueError("no passphrase may be shorter than 8 characters")
    encoded = normalise_passphrase(raw)
    if len(unicodedata.normalize("NFC", raw)) < least:
        raise WeakPassphrase(
            say("The passphrase is too short; expected at least {least} characters.", least=least)
        )
    plain = _plain(raw)
    if _is_repeated(plain) or _is_row(plain):
        raise WeakPassphrase(say("The passphrase repeats or counts; others would try that early."))
    if plain in {_plain(word) for word in common}:
        raise WeakPassphrase(say("The passphrase is a common one; others would try it early."))
    own = SHORT if least >= LEAST else SHORT_OF_FEW
    if _is_context(plain, [_plain(word) for word in context], own=own):
        raise WeakPassphrase(say("The passphrase is made of the name or the product."))
    return encoded


def _plain(text: str) -> str:
    """How guesses are spelt does not matter: small letters, spaces and punctuation left out.

    What is nearly all punctuation stays as it is.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(character for character in folded if character.isalnum())
    return letters if len(letters) >= SHORT else folded


def _is_repeated(plain: str) -> bool:
    return any(
        plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2 + 1)
    )


def _is_row(plain: str) -> bool:
    """True where all of it counts or runs along the keyboard, in pieces of four or more."""
    rest = plain
    while len(rest) >= PIECE:
        size = _run_length(rest)
        if size < PIECE:
            return False
        rest = rest[size:]
    return True


def _run_length(text: str) -> int:
    size = 0
    while size < len(text) and any(text[: size + 1] in row for row in BOTH_WAYS):
        size += 1
    return size


def _is_context(plain: str, words: list[str], *, own: int) -> bool:
    """True where fewer than `own` are left once the words near at hand are taken out."""
    rest = plain
    for word in sorted(filter(None, words), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < own and rest != plain


def read_common() -> frozenset[str]:
    """The bundled list of common passphrases, of 15 characters and more."""
    return _read_list("common_passphrases.txt")


def read_common_passwords() -> frozenset[str]:
    """The bundled list of common passwords of 8 to 14 characters."""
    return _read_list("common_passwords.txt")


def _read_list(name: str) -> frozenset[str]:
    text = (files("curtilage.identity") / name).read_text(encoding="utf-8")
    return frozenset(
        line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
