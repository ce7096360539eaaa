"""The report for a terminal: findings grouped by file, values as their length."""

from typing import TextIO

from curtilage.core.models import Finding
from curtilage.survey.models import Found, Result
from curtilage.survey.reports.records import where
from curtilage.survey.tallying import Tally

BOLD, FAINT, RED, YELLOW, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
NARROW = 12  # characters: the place of most findings of a text


class TextReport:
    """A heading for each file, a line for each finding."""

    def __init__(self, out: TextIO, *, colour: bool) -> None:
        self._out = out
        self._colour = colour
        self._path: str | None = None
        self._width = NARROW
        self._kinds: dict[tuple[str, str, float], str] = {}

    def take(self, result: Result) -> None:
        if not isinstance(result, Found):
            return
        if result.path != self._path:
            gap = "" if self._path is None else "\n"
            self._out.write(f"{gap}{self._paint(BOLD, printable(result.path))}\n")
            self._path, self._width = result.path, NARROW
        self._out.write(self._line(result))

    def _line(self, found: Found) -> str:
        finding = found.finding
        value = (
            printable(found.value)
            if found.value
            else self._paint(FAINT, f"‹{finding.end - finding.start} characters›")
        )
        commit = ""
        if found.commit is not None:
            commit = f"  {found.commit.hash[:10]} {found.commit.date} {found.commit.author}"
        place = printable(where(found))
        self._width = max(self._width, len(place))  # types stay below each other from here on
        line = f"  {place:<{self._width}} {self._kind(finding)}  {value}{commit}\n"
        if not found.why:
            return line
        return line + "".join(
            f"      {self._paint(FAINT, printable(reason))}\n" for reason in found.why
        )

    def _kind(self, finding: Finding) -> str:
        """The type and the score, which many a finding shares."""
        key = finding.type, finding.category, finding.score
        known = self._kinds.get(key)
        if known is None:
            hue = RED if finding.category.startswith("secret.") else YELLOW
            type = self._paint(hue, f"{finding.type:<22}")
            known = self._kinds[key] = f"{type} {finding.score:.2f}"
        return known

    def close(self, tally: Tally) -> None:
        """What columns are comes last; the sum is told beside the report."""
        if tally.columns:
            self._out.write(f"\n{self._paint(BOLD, 'Columns of tables')}\n")
        for column in tally.columns:
            place = " › ".join([column.path, *column.within])
            title = column.title or f"column {column.number}"
            verdict = column.type if column.is_mostly else f"some {column.type}"
            line = f"  {place} · {title}: {verdict}, in {column.told()}"
            self._out.write(printable(line) + "\n")

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{PLAIN}" if self._colour else text


def printable(text: str) -> str:
    """Without what would move a terminal's cursor or colour it."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
