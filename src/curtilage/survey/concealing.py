"""Names of places without the values in them: a key of JSON may be somebody's address.

A report says where something is. Where that is told by a name that came out of the file
(a key, a title, a table, a member, an attachment), what is found in the name is left out.
The path of a file itself is shown: who asked for the scan gave it. So are places,
organisations and dates: half of all members are named by one, and have to be told apart.
"""

from dataclasses import replace

from curtilage.core.errors import InputError, LimitError, UnavailableError
from curtilage.survey.models import Note, Problem, Skipped, Spot, Table
from curtilage.survey.ports import Detector

MOST = 4096  # names that are remembered
SHOWN = frozenset({"AGE", "DATE_TIME", "LOCATION", "NRP", "ORGANIZATION", "URL"})
UNKNOWN = "‹name›"


class Concealer:
    """Looks into each name once."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._known: dict[str, str] = {}

    def spot(self, spot: Spot) -> Spot:
        if spot.field is None and not spot.within:
            return spot
        field = spot.field
        if field is not None and field.column is not None:
            title = self.title(field.name)
            field = field._replace(name=title or f"column {field.column}")
        elif field is not None:
            # Each part of a pointer by itself: elements of lists differ, their names do not.
            field = field._replace(name="/".join(map(self.name, field.name.split("/"))))
        return replace(spot, within=tuple(map(self.name, spot.within)), field=field)

    def told(self, item: Table | Problem | Note | Skipped) -> Table | Problem | Note | Skipped:
        if isinstance(item, Skipped):
            return item
        within = tuple(map(self.name, item.within))
        if isinstance(item, Table):
            return replace(item, within=within, titles=tuple(map(self.title, item.titles)))
        return replace(item, within=within)

    def title(self, title: str) -> str:
        """Empty where it holds a value: then the column goes by its number, as without titles."""
        return title if self.name(title) == title else ""

    def name(self, name: str) -> str:
        if len(name) < 2 or name.isdecimal():
            return name
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= MOST:
                self._known.clear()
            known = self._known[name] = self._concealed(name)
        return known

    def _concealed(self, name: str) -> str:
        try:
            # `ada@x.example.txt` is no address: the ending of a file may hide one.
            stem = name.rpartition(".")[0]
            findings = self._detector.scan(name) or self._detector.scan(stem)
        except (InputError, LimitError, UnavailableError):  # nobody looked into it
            return UNKNOWN
        pieces: list[str] = []
        at = 0
        for finding in sorted(findings):
            if finding.start >= at and finding.type not in SHOWN:
                pieces += (name[at : finding.start], f"‹{finding.type}›")
                at = finding.end
        return "".join((*pieces, name[at:]))
