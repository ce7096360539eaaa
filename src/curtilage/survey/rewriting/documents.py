"""What every document has that can be rewritten, and what is done to its slots.

Findings are looked for in the *view*, where slots stand in their context: a cell under
its title, a string behind its name. They count inside of single slots: what reaches over
the end of one is several, each with a form of its own.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

from curtilage.core.models import Finding
from curtilage.shield.held import Held, Sink
from curtilage.shield.protect import Replacement, weave
from curtilage.shield.restore import Form, Restored, StreamRestorer

BETWEEN = "\0"  # between slots: it is in no value's form, so none reaches over it
_FLAT = {ord(char): " " for char in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"}


class Slot(NamedTuple):
    """A text, in the runs that it is made of where a format parts it."""

    runs: tuple[str, ...]
    is_bare: bool = False
    """Whether it is no text but a number: with a value replaced it becomes a text."""

    @property
    def text(self) -> str:
        return "".join(self.runs)


Runs = Sequence[str]


class Document(Protocol):
    """A file that was read for being rewritten."""

    @property
    def slots(self) -> Sequence[Slot]: ...

    @property
    def view(self) -> Sequence[str | int]:
        """What is scanned: fixed texts, and the numbers of slots; one may stand in several places."""
        ...

    @property
    def left_out(self) -> Sequence[str]:
        """What is in the file and was not looked into, in words."""
        ...

    @property
    def keeps_lines(self) -> bool:
        """Whether a line end in a slot is one in the view: not where slots are cells of rows."""
        ...

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        """The file with other runs in some slots. Those of `bare` become numbers again."""
        ...


def join_slots(slots: Iterable[Slot]) -> str:
    """All slots as one text: it tells one document from another."""
    return BETWEEN.join(slot.text for slot in slots)


def seen_text(document: Document) -> str:
    """The text of the view. A line end in a cell is a space: rows stay rows."""
    slots, view = document.slots, document.view  # once: some documents make them anew
    is_flat = len(view) > 1 and not document.keeps_lines
    seen = [slot.text.translate(_FLAT) if is_flat else slot.text for slot in slots]
    return "".join(piece if isinstance(piece, str) else seen[piece] for piece in view)


class Placed(NamedTuple):
    """Findings of a view: in the joined slots, and those of which some is `outside` of all."""

    inside: Sequence[Finding]
    outside: Sequence[Finding]


def place_findings(document: Document, findings: Iterable[Finding]) -> Placed:
    """Where findings of the view stand in the joined slots, cut where slots end."""
    slots, view = document.slots, document.view
    inside = list(accumulate((len(slot.text) + 1 for slot in slots), initial=0))
    lengths = [len(piece) if isinstance(piece, str) else len(slots[piece].text) for piece in view]
    starts = list(accumulate(lengths, initial=0))
    placed: set[Finding] = set()
    outside: list[Finding] = []
    for finding in findings:
        is_whole = True
        at = max(0, bisect_right(starts, finding.start) - 1)
        while at < len(lengths) and starts[at] < finding.end:
            piece = view[at]
            start, end = max(finding.start, starts[at]), min(finding.end, starts[at + 1])
            first, last = start - starts[at], end - starts[at]
            if isinstance(piece, str):
                is_whole = is_whole and not any(map(str.isalnum, piece[first:last]))
            elif slots[piece].text[first:last]:
                shift = inside[piece] - starts[at]
                placed.add(finding._replace(start=start + shift, end=end + shift))
            at += 1
        if not is_whole:
            outside.append(finding)
    return Placed(sorted(placed), outside)


def fill_slots(
    slots: Sequence[Slot], replacements: Iterable[Replacement]
) -> Mapping[int, tuple[str, ...]]:
    """The new runs of the slots in which something is replaced, from the joined text's spans."""
    starts = list(accumulate((len(slot.text) + 1 for slot in slots), initial=0))
    inside: dict[int, list[Replacement]] = {}
    for start, end, form in replacements:
        number = bisect_right(starts, start) - 1
        shift = starts[number]
        inside.setdefault(number, []).append(Replacement(start - shift, end - shift, form))
    return {number: fill_runs(slots[number].runs, own) for number, own in inside.items()}


def fill_runs(runs: Runs, replacements: Sequence[Replacement]) -> tuple[str, ...]:
    """A form stands in the run where its value began; the others lose their part of it."""
    filled: list[str] = []
    at = following = 0
    for run in runs:
        end = at + len(run)
        own: list[Replacement] = []
        while following < len(replacements) and replacements[following].start < end:
            start, stop, form = replacements[following]
            own.append(
                Replacement(max(start, at) - at, min(stop, end) - at, form if start >= at else "")
            )
            if stop > end:  # it goes on in the next run
                break
            following += 1
        filled.append(weave(run, own))
        at = end
    return tuple(filled)


def restore_slots(
    slots: Sequence[Slot], held: Held, *, sink: Sink = Sink.TEXT
) -> tuple[Mapping[int, Runs], Restored]:
    """The runs of the slots to which values came back, and the joined text with its counts.

    Each slot is a text of its own: no value enters a URL or markup in any of them."""
    changed: dict[int, Runs] = {}
    texts: list[str] = []
    counts: Counter[str] = Counter()
    mangled = unknown = withheld = 0
    for number, slot in enumerate(slots):
        restorer = StreamRestorer(held, sink=sink, form=Form.TEXT)
        runs = [restorer.feed(run) for run in slot.runs]
        runs[-1] += restorer.close()
        texts.append("".join(runs))
        if texts[-1] != slot.text:  # a token that stood for itself is not counted
            changed[number] = runs
        counts.update(restorer.restored)
        mangled += restorer.mangled
        unknown += restorer.unknown
        withheld += restorer.withheld
    return changed, Restored(BETWEEN.join(texts), dict(counts), mangled, unknown, withheld)
