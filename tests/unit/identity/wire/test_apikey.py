"""API keys as text."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from curtilage.core.entropy import SystemEntropy
from curtilage.identity.errors import KeyReason, KeyRefused
from curtilage.identity.wire.apikey import DIGITS, encode_base62, mint_api_key, parse_api_key
from tests.fakes import FixedEntropy


class Same:
    """Gives the same byte again and again."""

    def __init__(self, byte: int) -> None:
        self._byte = byte

    def token_bytes(self, count: int) -> bytes:
        return bytes([self._byte]) * count


def test_a_key_has_prefix_random_part_and_checksum_of_fixed_width() -> None:
    for byte in (0x00, 0x01, 0x7F, 0xFF):
        text = mint_api_key(Same(byte)).text
        assert re.fullmatch(r"cur_[0-9A-Za-z]{43}[0-9A-Za-z]{6}", text)


def test_a_scanner_can_verify_a_key_without_asking_anybody() -> None:
    text = mint_api_key(SystemEntropy()).text
    body, checksum = text[4:47], text[47:]
    value = 0
    for digit in checksum:
        value = value * 62 + DIGITS.index(digit)
    assert value == crc32(body.encode())


def test_the_random_part_holds_all_256_bits() -> None:
    text = mint_api_key(FixedEntropy()).text
    value = 0
    for digit in text[4:47]:
        value = value * 62 + DIGITS.index(digit)
    assert value.to_bytes(32, "big") == FixedEntropy().token_bytes(32)


def test_a_parsed_key_gives_the_digest_that_is_kept() -> None:
    minted = mint_api_key(SystemEntropy())
    assert parse_api_key(minted.text) == minted.digest
    assert minted.digest == hashlib.sha256(minted.text.encode()).digest()


def test_two_keys_differ() -> None:
    entropy = FixedEntropy()
    assert mint_api_key(entropy).digest != mint_api_key(entropy).digest


def test_a_minted_key_does_not_show_itself() -> None:
    minted = mint_api_key(FixedEntropy())
    assert minted.text not in repr(minted)
    assert repr(minted.digest) not in repr(minted)


def _with_checksum(body: str) -> str:
    return f"cur_{body}{encode_base62(crc32(body.encode()), 6)}"


GOOD = mint_api_key(FixedEntropy()).text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cur_",
        GOOD[:-1],
        GOOD + "0",
        GOOD + "\n",
        " " + GOOD,
        GOOD.upper(),
        "CUR_" + GOOD[4:],
        "sk-" + GOOD[4:],
        GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"),
        GOOD[:4] + ("0" if GOOD[4] != "0" else "1") + GOOD[5:],
        GOOD[:10] + "é" + GOOD[11:],
        GOOD[:10] + "-" + GOOD[11:],
        "cur_" + "٣" * 49,
        _with_checksum("z" * 43),
        _with_checksum(encode_base62(2**256, 43)),
    ],
)
def test_what_is_no_key_is_refused_without_being_looked_up(text: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        parse_api_key(text)
    assert refused.value.reason is KeyReason.MALFORMED
    assert not text or text not in str(refused.value)


def test_the_largest_random_part_is_a_key() -> None:
    assert parse_api_key(_with_checksum(encode_base62(2**256 - 1, 43)))


def test_the_code_of_the_guide_tells_a_key_from_something_alike() -> None:
    guide = Path(__file__).parents[4] / "docs" / "how-to" / "make-and-revoke-keys.md"
    (block,) = re.findall(r"```python\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Callable[[str], bool]] = {}
    exec(block, names)
    assert names["is_key"](GOOD)
    assert not names["is_key"](GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"))
