"""The normal form of a value: what different spellings of one value share.

Two spellings with one normal form get one body in their tokens, so a model
sees that they are the same; the variant keeps them apart, so restoring is
exact whatever is decided here. It only has to be stable.
"""

import re
import unicodedata
from collections.abc import Callable

Normaliser = Callable[[str], str]

# Case and punctuation carry the value: secrets, wallets, what is quoted as it stands.
_EXACT = frozenset({"LITERAL", "CRYPTO", "CRYPTO_WIF", "COOKIE", "URL_USERINFO"})
# Separators carry the value (1.11.1.1 is not 11.1.1.1), or it is words.
_WORDS = frozenset(
    {
        "PERSON",
        "STREET_ADDRESS",
        "USERNAME",
        "NRP",
        "GENDER",
        "SPECIAL_CATEGORY",
        "LOCATION",
        "LOCATION_GPS",
        "DATE_OF_BIRTH",
        "DATE_TIME",
        "AGE",
        "IP_ADDRESS",
        "EMAIL_ADDRESS",
        "URL",
        "SEED_PHRASE",
        "CARD_EXPIRY",
    }
)
_SEPARATORS = re.compile(r"[\s\-./()\u2010-\u2015]+")


def normaliser_of(type: str) -> Normaliser:
    """How values of a type are brought to their normal form."""
    if type in _EXACT or type.startswith("SEC_"):
        return _as_it_is
    return _words if type in _WORDS else _identifier


def _as_it_is(value: str) -> str:
    return value


def _words(value: str) -> str:
    """One space between words, lower case. Mailbox names too: hosts ignore their case."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return " ".join(value.casefold().split())


def _identifier(value: str) -> str:
    """As people write it without separators, in capitals: DE89370400440532013000."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return _SEPARATORS.sub("", value).upper()
