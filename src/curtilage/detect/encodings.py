"""Self-checking encodings of keys and addresses: base58check, bech32, EIP-55."""

import hashlib

_BASE58 = {
    char: value
    for value, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32 = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)  # BIP 173
_BECH32M = 0x2BC830A3  # BIP 350


def base58check(value: str) -> bytes | None:
    """The payload with its version byte; None where the double SHA-256 does not hold."""
    number = 0
    for char in value:
        digit = _BASE58.get(char)
        if digit is None:
            return None
        number = number * 58 + digit
    zeros = len(value) - len(value.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    payload, checksum = raw[:-4], raw[-4:]
    if hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] != checksum:
        return None
    return payload


def is_bech32(value: str) -> bool:
    """BIP 173 or BIP 350, in one case."""
    prefix, one, data = value.rpartition("1")
    if not one or any(char not in _BECH32 for char in data):
        return False
    values = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    return _polymod(values + [_BECH32[char] for char in data]) in (1, _BECH32M)


def _polymod(values: list[int]) -> int:
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                state ^= generator
    return state
