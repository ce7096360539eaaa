"""Which language a page is shown in, of what a browser and an app ask for. Pure.

What somebody chose here comes first, then what the app that sent them asked for, then what
their browser prefers, then English. All of it is hostile input: it is bounded, what cannot
be read is passed over, and nothing but a tag of ours comes out.
"""

import re
from collections.abc import Iterable, Sequence

LONGEST = 512  # characters that are looked at; browsers send under a hundred
MOST_RANGES = 16
_RANGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}")  # RFC 4647 §2.1, bounded
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)  # RFC 9110 §12.4.2


def choose_tag(
    supported: Sequence[str], *, chosen: str = "", asked: str = "", accepted: str = ""
) -> str:
    """The tag of a supported language; the first one where nothing says another.

    `chosen` is a tag of ours, `asked` are the `ui_locales` of OpenID Connect Core §3.1.2.1,
    `accepted` is the Accept-Language of RFC 9110 §12.5.4."""
    if chosen in supported:
        return chosen
    return look_up(supported, parse_locales(asked)) or _accept(supported, accepted) or supported[0]


def look_up(supported: Sequence[str], ranges: Iterable[str]) -> str:
    """RFC 4647 §3.4: the first range that leads to a language, cut from its end; "" for none."""
    known = {tag.lower(): tag for tag in supported}
    for each in ranges:
        rest = each.lower()
        while rest:
            if rest in known:
                return known[rest]
            rest = rest.rpartition("-")[0]
            if rest[-2:-1] == "-":  # a single letter only introduces what was cut off
                rest = rest[:-2]
    return ""


def parse_locales(raw: str) -> list[str]:
    """Tags that stand apart by spaces, the most wanted first."""
    words = raw[:LONGEST].split(" ")[:MOST_RANGES]
    return [each for each in words if _RANGE.fullmatch(each)]


def parse_accept_language(raw: str) -> tuple[list[str], list[str]]:
    """What a browser wants, the most first, and what it does not want at all (`q=0`)."""
    weighed: list[tuple[float, str]] = []
    for item in raw[:LONGEST].split(",")[:MOST_RANGES]:
        name, mark, weight = (part.strip(" \t") for part in item.partition(";"))
        told = _WEIGHT.fullmatch(weight)
        if _RANGE.fullmatch(name) and (told or not mark):
            weighed.append((float(told[1]) if told else 1.0, name))
    weighed.sort(key=lambda pair: -pair[0])  # what weighs the same stays in its order
    wanted = [name for weight, name in weighed if weight > 0]
    return wanted, [name for weight, name in weighed if weight == 0]


def _accept(supported: Sequence[str], raw: str) -> str:
    """`*` leads nowhere of its own: whoever takes anything takes the first as well."""
    wanted, unwanted = parse_accept_language(raw)
    refused = {each.lower() for each in unwanted}
    return look_up([tag for tag in supported if tag.lower() not in refused], wanted)
