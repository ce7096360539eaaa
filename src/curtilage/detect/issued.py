"""What issuers build into tokens: checksums, headers, structures no chance makes."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from zlib import crc32

from curtilage.detect.checksums import BASE36
from curtilage.detect.secrecy import entropy, is_placeholder, is_token

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHORTEST_KEY_BODY = 64  # characters of base64; the shortest real key, Ed25519 in PKCS#8, has 64
_PFX = re.compile(rb"\x30(?:\x82..|\x81.|\x83...|\x80)\x02\x01\x03\x30", re.DOTALL)
_STORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")


def has_crc32_suffix(value: str, *, body_length: int = 30) -> bool:
    """Whether the last six characters are the CRC-32 of those before, in base 62.

    GitHub blog, "Behind GitHub's new authentication token formats" (2021); npm uses the same.
    """
    body, suffix = value[-6 - body_length : -6], value[-6:]
    rest, checksum = crc32(body.encode("ascii")), ""
    while rest:
        rest, digit = divmod(rest, 62)
        checksum = BASE62[digit] + checksum
    return checksum.rjust(6, "0") == suffix


def has_grafana_crc32(value: str) -> bool:
    """Whether the last eight digits are the CRC-32 of what stands before their `_`.

    Grafana, pkg/components/satokengen: little-endian, hexadecimal.
    """
    body, _, checksum = value.rpartition("_")
    return crc32(body.encode("ascii")).to_bytes(4, "little").hex() == checksum.lower()


def has_gitlab_crc32(value: str) -> bool:
    """Whether a routable token names the length of its payload, and its own CRC-32.

    GitLab design document "Routable tokens": `prefix-payload.[version.]LLCCCCCCC` in base 36.
    """
    parts = value.partition("-")[2].split(".")
    length, checksum = parts[-1][:2], parts[-1][2:]
    return (
        len(parts) in (2, 3)
        and _in_base36(len(parts[0]), 2) == length
        and _in_base36(crc32(value[:-7].encode("ascii")), 7) == checksum
    )


def _in_base36(number: int, width: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = BASE36[digit] + text
    return text.rjust(width, "0").lower()


def aws_account(key_id: str) -> int | None:
    """The number of the account that a newer access key id holds; None of an older one.

    Bit 20 tells the generation, the forty behind it are the account (Tal Be'ery, "A short note
    on AWS KEY ID"; WithSecure Labs, "A bitwise analysis of AWS access key identifiers").
    """
    body = base64.b32decode(key_id[4:20])
    if not body[0] & 0x80:
        return None
    return int.from_bytes(body[:6], "big") >> 7 & (1 << 40) - 1


def may_be_of_aws(key_id: str) -> bool:
    """Whether the account in an access key id, if it holds one, has twelve digits."""
    account = aws_account(key_id)
    return account is None or account < 10**12


def is_grafana_record(value: str) -> bool:
    """What stands behind the prefix is JSON with a key and a name: cloud tokens, old API keys."""
    record = _record(decode_base64(value.removeprefix("glc_")))
    return {"k", "n"} <= record.keys()


def is_sentry_record(value: str) -> bool:
    """`sntrys_`, JSON with time and organisation, `_`, a secret (Sentry RFC 0091)."""
    record = _record(decode_base64(value.removeprefix("sntrys_").rpartition("_")[0]))
    return {"iat", "org"} <= record.keys()


def _record(raw: bytes | None) -> Mapping[str, object]:
    """An object in JSON; empty where it is none."""
    try:
        record = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def decode_base64url(value: str) -> bytes | None:
    """The bytes, with or without padding; None where it is not base64url."""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_base64(value: str) -> bytes | None:
    """The bytes, with or without padding and line breaks; None where it is not base64."""
    packed = "".join(value.split())
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def is_jwt(value: str) -> bool:
    """A header that is JSON with `alg` (RFC 7515 §4.1.1), and three or five parts."""
    parts = value.split(".")
    if len(parts) not in (3, 5):
        return False
    return "alg" in _record(decode_base64url(parts[0]))


def is_pem(value: str) -> bool:
    """A body of base64 that is long enough for a key."""
    body = value.partition("KEY")[2].partition("-----")[2].partition("-----END")[0]
    lines = [line for line in re.split(r"[\r\n]+|\\+[rn]", body) if ":" not in line]
    packed = re.sub(r"[^0-9A-Za-z+/=]", "", "".join(lines))
    return (
        len(packed) >= SHORTEST_KEY_BODY
        and entropy(packed[:200]) > 3.5
        and not is_placeholder(packed[:40])
    )


def is_key_store(value: str) -> bool:
    """The head of PKCS #12 (RFC 7292 §4: a sequence, version 3) or of Java's key stores."""
    head = decode_base64(value[: len(value) // 4 * 4])
    return head is not None and (_PFX.match(head) is not None or head.startswith(_STORES))


def is_secret_manifest(value: str) -> bool:
    """Entries of a Kubernetes Secret, at least one of which is no placeholder."""
    values = [line.partition(":")[2].strip(" \t\r\"',") for line in value.splitlines()]
    return any(len(each) >= 4 and not is_placeholder(each) for each in values)


def is_storage_key(value: str) -> bool:
    """64 bytes in base64, as Azure's accounts have; 32 in those of its message services."""
    raw = decode_base64(value)
    return raw is not None and len(raw) in (32, 64) and entropy(value) > 4


def is_bedrock(value: str) -> bool:
    """Base64 behind its prefix."""
    return bool(decode_base64(value[4:])) and is_token(value)


def is_discord(value: str) -> bool:
    """The first segment is the bot's numeric id in base64."""
    head = decode_base64url(value.partition(".")[0])
    return head is not None and head.isdigit()
