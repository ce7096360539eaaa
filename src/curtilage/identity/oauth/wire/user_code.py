"""Codes that people type from one screen to another (RFC 8628 §6.1).

Eight consonants of twenty: 34 bits, no vowels that would make words, no digit that looks
like a letter. Case, dashes and spaces do not count.
"""

import re

from curtilage.core.entropy import Entropy

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
_SEPARATORS = re.compile(r"[\s\-.]+")


def mint_user_code(entropy: Entropy) -> str:
    """A code as it is shown, `WDJB-MJHT`. Every letter is equally likely."""
    letters = ""
    while len(letters) < LENGTH:
        for byte in entropy.token_bytes(LENGTH * 2):
            if byte < 240 and len(letters) < LENGTH:  # 240 is the last multiple of 20
                letters += ALPHABET[byte % 20]
    return f"{letters[:4]}-{letters[4:]}"


def find_user_code(typed: str) -> str | None:
    """The code without separators and in capitals; None for what is none."""
    if len(typed) > 32:
        return None
    letters = _SEPARATORS.sub("", typed).upper()
    is_code = len(letters) == LENGTH and set(letters) <= set(ALPHABET)
    return letters if is_code else None
