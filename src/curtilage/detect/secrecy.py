"""What tells a secret that nothing proves: no placeholder, and random enough."""

import math
import re
from collections import Counter

from curtilage.detect.alternatives import alternatives

VARIED = 8  # different characters in a generated token; a dozen hexadecimal digits have as many
VARIED_NAMED = 6  # where a name leads to it, sixteen hexadecimal digits will do

# What stands for a secret in documentation, tests and templates; compared in lower case.
_PLACEHOLDERS = re.compile(alternatives((
    "example", "sample", "placeholder", "changeme", "change_me", "change-me", "changeit", "your_", "your-", "-your", "_your",
    "mysecret", "my_secret", "my-secret", "mypassword", "my_password", "mytoken", "my_token", "mykey", "my_key", "my-key",
    "replace", "insert_", "insert-", "todo", "fixme", "redacted", "removed", "hidden", "dummy", "foobar", "xxxx", "****", "....",
    "1234567", "abcdef", "abcd1234", "000000", "testkey", "test_key", "test-key", "test_token", "test_secret", "test_password",
    "not_a_", "not-a-", "notreal", "fake", "goes_here", "goes-here", "_here", "-here", "yourkey", "yourtoken", "yoursecret",
    "enter_", "enter-", "paste_", "paste-",
)))  # fmt: skip
_TEMPLATE_BEGINS = re.compile(r"<|[$][{(A-Z_]|[{]{2}|[{][A-Za-z_.]+[}]$|%[A-Z(]|#[{]|@|[$]$")
_IDS = re.compile(r"-[A-Z0-9]{9,13}(?=-)")
WORDLIKE = re.compile(
    r"[A-Z]?[a-z]+(?:[A-Z][a-z]+|[_.\-/ ][A-Za-z]+)*[.,:;!?]?|[A-Z]+(?:_[A-Z]+)*[.,:;]?|[a-z]+_?[0-9]{1,2}"
    r"|[A-Z]{2,}(?:[A-Z]?[a-z]+)+|[a-z]+[0-9]?(?:_[a-z]+[0-9]{0,2})+"  # HTTPServer, imdsv2_token
)


def is_placeholder(value: str) -> bool:
    """Whether `value` stands for a secret rather than being one."""
    if _TEMPLATE_BEGINS.match(value) or value[-1] == ">" or len(set(value)) < 4:
        return True
    return _PLACEHOLDERS.search(value.lower()) is not None


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


def is_generated(value: str) -> bool:
    """Made by a machine, as what an issuer's name leads to: no word, and no placeholder."""
    return (
        len(set(value)) >= VARIED_NAMED
        and is_mixed(value)
        and not is_placeholder(value)
        and not WORDLIKE.fullmatch(value)
    )


def is_random(value: str) -> bool:
    """Digits and letters of both cases, evenly: for prefixes that words have too."""
    return (
        any(char.isdigit() for char in value)
        and value != value.lower()
        and entropy(value) >= 3.5
        and not is_placeholder(value)
    )


def is_mixed(value: str) -> bool:
    """Digits, or letters of both cases."""
    return any(char.isdigit() for char in value) or (
        value != value.lower() and value != value.upper()
    )
