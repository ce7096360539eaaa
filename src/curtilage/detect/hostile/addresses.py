"""Judge an address: would following it, or only showing it, carry data away?

An address carries data where it holds a value of this conversation in any
dress, text that was encoded to travel, or a place that a model is to fill in.
Opaque tokens alone say nothing: signed downloads and badges are full of them.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote_plus

LONGEST = 4096  # characters of an address that are looked at
SHORTEST_VALUE = 6  # of a conversation: shorter ones are in addresses by chance
_PLACEHOLDER = re.compile(
    r"\{\{?[^{}]{0,60}\}?\}|\$\{[A-Za-z_][^{}\s]{0,40}\}|\[[A-Za-z][A-Za-z0-9_ .-]{1,60}\]|<[A-Za-z][A-Za-z0-9_ .-]{1,60}>"
    r"|%7[Bb].{1,60}?%7[Dd]|%5[Bb].{1,60}?%5[Dd]"
    r"|(?<![A-Za-z0-9])(?:[A-Z]{2,}_)*(?:DATA|SECRET|SECRETS|PASSWORD|TOKEN|PAYLOAD|QUERY|HISTORY|CONVERSATION|SUMMARY|CONTENTS?|PROMPT|BASE64|ENCODED|USERDATA|EMAIL|API_?KEY|EXFIL\w*|STOLEN|LEAK\w*|CHAT|INFO|MESSAGE|INSERT\w*|REPLACE\w*|YOUR\w*)(?:_[A-Z0-9]+)*(?![A-Za-z0-9.])"
)
# What stands in a `data:` address is a picture, and travels nowhere.
_BASE64 = re.compile(r"(?<!base64,)(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
_LABEL = re.compile(r"[a-z0-9-]{25,63}")
_TELLING = re.compile(
    r"(?i:(?:^|[?&;/])(?:data|d|q|secret|leak|exfil\w*|payload|dump|prompt|history|conv\w*|chat|password|pwd|info|msg|message|content|text|c|stolen|ctx|context|user_?data|summary|log|s|cookie|email|key|body|note|result)=)"
)
_WORDS = re.compile(r"[A-Za-zÀ-ɏ']{2,}(?:[ ,.:;@/-]{1,2}[A-Za-zÀ-ɏ0-9'@.]{1,}){3,}")

_WORD = re.compile("[A-Za-zÀ-ɏ']{2,}")
LEAST_SAID = 3  # words of at least two letters


class Charge(NamedTuple):
    """What an address is charged with, and how much that says where it is only shown."""

    name: str
    weight: float


NONE = Charge("", 0.0)


def charge(address: str, *, values: Sequence[str], loads: bool, is_filled: bool = False) -> Charge:
    """The gravest charge. `loads`: a renderer fetches it without being asked.

    `is_filled`: a model wrote it, which leaves nothing to fill in.
    """
    address = address[:LONGEST]
    host, _, rest = address.partition("//")[2].partition("/")
    host, mark, query = host.partition("?")
    tail = f"{mark}{query}" or f"/{rest}"
    plain = unquote_plus(tail)
    if _holds_value(f"{host}{tail}", values):
        return Charge("conversation-value", 0.97)
    found = [NONE]
    said = [*map(_as_text, _BASE64.findall(plain)), *map(_unhexed, _HEX.findall(plain))]
    if "base64," not in plain:  # a part of a path begins behind what is of the alphabet too
        said += map(_as_text, _BASE64.findall(plain.replace("/", " ")))
    if any(map(_speaks, said)):
        found.append(Charge("encoded-text", 0.85 if loads else 0.6))
    if not is_filled and _PLACEHOLDER.search(tail):
        found.append(Charge("place-to-fill", 0.72 if loads else 0.5))
    if _is_encoded_label(host):
        found.append(Charge("encoded-host", 0.7))
    if loads and _TELLING.search(tail) and any(map(_is_said, _WORDS.findall(plain))):
        found.append(Charge("text-in-query", 0.6))
    return max(found, key=lambda each: each.weight)


def host_of(address: str) -> str:
    """The host in lower case, without user and port."""
    rest = re.split(r"[/?#\\]", address.partition("//")[2][:LONGEST], maxsplit=1)[0]
    return rest.rpartition("@")[2].partition(":")[0].lower().rstrip(".")


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether `host` is one of `allowed` or below one of them."""
    return any(host == name or host.endswith(f".{name}") for name in allowed)


def _holds_value(tail: str, values: Sequence[str]) -> bool:
    if not values:
        return False
    runs = [
        unquote_plus(tail),
        *map(_as_text, _BASE64.findall(tail)),
        *map(_unhexed, _HEX.findall(tail)),
    ]
    shown = "\n".join(runs).lower()
    bare = re.sub(r"[^0-9a-z]", "", shown)
    for value in values:
        low = value.lower()
        packed = re.sub(r"[^0-9a-z]", "", low)
        if len(low) >= SHORTEST_VALUE and (low in shown or low[::-1] in shown):
            return True
        if len(packed) >= SHORTEST_VALUE + 2 and packed in bare:
            return True
    return False


def _speaks(text: str) -> bool:
    """Whether what a run decodes to is text for someone, and no address, id or sealed state."""
    if len(text) < 12 or text.lower().startswith(("http", '{"encrypted')):
        return False
    return text.count(" ") >= 2 or "@" in text


def _is_said(run: str) -> bool:
    """Whether a run of parts is words, and no version or date: `rb-4.0.3` says nothing."""
    return len(_WORD.findall(run)) >= LEAST_SAID


def _as_text(run: str) -> str:
    packed = run.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        raw = base64.b64decode(packed[: len(packed) // 4 * 4], validate=True)
        return raw.decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _unhexed(run: str) -> str:
    text = bytes.fromhex(run).decode("ascii", "replace")
    return text if all(char.isprintable() and char != "\ufffd" for char in text) else ""


def _is_encoded_label(host: str) -> bool:
    """A label that no one would name a host: long, of letters and digits that take turns."""
    for label in host.lower().split(".")[:-2]:
        if _LABEL.fullmatch(label) and "-" not in label:
            turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(label))
            if turns >= 6:
                return True
    return False
