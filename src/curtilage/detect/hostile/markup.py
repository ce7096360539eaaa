"""Markup through which data leaves: where an address stands says what becomes of it.

Addresses are found first and what stands before each one is read backwards, so
no syntax is taken apart as one renderer would: Markdown links, images,
reference definitions and autolinks, attributes of HTML and SVG, CSS, meta
refresh. (`shield.links` follows every reading of a stream to keep *our* values
out of such places; here the question is what an address already carries.)
"""

import re
from collections.abc import Collection, Iterator, Sequence

from curtilage.detect.hostile.addresses import LONGEST, charge, host_of, is_allowed
from curtilage.detect.hostile.models import Kind, Reason

REACH = 240  # characters before an address that may say what it is in
ADDRESS = re.compile(
    r"//(?:[^\s\"'<>`]|<[A-Za-z][A-Za-z0-9_ .-]{0,40}>|\{\{[^{}\n]{0,60}\}\}|\[[A-Za-z][A-Za-z0-9_ .-]{0,60}\]){3,4096}"
)
_SCRIPT = re.compile(
    r"(?i:(?<![a-z])(?:javascript|vbscript)\s{0,3}:[^\s\"'<>]{4,}|(?<![a-z])data:(?:text/html|image/svg\+xml|application/xhtml\+xml|text/javascript)[^\s\"')]{4,})"
)
_SCRIPT_GATES = (
    "script:",
    "Script:",
    "SCRIPT:",
    "data:text/",
    "data:image/svg",
    "data:app",
    "DATA:",
)
_LOADS = re.compile(
    r"(?i:!\[[^\]\n]{0,200}\]\s?\(\s?<?$"
    r"|<(?:img|image|video|audio|source|track|embed|object|iframe|frame|script|input|use|link|body|table|td|tr|th|div|bgsound|applet|base|portal|fencedframe)\b[^<>]{0,220}\b(?:src|srcset|href|xlink:href|background|poster|data|dynsrc|lowsrc|code|codebase|archive|ping)\s?=\s?[\"']?[^\"'<>]{0,60}$"
    r"|url\(\s?[\"']?$|@import\s{1,3}[\"']?$"
    r"|<meta\b[^<>]{0,200}content\s?=\s?[\"']?[^\"'<>]{0,20}url\s?=\s?[\"']?$"
    r"|image-set\([^)]{0,80}$)"
)
_FOLLOWED = re.compile(
    r"(?i:\]\s?\(\s?<?$|(?m:^[ \t>]{0,8}\[[^\]\n]{1,200}\]:[ \t]*\n?[ \t]*<?)$|<$"
    r"|<(?:a|area|form|button|svg|q|blockquote|ins|del)\b[^<>]{0,220}\b(?:href|action|formaction|ping|cite|xlink:href)\s?=\s?[\"']?[^\"'<>]{0,20}$)"
)
# Attributes in a line of their own, as a reader of pages gives them, whose tag is gone.
_ALONE = r"(?m:^[ \t]{0,20}(?:[A-Za-z][A-Za-z0-9:.-]{0,40}:[ ])?(?:[a-z][a-z0-9:-]{0,30}=\"[^\"\n]{0,200}\"[ ]){0,6}"
_LOADED = re.compile(
    rf"{_ALONE}(?i:src|srcset|xlink:href|poster|background|dynsrc|lowsrc|content=\"[^\"\n]{{0,20}}url)=\"?[ ]?$)"
)
_LINKED = re.compile(rf"{_ALONE}(?i:href|action|formaction|ping)=\"$)")
_DEFINED = re.compile(r"(?m)^[ \t>]{0,8}\[([^\]\n]{1,200})\]:[ \t]*\n?[ \t]*<?(?i:https?:)?$")
_SCHEME = re.compile(r"(?i:https?:|ftp:|wss?:)?$")


def find_leaks(text: str, *, values: Sequence[str], allowed: Sequence[str]) -> Iterator[Reason]:
    """Addresses in markup that would carry data away, and those that run a script."""
    match = ADDRESS.search(text) if "//" in text else None
    while match:
        yield from leaks_at(text, match, values=values, allowed=allowed)
        match = ADDRESS.search(text, address_end(match))
    if any(gate in text for gate in _SCRIPT_GATES):
        for match in _SCRIPT.finditer(text):
            before = text[max(0, match.start() - REACH) : match.start()]
            if _LOADS.search(before) or _FOLLOWED.search(before):
                yield Reason(Kind.EXFILTRATION, "script-address", 0.75, match.start(), match.end())


def leaks_at(
    text: str,
    match: re.Match[str],
    *,
    values: Sequence[str] = (),
    allowed: Collection[str] = (),
    is_filled: bool = False,
) -> Iterator[Reason]:
    """The same of one `ADDRESS`; `is_filled` as `charge` has it."""
    before = text[max(0, match.start() - REACH) : match.start()]
    scheme = _SCHEME.search(before)
    head = before[: scheme.start()] if scheme else before
    loads = _LOADS.search(head) or _LOADED.search(head) or _is_shown_by_reference(text, before)
    if not loads and not _FOLLOWED.search(head) and not _LINKED.search(head):
        return
    address = _closed(match[0])
    if is_allowed(host_of(address), allowed):
        return
    found = charge(address, values=values, loads=bool(loads), is_filled=is_filled)
    if found.weight:
        start = match.start() - (len(before) - len(head))
        end = match.start() + len(address)
        yield Reason(Kind.EXFILTRATION, found.name, found.weight, start, end)


def _is_shown_by_reference(text: str, before: str) -> bool:
    """A definition is as loud as its use: `![alt][label]` fetches what `[label]:` names."""
    defined = _DEFINED.search(before)
    if defined is None:
        return False
    label = defined[1]
    return (f"][{label}]" in text and "![" in text) or f"![{label}]" in text


def address_end(match: re.Match[str]) -> int:
    """Where the address ends, behind which another may begin without a space."""
    return match.start() + len(_closed(match[0]))


def _closed(address: str) -> str:
    """Without the parenthesis that ends a Markdown destination, and what follows it."""
    if ")" not in address:
        return address[:LONGEST]
    depth = 0
    for place, char in enumerate(address[:LONGEST]):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return address[:place]
    return address[:LONGEST]
