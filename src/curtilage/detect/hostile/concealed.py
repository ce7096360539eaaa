"""Regions of markup that a page does not show: comments and hidden elements."""

import re

Region = tuple[int, int]

LONGEST = 4000  # characters of a region; an element that is not closed ends here
_COMMENT = re.compile(r"<!--(.{8,4000}?)(?:-->|\Z)", re.DOTALL)
_MARKDOWN = re.compile(
    r"(?m)^\[(?://|comment|_+)\]:[ \t]*(?:#|<>)[ \t]*[(\"'](.{8,2000}?)[)\"'][ \t]*$"
)
_ELEMENT = re.compile(
    r"(?i:<([a-z][a-z0-9]{0,12})\b(?=[^<>]{0,400}?(?:"
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|font-size\s{0,3}:\s{0,3}(?:0|1)(?:px|pt|em|rem|%)?\s{0,3}[;\"'!]"
    r"|opacity\s{0,3}:\s{0,3}0(?:\.0\d{0,3})?\s{0,3}[;\"'!]|(?<!-)color\s{0,3}:\s{0,3}(?:white|transparent|#fff(?:fff)?|rgba?\(\s{0,2}255\s{0,2},\s{0,2}255\s{0,2},\s{0,2}255)"
    r"|(?:left|top|text-indent)\s{0,3}:\s{0,3}-\d{3,6}(?:px|em)?|(?:height|width)\s{0,3}:\s{0,3}[01](?:px)?\s{0,3}[;\"'!]|clip(?:-path)?\s{0,3}:|\shidden[\s>=]|aria-hidden\s{0,3}=\s{0,3}[\"']true"
    r"))[^<>]{1,500}>)"
)
_GATES = (
    "<!--",
    "[//]",
    "[comment]",
    "[_]",
    "display",
    "visibility",
    "font-size",
    "opacity",
    "color",
    "left:",
    "left :",
    "indent",
    "height",
    "width",
    "hidden",
    "clip",
)


def find_concealed(text: str) -> list[Region]:
    """Where text is that a page does not show, in order."""
    if ("<" not in text and "[" not in text) or not any(gate in text for gate in _GATES):
        return []
    regions = [match.span(1) for match in _COMMENT.finditer(text)] if "<!--" in text else []
    if "]:" in text:
        regions += [match.span(1) for match in _MARKDOWN.finditer(text)]
    regions += [_content(text, match) for match in _ELEMENT.finditer(text)]
    return sorted(regions)


def _content(text: str, opened: re.Match[str]) -> Region:
    """From the tag to the next end tag of its name."""
    start = opened.end()
    limit = min(len(text), start + LONGEST)
    closed = re.compile(rf"</{opened[1]}\s*>", re.IGNORECASE).search(text, start, limit)
    return (start, closed.start() if closed else limit)
