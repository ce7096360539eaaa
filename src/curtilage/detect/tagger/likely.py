"""Names that are likely where they stand: code, logs and tables hold few of them.

A model learns names from prose. In code every other word begins with a capital and
nobody is meant, so there a name has to be surer. Which lines are code, `detect.alone`
says; where many lines of a text are, so are the comments between them.
"""

import re
from collections.abc import Iterable

from curtilage.core.models import Finding
from curtilage.detect.alone import signs_of_code
from curtilage.detect.tagger.labels import CATEGORIES
from curtilage.detect.tagger.ports import TextTagger

LEAST_IN_CODE = 0.8  # the score that is right four times in five
LEAST_BESIDE_TOOL = 0.9  # of the name of somebody after whom something is called that is installed
SIGNS = 3  # of code beside a name: two are in many a note
FEW = 12  # lines: a form or a chat of so many has signs of code too
MUCH = 0.25  # of the lines of a longer text
LOOKED_AT = 400  # lines of a text, spread over it
LONGEST = 300  # characters of a line
# A number alone is no address, nor is what is cut out of a hash: a word is needed, by itself.
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
# Nor is a number that has a form of its own: a UUID, an ISBN.
_NUMBERED = re.compile(r"(?<![^\W_])(?:[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-|97[89]-[0-9]{1,5}-[0-9])")
_STREET = re.compile(
    r"stra(?:ss|ß)e|str\b|weg\b|platz|allee|gasse|ring\b|damm\b|ufer\b|road|street|lane\b|avenue|ave\b|rue\b|via\b"
    r"|calle|straat|laan\b|plein\b|ulica|ul\b|rua\b"
)
_IDENTIFIER = re.compile(r"[a-z0-9]*(?:-[a-z0-9]+)+-?")
_JOINT = re.compile(r"[\s-]")
_JOINED, _JOINS = re.compile(r"[a-z0-9]-[a-z0-9]?\Z"), re.compile(r"[a-z0-9]?-[a-z0-9]")
# What a text installs, runs or imports: its name in capitals is nobody's.
_TOOL = re.compile(
    r"(?m)(?:(?:pip3?|pipx|uv|npm|yarn|brew|apt|conda|gem)[ ](?:install|add|i)[ ](?:-[^\s]+[ ]+){0,4}|python3?[ ]-m[ ]"
    r"|^[ \t]*(?:>>> )?(?:import[ ](?=[\w.]+[ \t]*(?:[,;]|as\b|$))|from[ ](?=[\w.]+[ ]import[ ])))"
    r"[\"']?(?P<name>[a-z][a-z0-9_]+)"
)
_ENDLESS = re.compile(r"[^\W_]{50}")


class LikelyNames:
    """A tagger, without what it says of code and is not sure of."""

    def __init__(self, tagger: TextTagger) -> None:
        self._tagger = tagger

    def tag(self, text: str) -> tuple[Finding, ...]:
        """Findings that do not overlap, by where they begin."""
        return tuple(without_unlikely(text, self._tagger.tag(text)))


def without_unlikely(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are likely where they stand."""
    possible = _without_tools(text, [each for each in findings if _is_possible(text, each)])
    if all(map(_is_sure, possible)):
        return possible
    if _is_code(text):
        return [each for each in possible if _is_sure(each)]
    return [
        each
        for each in possible
        if _is_sure(each) or signs_of_code(text, each.start, each.end) < SIGNS
    ]


def _without_tools(text: str, findings: list[Finding]) -> list[Finding]:
    """The findings without what a text installs or imports by the same name."""
    if not any(map(_may_be_tool, findings)):
        return findings
    tools = {match["name"] for match in _TOOL.finditer(text)}
    return [
        each
        for each in findings
        if not (_may_be_tool(each) and text[each.start : each.end].lower() in tools)
    ]


def _may_be_tool(finding: Finding) -> bool:
    return finding.type == "PERSON" and finding.score < LEAST_BESIDE_TOOL


def _is_sure(finding: Finding) -> bool:
    """Whether it counts in code too: what is no name, as a number of one's own, does."""
    return finding.score >= LEAST_IN_CODE or finding.type not in CATEGORIES


def _is_possible(text: str, finding: Finding) -> bool:
    """Whether an address has a word and no number of another kind, and no word is longer than
    any name's; and that it is no part of an identifier, as `claude` is in `claude-opus-4`."""
    start, end = finding.start, finding.end
    if _ENDLESS.search(text, start, end) or _is_in_identifier(text, start, end):
        return False
    if finding.type != "STREET_ADDRESS":
        return True
    return _WORD.search(text, start, end) is not None and not (
        _NUMBERED.search(text, start, end)
        or (_IDENTIFIER.fullmatch(text, start, end) and not _STREET.search(text, start, end))
    )


def _is_in_identifier(text: str, start: int, end: int) -> bool:
    """Whether hyphens join one word in small letters to more of its like."""
    if not text[start:end].islower() or _JOINT.search(text, start + 1, end - 1):
        return False
    before, after = text[max(0, start - 2) : start + 1], text[end - 1 : end + 2]
    return _JOINED.search(before) is not None or _JOINS.match(after) is not None


def _is_code(text: str) -> bool:
    """Whether so many lines have signs of code that what is between them is code too."""
    lines = [line[:LONGEST] for line in text.splitlines() if line.strip()]
    looked_at = lines[:: 1 + len(lines) // LOOKED_AT]
    count = sum(signs_of_code(line, len(line), len(line)) > 0 for line in looked_at)
    return len(looked_at) >= FEW and count >= MUCH * len(looked_at)
