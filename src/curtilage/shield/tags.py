"""Places in HTML that a value would be sent from: attributes, scripts and styles.

Every `<` may begin a tag, whatever it stands in. See `context` for why.
"""

from collections.abc import Iterable
from string import ascii_letters

from curtilage.shield.machines import NOWHERE, Machine, States

_SPACES = " \t\n\r\f"  # HTML Living Standard §13.2.5: no vertical tab
_BLANKS = " \t\r"

# A tag, from the character after `<` on: HTML Living Standard §13.2.5. Where `=` stands decides
# there whether a value follows; here both may be. A `>` at the start of a line may be the mark of
# a quotation, which Markdown takes away. A quote on another line than the value began is an end
# to some: others have left the HTML block at a blank line, at `-->` or with the list item around
# it (CommonMark 0.31 §4.6), and write `&quot;` for it.
_VALUES = {'"': "double", "'": "single"}
_LOST = "lost"
# `bare`: nothing but names since the tag began, or since a blank line
_OPEN = frozenset({"bare", "bare line", "bare return line"})
_MARKED = frozenset({"marked", "marked line", "marked return line"})
_WITHIN = _MARKED | {"name", "equals", "equals line", "unquoted", *_VALUES.values(), _LOST}
_LINE = " line"


def _after_less(character: str) -> tuple[str, ...]:
    """The states after `<` and this character. `<a=//name/ada@x.example>` is an address."""
    if character == "/":
        return ("slash",)
    if character in "!?":
        return ("marked",)
    if character in _SPACES + "<>":
        return ()
    return ("name", "address") if character in ascii_letters else ("address",)


def _after_slash(character: str) -> tuple[str, ...]:
    if character in _SPACES + "<>":
        return ()
    return ("marked" if character in ascii_letters else "address",)


def _within_address(character: str) -> tuple[str, ...]:
    """CommonMark 0.31 §6.5."""
    return () if character in _SPACES + "<>" else ("address",)


def _within_tag(state: str, character: str) -> tuple[str, ...]:
    """The states that a character leads to, `end` for the end of the tag."""
    if state == _LOST:
        return (_LOST,)
    if state in _VALUES.values():
        return (_within_value(state, character),)
    if character == ">":
        return (state if state.endswith(_LINE) else "end",)
    if state == "name":
        return _between_values("bare", character) if character in _SPACES + "/" else ("name",)
    if state == "unquoted":
        return _between_values("marked", character) if character in _SPACES else ("unquoted",)
    if state.startswith("equals"):
        return (_after_equals(state, character),)
    return _between_values(state, character)


def _within_value(state: str, character: str) -> str:
    if character in "\n\r":
        return _LOST
    return "marked" if _VALUES.get(character) == state else state


def _after_equals(state: str, character: str) -> str:
    if character in "\n\r":
        return "equals line"
    return state if character in _SPACES else _VALUES.get(character, "unquoted")


def _between_values(state: str, character: str) -> tuple[str, ...]:
    kind = state.partition(" ")[0]
    if character == "=":
        return ("marked", "equals")
    if character == "\n":
        return ("bare line" if state == "marked line" else kind + _LINE,)
    if character == "\r":
        return (state if state.endswith(_LINE) else f"{kind} return line",)
    return (state if character in _SPACES else kind,)


_BEFORE_TAG = {"less": _after_less, "slash": _after_slash, "address": _within_address}


def _step_tag(live: States, character: str) -> States:
    reached: set[str] = {"less"} if character == "<" else set()
    for state in live:
        special = _BEFORE_TAG.get(state)
        reached.update(special(character) if special else _within_tag(state, character))
    return _settled(reached - {"end"})


def _settled(states: Iterable[str]) -> States:
    """The states; what is lost stays so, and no other state matters then."""
    live = frozenset(states)
    return frozenset({_LOST}) if _LOST in live else live


TAG = Machine(
    _step_tag,
    NOWHERE,
    ["<", ">", "=", "/", '"', "'", "!?", "\n", "\r", " \t", "\f", ascii_letters],
    is_closed=lambda live: not live <= _OPEN,
    wakes="<",
)


# Raw text, HTML Living Standard §13.2.5.2 to §13.2.5.31. A start is known by so much of its name
# as no other element shares. The end has to be one that Markdown passes on as it is (CommonMark
# 0.31 §6.6): not `</style x>`, and not in code, in a link, in a formula, or escaped. In SVG and
# MathML nothing is raw, and after `<!--` one end tag may end nothing (§13.2.5.17).
_RAW_STARTS = {"script": "<sc", "style": "<sty"}
_FOREIGN_STARTS = ("<sv", "<mat")
_DOUBTFUL = "`~[\\$"
_INDENTED = "    "  # four columns make a code block of what follows


class _RawSteps:
    """The step function for one element.

    States are those of its start tag, what may still become one of the words,
    the space at the end, and what was met: `raw` or `foreign` elements.
    """

    def __init__(self, element: str) -> None:
        self._start, self._end = _RAW_STARTS[element], f"</{element}"
        self._words = (self._start, *_FOREIGN_STARTS, self._end, "<!--")

    def __call__(self, live: States, character: str) -> States:
        reached: set[str] = {"<"} if character == "<" else set()
        for state in live:
            reached.update(self._follow(state, character))
        if "raw" in live:
            reached.update(_within_raw(live, character))
        if self._end in live and character == ">":
            reached.discard("raw")
        for word in reached.intersection(self._words) - {self._end}:
            reached.remove(word)
            reached.update(self._meet(word, live))
        return _settled("raw" if state == "end" else state for state in reached)

    def _follow(self, state: str, character: str) -> tuple[str, ...]:
        if state.isspace():
            return ()
        if state == self._end and character in _BLANKS:
            return (state,)
        if state.startswith("<"):
            grown = state + character.lower()
            return (grown,) if any(word.startswith(grown) for word in self._words) else ()
        return _within_tag(state, character) if state in _WITHIN | _OPEN else (state,)

    def _meet(self, word: str, live: States) -> set[str]:
        if word == self._start:
            return {_LOST} if "foreign" in live else {"name"}
        if word in _FOREIGN_STARTS:
            return {"foreign"}
        return {_LOST} if "raw" in live else set()


def _within_raw(live: States, character: str) -> set[str]:
    """What makes the end doubtful, or may come to."""
    if character in _DOUBTFUL or (character == "<" and _INDENTED in live):
        return {_LOST}
    if character == "\t":
        return {_INDENTED}
    if character != " ":
        return set()
    before = max((state for state in live if state.isspace()), default="")
    return {(before + " ")[: len(_INDENTED)]}


def _raw(element: str) -> Machine[States]:
    letters = sorted(set("".join((element, *_FOREIGN_STARTS))) - {"<"})
    return Machine(
        _RawSteps(element),
        NOWHERE,
        [
            *[*"<>=/\"'!-\n\r\t\f ", _DOUBTFUL],
            *[letter + letter.upper() for letter in letters],
        ],
        is_closed=lambda live: not live.isdisjoint(_WITHIN | _OPEN | {"raw"}),
        wakes="<",
    )


SCRIPT, STYLE = _raw("script"), _raw("style")
