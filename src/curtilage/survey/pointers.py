"""Where in a JSON document a place is: a walk over its text that keeps no values.

It follows broken documents as far as they can be followed, and never fails.
"""

import json
import re
from copy import copy

from curtilage.survey.models import Field

LONGEST_NAME = 200
DEEPEST = 100
LONGEST_CUT = 64 * 1024  # of a string that goes on in the next piece
_TOKEN = re.compile(r'"(?:[^"\\]|\\(?:.|\Z))*+"?|[{}\[\],:]', re.DOTALL)


class PointerWalk:
    """What is open where the walk stands."""

    def __init__(self) -> None:
        self._open: tuple[str | int, ...] = ()
        """For each thing that is open: the number of an element, or the name of a member."""
        self._kinds = ""
        self._deeper = 0
        """How many are open beyond the deepest that is followed."""
        self._is_name = False
        """Whether a string that comes next is the name of a member."""
        self._cut = ""
        """A string that was not at its end yet."""

    def copy(self) -> "PointerWalk":
        return copy(self)

    def feed(self, text: str) -> None:
        """Go on over `text`. It may end anywhere."""
        text, self._cut = self._cut + text, ""
        for match in _TOKEN.finditer(text):
            token = match[0]
            if token[0] == '"':
                if not _is_whole(token):
                    self._cut = '"' + token[1:][-LONGEST_CUT:]
                    return
                if self._is_name and self._kinds[-1:] == "{":
                    self._open = (*self._open[:-1], _name(token))
                    self._is_name = False
            else:
                self._step(token)

    def _step(self, mark: str) -> None:
        if mark in "{[":
            if len(self._kinds) == DEEPEST:
                self._deeper += 1
                return
            self._kinds += mark
            self._open = (*self._open, "" if mark == "{" else 0)
            self._is_name = mark == "{"
        elif self._deeper:
            self._deeper -= mark in "}]"
        elif mark in "}]":
            self._kinds, self._open, self._is_name = self._kinds[:-1], self._open[:-1], False
        elif mark == ",":
            last = self._open[-1] if self._open else ""
            if isinstance(last, int):
                self._open = (*self._open[:-1], last + 1)
            self._is_name = self._kinds[-1:] == "{"

    def field(self) -> Field | None:
        """The pointer of the value that the walk stands in; None outside of all.

        In a member's name it is that of the object: the name is not known to its end."""
        parts = self._open[:-1] if self._is_name and self._cut else self._open
        if not parts:
            return None
        names = [str(each).replace("~", "~0").replace("/", "~1") for each in parts]
        return Field("/" + "/".join(names))


def _is_whole(token: str) -> bool:
    if len(token) < 2 or token[-1] != '"':
        return False
    backslashes = len(token) - 1 - len(token[:-1].rstrip("\\"))
    return backslashes % 2 == 0


def _name(token: str) -> str:
    try:
        name = str(json.loads(token))
    except ValueError:
        name = token[1:-1]
    return name[:LONGEST_NAME]
