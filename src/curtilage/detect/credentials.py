"""Passwords as people and programs type them: assignments, addresses, headers, sentences."""

import re
from functools import cache
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from curtilage.detect.issued import decode_base64
from curtilage.detect.models import Validator
from curtilage.detect.secrecy import VARIED, WORDLIKE, entropy, is_generated, is_placeholder

# What tutorials write in place of a password; with any of these nothing is given away.
_DEFAULTS = frozenset(
    [
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
        "tiger",
        "token",
    ]
)
_TEMPLATE = re.compile(
    r"[$][{(]|[{]{2}|^[$%{<]|[}>%]$|[*]{3}|(?i:your[_-]|placeholder|change[_-]?me|redacted)"
)
_PLAIN = re.compile(
    r"(?i:true|false|none|null|nil|undefined|required|optional|string|password|passwd|secret|token|invalid|expired|missing|incorrect|wrong|forgotten|reset|default|disabled|enabled|empty)[.!?,]?"
)
_REFERENCE = re.compile(
    r"(?:os|process|env|self|this|config|settings|request|req|params|args|secrets|vault|data|var|local|ctx|options|props|kwargs|body|event|user|getenv|input|form)(?:[.\[(]|->|::)|[A-Za-z_][A-Za-z0-9_]*[(]|[A-Za-z_][A-Za-z0-9_]*(?:[.][A-Za-z_][A-Za-z0-9_]*)+$"
)
_PLACE = re.compile(  # an address, a path, a pattern; what is left of a call, an expression, a format
    r"https?://|[/~:]|[.]{1,2}/|[A-Za-z]:\\|[\\^(\[]|[A-Za-z_]+[)\]\[]|[\w.+-]{1,60}(?:/[\w.+-]{1,60}){1,8}[.][a-z][a-z0-9]{0,4}$|.*(?: \|\| | && |[)]$)|%[sdr]"
)
_LETTERS_AND_DIGITS = tuple(map(frozenset, (ascii_lowercase, ascii_uppercase, digits)))
_ORDINARY = frozenset(ascii_letters + digits + "_. -")
_TERM = re.compile(  # UTF-8, base64-encoded, 24-character, v2
    r"(?i:(?:base|utf|sha|md|aes|rsa|des|iso|hs|rs|es|v|x|oauth|tls|http)-?[0-9]{1,4}(?:[./-].*)?|[0-9]+-?[a-z]+(?:-[a-z]+)*)"
)
LEAST_DIGITS = 6
HUMP = 5  # letters; at random a hump comes every four
_NEXT_FIELD = re.compile("&[A-Za-z_.-]{1,40}=")
_STOPS = re.compile(r"[.,:;!?\"'`)]+$")
_HEXADECIMAL = re.compile("[0-9a-fA-F]+")


def is_password(value: str) -> bool:
    """Something that a person or a generator made as a secret, in an assignment.

    Entropy alone says nothing here: the assignment is the evidence, and code,
    prose, placeholders and names of variables are taken out.
    """
    if _stands_for_something(value):
        return False
    if " " in value and (value.count(" ") > 5 or _is_prose(value)):
        return False
    if _is_name(value):
        return False
    chars = set(value)
    classes = sum(not chars.isdisjoint(each) for each in _LETTERS_AND_DIGITS)
    classes += not chars <= _ORDINARY
    return classes >= 3 or (
        classes >= 2 and entropy(value) >= 2.5 and not WORDLIKE.fullmatch(value)
    )


def is_spoken(value: str) -> bool:
    """A password that a sentence or a command line tells: weak ones too, but no ordinary word."""
    if _stands_for_something(value) or _TERM.fullmatch(value):
        return False
    if value.isdigit():
        return len(value) >= LEAST_DIGITS
    return any(char.isalpha() for char in value) and any(
        char.isdigit() or not (char.isalnum() or char in "-_./'") for char in value
    )


def is_told_key(value: str) -> bool:
    """A generated key that a sentence tells."""
    return is_password(value) and not _TERM.fullmatch(value)


def _stands_for_something(value: str) -> bool:
    return (
        is_placeholder(value)
        or _PLAIN.fullmatch(value) is not None
        or _REFERENCE.match(value) is not None
        or _PLACE.match(value) is not None
    )


def _is_name(value: str) -> bool:
    """An identifier of letters: its humps are longer than those of letters at random."""
    if not value.replace("_", "").isalpha():
        return False
    if value.startswith("_"):  # a private name of a program: `api_key: _ApiKeyT | None`
        return True
    return HUMP * sum(map(_is_hump, value, value[1:])) <= len(value)


def _is_hump(char: str, following: str) -> bool:
    return char.islower() and following.isupper()


def _is_prose(value: str) -> bool:
    return all(WORDLIKE.fullmatch(word.strip("()")) for word in value.split() if len(word) > 2)


def without_stops(value: str) -> int:
    """How much of a value is left without the sentence's end or a query's next field."""
    field = _NEXT_FIELD.split(value, maxsplit=1)[0] if "&" in value else value
    found = _STOPS.search(field)
    return found.start() if found else len(field)


def without_stops_but_mark(value: str) -> int:
    """As `without_stops`, with one exclamation mark: many passwords end in one."""
    length = without_stops(value)
    return length + value.startswith("!", length)


@cache
def but_for_mark(check: Validator) -> Validator:
    """A check that an exclamation mark at the end does not speak for."""
    return lambda value: check(value.removesuffix("!"))


def is_basic(value: str) -> bool:
    """Decodes to `user:password` in printable text (RFC 7617 §2)."""
    raw = decode_base64(value)
    try:
        text = raw.decode("utf-8") if raw else ""
    except UnicodeDecodeError:
        return False
    return text.isprintable() and is_login(text)


def is_login(value: str) -> bool:
    """`user:password`, neither a placeholder nor the name twice."""
    user, colon, password = value.partition(":")
    return (
        bool(colon and password)
        and not is_placeholder(password)
        and password.lower() not in _DEFAULTS
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


def is_cookie(value: str) -> bool:
    """One of its values is long and random: a session, rather than a choice of language."""
    values = [part.partition("=")[2].strip(' "') for part in re.split("[;\r\n]", value)]
    return any(len(each) >= 16 and is_generated(each) and entropy(each) >= 3 for each in values)


def is_flag(value: str) -> bool:
    """Random enough to be looked at, by the measures of detect-secrets."""
    is_hex = _HEXADECIMAL.fullmatch(value) is not None
    return (
        entropy(value) > (3.0 if is_hex else 4.5)
        and not is_placeholder(value)
        and not WORDLIKE.fullmatch(value)
    )


def is_hash(value: str) -> bool:
    """A hash of a password is told by its shape; only an example's is not one."""
    low = value.lower()
    return len(set(value)) >= VARIED and "xxxx" not in low and "example" not in low
