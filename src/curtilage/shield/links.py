"""Places in Markdown that a value would be sent from: destinations of links and images.

Every `](` may begin one, and every `[` at the start of a line the definition of
one, whatever it stands in. See `context` for why.
"""

from collections.abc import Callable
from typing import NamedTuple

from curtilage.shield.machines import NOWHERE, Machine, States

_SPACES = " \t\n\r\f"
_BLANKS = " \t\r"
_QUOTES = "\"'"
_DEEP = 8  # parentheses in each other; from there on nobody counts them down


class _Link(NamedTuple):
    """The readings of what follows `](`: CommonMark 0.31 §6.3, and kinder ones.

    A reading with more parentheses open lasts longer than one with fewer, so
    the deepest stands for all.
    """

    depth: int = 0
    starts: bool = False  # only white space since `](`
    angle: bool = False  # in `<…>`
    titles: str = ""  # the quotes that a title is open in
    before: str = ""  # what the last character was, if that matters
    is_blank: bool = False  # of this line there was only white space

    @property
    def is_live(self) -> bool:
        return self.depth > 0 or self.starts or self.angle or bool(self.titles)


def _step_link(link: _Link, character: str) -> _Link:
    opens = link.before == "]" and character == "("
    if character in _SPACES:
        link = _over_space(link, character)
    elif link.is_live:
        link = _within_link(link, character)
    before = " " if character in _SPACES else character if character in "]\\" else ""
    link = link._replace(starts=link.starts or opens, before=before)
    return link if link.is_live else _Link(before=before if before == "]" else "")


def _over_space(link: _Link, character: str) -> _Link:
    """A blank line ends a link with its paragraph, unless it has not begun."""
    if character == "\n" and link.is_blank:
        return _Link(starts=link.starts)
    return link._replace(is_blank=character == "\n" or (link.is_blank and character in _BLANKS))


def _within_link(link: _Link, character: str) -> _Link:
    depth, angle, titles = link.depth, link.angle, link.titles
    is_escaped = link.before == "\\"
    if link.starts:
        depth, angle = max(depth, 1), angle or character == "<"
    if character == "(" and depth:
        depth = min(depth + 1, _DEEP)
    elif character == ")" and 0 < depth < _DEEP and not is_escaped:
        depth -= 1
    elif character == ">" and angle:
        depth, angle = max(depth, 1), is_escaped or link.is_blank
    elif character in titles:
        depth = max(depth, 1)
        titles = titles if is_escaped else titles.replace(character, "")
    elif character in _QUOTES and link.before == " " and depth:
        titles = "".join(sorted(titles + character))
    return _Link(depth, starts=False, angle=angle, titles=titles)


DESTINATION = Machine(
    _step_link,
    _Link(),
    [*"]()<>\"'\\\n\f", _BLANKS],
    is_closed=lambda link: link.is_live,
    wakes="]",
)


# CommonMark 0.31 §4.7, with labels that hold brackets as in Markdown.pl. Markers of quotes, lists,
# and of the definition lists that some have may stand before the label, and so may what
# JavaScript takes for space or for the end of a line.
_LINE_ENDS = "\n\r\u2028\u2029"
_MARKERS = " \t>*+-.):~|0123456789\v\f\u00a0\u200b\ufeff"


def _step_reference(live: States, character: str) -> States:
    reached: set[str] = {"line"} if character in _LINE_ENDS else set()
    for state in live:
        reached.update(_REFERENCE_MOVES[state](character))
    return frozenset(reached)


def _in_line(character: str) -> tuple[str, ...]:
    if character == "[":
        return ("label",)
    return ("line",) if character in _MARKERS else ()


def _in_label(character: str) -> tuple[str, ...]:
    kept = {"]": "bracket", "\\": "label escape", "\n": "label line"}
    return (kept.get(character, "label"),)


def _in_label_escape(character: str) -> tuple[str, ...]:
    """A bracket after a backslash ends the label, or does not."""
    return ("label", "bracket") if character == "]" else _in_label(character)


def _in_label_line(character: str) -> tuple[str, ...]:
    if character == "\n":
        return ()
    return ("label line",) if character in _BLANKS else _in_label(character)


def _in_definition(character: str) -> tuple[str, ...]:
    if character == "\n":
        return ("next line",)
    return ("definition" if character in _BLANKS else "destination",)


def _in_next_line(character: str) -> tuple[str, ...]:
    if character == "\n":
        return ()
    return ("next line" if character in _BLANKS else "destination",)


_REFERENCE_MOVES: dict[str, Callable[[str], tuple[str, ...]]] = {
    "line": _in_line,
    "label": _in_label,
    "label escape": _in_label_escape,
    "label line": _in_label_line,
    "bracket": lambda character: ("definition",) if character == ":" else (),
    "definition": _in_definition,
    "next line": _in_next_line,
    "destination": lambda character: () if character == "\n" else ("destination",),
}
REFERENCE = Machine(
    _step_reference,
    frozenset({"line"}),
    [*"[]\\:\n\r", " \t", _LINE_ENDS[2:], "".join(c for c in _MARKERS if c not in ": \t")],
    is_closed=lambda live: not live.isdisjoint({"definition", "next line", "destination"}),
    rest=NOWHERE,
)
