"""Checks that secrets share: placeholders, entropy, suffix checksums, structures."""

import base64
import binascii
import json
import math
import re
from collections import Counter
from zlib import crc32

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VARIED = 8  # different characters in a generated token; a dozen hexadecimal digits have as many
SHORTEST_KEY_BODY = 64  # characters of base64; the shortest real key, Ed25519 in PKCS#8, has 64

# What stands for a secret in documentation, tests and templates; compared in lower case.
_PLACEHOLDERS = (
    "example", "sample", "placeholder", "changeme", "change_me", "change-me", "changeit", "your_", "your-", "-your", "_your",
    "mysecret", "my_secret", "my-secret", "mypassword", "my_password", "mytoken", "my_token", "mykey", "my_key", "my-key",
    "replace", "insert_", "insert-", "todo", "fixme", "redacted", "removed", "hidden", "dummy", "foobar", "xxxx", "****", "....",
    "1234567", "abcdef", "abcd1234", "000000", "testkey", "test_key", "test-key", "test_token", "test_secret", "test_password",
    "not_a_", "not-a-", "notreal", "fake",
)  # fmt: skip
_TEMPLATE_BEGINS = re.compile(r"<|[$][{(A-Z_]|[{]{2}|%[A-Z(]|#[{]|@|[$]$")
_PLAIN = re.compile(
    r"(?i:true|false|none|null|nil|undefined|required|optional|string|password|passwd|secret|token|invalid|expired|missing|incorrect|wrong|forgotten|reset|default|disabled|enabled|empty)[.!?,]?"
)
_REFERENCE = re.compile(
    r"(?:os|process|env|self|this|config|settings|request|req|params|args|secrets|vault|data|var|local|ctx|options|props|kwargs|body|event|user|getenv|input|form)(?:[.\[(]|->|::)|[A-Za-z_][A-Za-z0-9_]*[(]|[A-Za-z_][A-Za-z0-9_]*(?:[.][A-Za-z_][A-Za-z0-9_]*)+$"
)

_IDS = re.compile(r"-[A-Z0-9]{9,13}(?=-)")


def named(names: str, value: str) -> str:
    """A pattern for values that only a name before them tells from a hash: `name = "value"`.

    The name is a part of the pattern: to look at every long token costs more than all
    the other secrets together.
    """
    return (
        rf"(?:{names})[\"'\]]{{0,2}}[ ]{{0,3}}(?:[:=]|=>|:=|is)?[ ]{{0,3}}[\"']?(?P<value>{value})"
    )


def is_placeholder(value: str) -> bool:
    """Whether `value` stands for a secret rather than being one."""
    if _TEMPLATE_BEGINS.match(value) or value[-1] == ">" or len(set(value)) < 4:
        return True
    low = value.lower()
    for word in _PLACEHOLDERS:  # noqa: SIM110 - the hot path: no generator, no pattern
        if word in low:
            return True
    return False


def entropy(value: str) -> float:
    """Shannon's entropy of the characters, in bits each."""
    count = len(value)
    return -sum(times / count * math.log2(times / count) for times in Counter(value).values())


def is_plausible(value: str) -> bool:
    """Random enough for a generated token, and not a placeholder."""
    return (
        entropy(value) >= 3.0
        and any(char.isdigit() for char in value)
        and not is_placeholder(value)
    )


def is_token(value: str) -> bool:
    """A token whose prefix says what it is: anything but a placeholder."""
    return len(set(value)) >= VARIED and not is_placeholder(value)


def is_token_behind_ids(value: str) -> bool:
    """As `is_token`, of what is left without ids: they are public, and may count up.

    Slack's tokens name workspace, app and user before the secret; `1234567` in one says nothing."""
    return is_token(_IDS.sub("", value))


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


def decode_base64url(value: str) -> bytes | None:
    """The bytes, with or without padding; None where it is not base64url."""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def is_jwt(value: str) -> bool:
    """A header that is JSON with `alg` (RFC 7515 §4.1.1), and three or five parts."""
    parts = value.split(".")
    if len(parts) not in (3, 5):
        return False
    raw = decode_base64url(parts[0])
    try:
        header = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


def is_basic(value: str) -> bool:
    """Decodes to `user:password` in printable text (RFC 7617 §2)."""
    try:
        text = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return False
    user, colon, password = text.partition(":")
    return (
        bool(colon and password)
        and text.isprintable()
        and not is_placeholder(password)
        and user.lower() != password.lower()
    )


def is_userinfo(value: str) -> bool:
    """An address whose password is neither empty nor a placeholder."""
    info = value.partition("://")[2].rpartition("@")[0]
    password = info.partition(":")[2]
    if not password or password.lower() in _DEFAULTS:
        return False
    return not (is_placeholder(password) and len(set(password)) < 8) and not _TEMPLATE.search(
        password
    )


# What tutorials write in place of a password; with any of these nothing is given away.
_DEFAULTS = frozenset(
    {
        "password",
        "pass",
        "passwd",
        "pwd",
        "secret",
        "user",
        "username",
        "changeme",
        "yourpassword",
        "your_password",
        "your-password",
        "mypassword",
        "example",
        "xxx",
        "xxxx",
        "xxxxx",
        "token",
    }
)
_TEMPLATE = re.compile(
    r"[$][{(]|[{]{2}|^[$%{<]|[}>%]$|[*]{3}|(?i:your[_-]|placeholder|change[_-]?me|redacted)"
)


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


def is_password(value: str) -> bool:
    """Something that a person or a generator made as a secret, in an assignment.

    Entropy alone says nothing here: the assignment is the evidence, and code,
    prose, placeholders and names of variables are taken out.
    """
    if is_placeholder(value) or _PLAIN.fullmatch(value) or _REFERENCE.match(value):
        return False
    if " " in value and value.count(" ") > 5:
        return False
    classes = sum(bool(found.search(value)) for found in _CLASSES)
    return classes >= 3 or (
        classes >= 2 and entropy(value) >= 2.5 and not _WORDLIKE.fullmatch(value)
    )


_CLASSES = tuple(re.compile(pattern) for pattern in ("[a-z]", "[A-Z]", "[0-9]", "[^0-9A-Za-z_. -]"))
_WORDLIKE = re.compile(
    r"[A-Z]?[a-z]+(?:[A-Z][a-z]+|[_.\-/ ][A-Za-z]+)*[.,:;!?]?|[A-Z]+(?:_[A-Z]+)*[.,:;]?|[a-z]+_?[0-9]{1,2}"
)
