"""Where in a text a reader stands: may a value be put here, or would it be sent away?

A client that renders a reply fetches images, follows links and runs attributes;
a value restored there leaves again, to wherever the model was told to send it.
Four small automata read the text once, each looking for one such place, and
none needs more memory than its state, so that a reply may be cut anywhere:

- the run of characters after `scheme://`, `www.` or `mailto:`
- an HTML tag with its attributes, and an autolink in angle brackets
- the destination of a Markdown link or image, `](…)`
- a Markdown link reference definition, `[label]: …`

Where a renderer could go either way, the place counts as closed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import ascii_letters

_SPACES = " \t\n\r\f\v"


@dataclass(frozen=True, slots=True)
class _State:
    """Skip what `boring` matches; then the next character says where to go.

    `moves` consume that character, and so does `skip_to`, whatever it is;
    `otherwise` looks at it again, from there.
    """

    boring: re.Pattern[str]
    moves: Mapping[str, str]
    otherwise: str = ""
    skip_to: str = ""
    closed: bool = False


def _state(
    boring: str, moves: Iterable[tuple[str, str]], otherwise: str = "", *, closed: bool = False
) -> _State:
    spread = {character: target for characters, target in moves for character in characters}
    return _State(re.compile(f"[{boring}]*" if boring else ""), spread, otherwise, closed=closed)


def _skip_one(back: str, *, closed: bool = False) -> _State:
    """Take one character as it is, then go on."""
    return _State(re.compile(""), {}, skip_to=back, closed=closed)


# HTML Living Standard §13.2.5, the tokenizer's tag states, with one difference:
# outside quotes a blank line ends a tag, as CommonMark 0.31 §4.6 and §6.6 have it.
_TAG = {
    "free": _state("^<", [("<", "open")]),
    "open": _state("", [("!?", "in"), ("/", "slash"), (ascii_letters, "name")], "free"),
    "slash": _state("", [(ascii_letters, "name")], "free"),
    "name": _state("A-Za-z0-9-", [(f"{_SPACES}/:", "in"), (">", "free")], "free"),
    "in": _state("^>=\\n", [(">", "free"), ("=", "equals"), ("\n", "line")], closed=True),
    "line": _state(" \\t\\r", [("\n", "free")], "in", closed=True),
    "equals": _state(_SPACES, [('"', "double"), ("'", "single")], "in", closed=True),
    "double": _state('^"', [('"', "in")], closed=True),
    "single": _state("^'", [("'", "in")], closed=True),
}

_DEPTH = 32  # cmark's limit for nested parentheses in a destination


def _destination() -> dict[str, _State]:
    """CommonMark 0.31 §6.3: `](`, then `<…>` or balanced parentheses."""
    states = {
        "free": _state("^\\]", [("]", "bracket")]),
        "bracket": _state("", [("(", "start")], "free"),
        "start": _state(_SPACES, [("<", "angle")], "in1", closed=True),
        "angle": _state("^>\\\\\\n", [(">\n", "in1"), ("\\", "angle skip")], closed=True),
        "angle skip": _skip_one("angle", closed=True),
    }
    for depth in range(1, _DEPTH + 1):
        here, below = f"in{depth}", f"in{depth - 1}" if depth > 1 else "free"
        deeper = f"in{min(depth + 1, _DEPTH)}"
        moves = [("(", deeper), (")", below), ("\\", f"{here} skip"), ("\n", f"{here} line")]
        states[here] = _state("^()\\\\\\n", moves, closed=True)
        states[f"{here} skip"] = _skip_one(here, closed=True)
        states[f"{here} line"] = _state(" \\t\\r", [("\n", "free")], here, closed=True)
    return states


_DESTINATION = _destination()

# CommonMark 0.31 §4.7. Markers of quotes and lists may stand before the label.
_REFERENCE = {
    "line": _state(" \\t\\r>*+\\-0-9.)", [("[", "label"), ("\n", "line")], "text"),
    "text": _state("^\\n", [("\n", "line")]),
    "label": _state(
        "^\\[\\]\\\\\\n",
        [("[", "text"), ("]", "colon"), ("\\", "label skip"), ("\n", "label line")],
    ),
    "label skip": _skip_one("label"),
    "label line": _state(" \\t\\r>", [("[", "label"), ("\n", "line")], "label"),
    "colon": _state("", [(":", "definition")], "text"),
    "definition": _state(" \\t\\r", [("\n", "next line")], "destination", closed=True),
    "next line": _state(" \\t\\r>", [("\n", "line")], "destination", closed=True),
    "destination": _state("^\\n", [("\n", "line")], closed=True),
}


class _Automaton:
    """Runs one table of states over a text that comes in pieces."""

    __slots__ = ("_states", "state")

    def __init__(self, states: Mapping[str, _State], start: str) -> None:
        self._states = states
        self.state = start

    def feed(self, text: str) -> None:
        at, end = 0, len(text)
        name = self.state
        while at < end:
            state = self._states[name]
            skipped = state.boring.match(text, at)
            at = skipped.end() if skipped is not None else at
            if at == end:
                break
            target = state.moves.get(text[at]) or state.skip_to
            at += target != ""
            name = target or state.otherwise
        self.state = name

    @property
    def closed(self) -> bool:
        return self._states[self.state].closed


_URL_START = re.compile(r"(?i:https?:|www\.|mailto:)|:[\\/]{2}")
_URL_END = re.compile(r"[ \t\n\r\f\v<]")  # GFM §6.9: all but white space and `<` may belong to it
_URL_CARRY = len("mailto:") - 1


class _UrlRun:
    """Whether the text is inside what a renderer could take for an address."""

    __slots__ = ("closed",)

    def __init__(self) -> None:
        self.closed = False

    def feed(self, text: str, known: int) -> None:
        """Read on; `text` begins with the last `known` characters once more."""
        at = known if self.closed else 0
        while True:
            found = (_URL_END if self.closed else _URL_START).search(text, at)
            if found is None:
                return
            at = found.end()
            self.closed = not self.closed


def _is_notable(text: str) -> bool:
    """Whether any automaton at rest could leave its rest. Written out: six fast searches."""
    return "<" in text or "]" in text or "\n" in text or ":" in text or "w." in text or "W." in text


class TextContext:
    """Follows a text; `closed` says that no value may be put at its end."""

    __slots__ = ("_before", "_destination", "_is_resting", "_reference", "_run", "_tag", "closed")

    def __init__(self) -> None:
        self._run = _UrlRun()
        self._tag = _Automaton(_TAG, "free")
        self._destination = _Automaton(_DESTINATION, "free")
        self._reference = _Automaton(_REFERENCE, "line")
        self._before = ""
        self._is_resting = False
        self.closed = False

    def feed(self, text: str) -> None:
        """Read on."""
        joined = self._before + text
        if not self._is_resting or _is_notable(joined):
            self._run_all(text, joined)
        self._before = joined[-_URL_CARRY:]

    def _run_all(self, text: str, joined: str) -> None:
        self._run.feed(joined, len(self._before))
        for automaton in (self._tag, self._destination, self._reference):
            automaton.feed(text)
        self.closed = (
            self._run.closed
            or self._tag.closed
            or self._destination.closed
            or self._reference.closed
        )
        self._is_resting = not self._run.closed and (
            self._tag.state,
            self._destination.state,
            self._reference.state,
        ) == ("free", "free", "text")
