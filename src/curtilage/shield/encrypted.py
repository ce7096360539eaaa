"""Values inside their own tokens: who holds the scope's key needs no map.

AES-SIV (RFC 5297) under a key of the scope: the same value gives the same
bytes, and what nobody with the key made does not open. The type goes in with
the value, because two types may share a label.
"""

from base64 import b32decode, b32encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from curtilage.shield.grammar import CIPHER_SYMBOLS, SYMBOLS

SIV_BYTES = 16
KEY_BYTES = 64  # two keys of 256 bits
PLAIN_LIMIT = CIPHER_SYMBOLS * 5 // 8 - SIV_BYTES  # bytes of type and value

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648 §6
_TO_SYMBOLS = str.maketrans(_BASE32, SYMBOLS)
_FROM_SYMBOLS = str.maketrans(SYMBOLS, _BASE32)


def encrypt_value(cipher: AESSIV, head: str, type: str, value: str) -> str | None:
    """The symbols of a value for the token that begins with `head`; None if too long."""
    plain = f"{type}\0{value}".encode("utf-8", "surrogatepass")
    if len(plain) > PLAIN_LIMIT:
        return None
    return _encode(cipher.encrypt(plain, [head.encode()]))


def decrypt_value(cipher: AESSIV, head: str, symbols: str) -> tuple[str, str] | None:
    """Type and value, or None for what this key did not make."""
    padding = "=" * (-len(symbols) % 8)
    try:
        sealed = b32decode(symbols.translate(_FROM_SYMBOLS) + padding)
        plain = cipher.decrypt(sealed, [head.encode()])
    except (ValueError, InvalidTag):
        return None
    if _encode(sealed) != symbols:  # bits beyond the last byte: another way to write it
        return None
    type, _, value = plain.decode("utf-8", "surrogatepass").partition("\0")
    return type, value


def _encode(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").translate(_TO_SYMBOLS)
