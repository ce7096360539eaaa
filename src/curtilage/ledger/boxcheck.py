"""Compares the sealed parts beside a segment with what its records say of them.

A record names its sealed part by a hash, so no key is needed to see that one was
changed, exchanged, moved, cut off or removed; whether the key still exists does
not matter here. Records of the first releases name none: of theirs only the frame
is checked, and that is said. Faults are told last: a changed record explains more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from curtilage.core.words import count, join_sentences, say, say_count
from curtilage.ledger.boxes import BOX_FILE_HEAD, Box, encode_box_file_head, iterate_frames
from curtilage.ledger.findings import LIMIT
from curtilage.ledger.layout import box_path
from curtilage.ledger.logwalk import LogWalk, span
from curtilage.ledger.record import encode_hash

UNNAMED = (
    "without a hash in the record, as the first releases wrote them: "
    "only who has the key can tell whether one was exchanged."
)
UNKEPT = "no longer kept; the records of the first releases do not say whether that is right."
REMOVED = "removed, each leaving an empty frame; their records are unchanged."


@dataclass(slots=True)
class _Tally:
    """How many sealed parts one thing is true of, and from which record to which."""

    parts: int = 0
    first: int = 0
    last: int = 0

    def add(self, n: int) -> None:
        self.first = self.first if self.parts else n
        self.last = n
        self.parts += 1

    def __str__(self) -> str:
        return f"{count(self.parts, 'sealed part')} ({span(self.first, self.last).lower()})"


class BoxCheck:
    """The sealed parts of one writer, segment by segment; `tell` at the end."""

    def __init__(self, walk: LogWalk) -> None:
        self._walk = walk
        self._faults: list[tuple[str, str, int]] = []
        self._more = 0
        self._stray: int | None = None
        self._unnamed = _Tally()
        self._unkept = _Tally()
        self._removed = _Tally()

    def check(self, first: int, *, is_growing: bool) -> None:
        """Compare one segment's. Of a file that is growing, only what the walk has seen counts."""
        path, told = box_path(self._walk.directory, first), self._walk.sealed
        name = self._walk.box_name(first)
        if not path.exists():
            self._tell_missing(told, told, say("{file} is gone", file=name))
            return
        raw = path.read_bytes()
        if len(raw) >= BOX_FILE_HEAD.size and not raw.startswith(encode_box_file_head(first)):
            self._walk.findings.add(
                "box-damaged",
                say("The header of {file} was changed.", file=name),
                writer=self._walk.writer,
            )
        missing = dict.fromkeys(told)  # in the order of records
        end = self._compare_frames(raw, told, missing, is_growing=is_growing)
        if end < len(raw) and not missing and not is_growing:
            self._walk.findings.add(
                "box-damaged",
                say(
                    "{file} has bytes behind its last sealed part, as an unfinished write leaves "
                    "them.",
                    file=name,
                ),
                writer=self._walk.writer,
            )
        why = say("{file} does not have it, or cannot be read up to it", file=name)
        self._tell_missing(told, missing, why)

    def _compare_frames(
        self, raw: bytes, told: Mapping[int, str], missing: dict[int, None], *, is_growing: bool
    ) -> int:
        """Take what is there out of `missing`, and judge it; gives where the last one ends."""
        end, last = BOX_FILE_HEAD.size, -1
        for box in iterate_frames(raw):
            if not missing and (is_growing or not box.is_sound):
                break
            end = box.end if box.is_sound else len(raw)  # what follows damage is no news
            if not box.is_sound:
                n = next(iter(missing))  # its own number may be what was changed
                del missing[n]
                self._fault("box-damaged", _how(is_cut=box.end > len(raw)), n)
                last = max(last, n)
            elif box.n not in told:
                self._note_stray(box.n)
            elif box.n not in missing:
                self._fault("box-misplaced", say("It has a second sealed part."), box.n)
            else:
                del missing[box.n]
                self._compare(box, told)
                if box.n < last:
                    detail = say("Its sealed part stands behind that of record {last}.", last=last)
                    self._fault("box-misplaced", detail, box.n)
                last = max(last, box.n)
        return end

    def _compare(self, box: Box, told: Mapping[int, str]) -> None:
        expected = told[box.n]
        if not expected:
            self._unnamed.add(box.n)
        elif not box.box:
            self._removed.add(box.n)
        elif expected != (present := encode_hash(sha256(box.box).digest())):
            self._fault("box-changed", _whose(present, told), box.n)

    def _note_stray(self, n: int) -> None:
        """A sealed part without a record; where records are lost, its record may be among them."""
        if not self._walk.is_lost and (self._stray is None or n < self._stray):
            self._stray = n

    def _tell_missing(
        self, told: Mapping[int, str], missing: Mapping[int, object], why: str
    ) -> None:
        for run in _runs(told, missing):
            named = [n for n in run if told[n]]
            for n in run:
                if not told[n]:
                    self._unkept.add(n)
            if named:
                detail = say("Its sealed part is missing: {why}.", why=why)
                if len(named) > 1:
                    rest = say_count(
                        "The same holds for {count} more record, up to record {last}.",
                        "The same holds for {count} more records, up to record {last}.",
                        len(named) - 1,
                        last=named[-1],
                    )
                    detail = join_sentences(detail, rest)
                self._fault("box-missing", detail, named[0])

    def _fault(self, code: str, detail: str, n: int) -> None:
        if len(self._faults) < LIMIT:
            self._faults.append((code, detail, n))
        else:
            self._more += 1

    def tell(self) -> None:
        """Report everything, behind what was found in the records themselves."""
        walk = self._walk
        for code, detail, n in self._faults:
            walk.problem(code, detail, n)
        walk.findings.more += self._more
        if self._stray is not None:
            walk.problem("box-misplaced", self._describe_stray(self._stray), self._stray)
        for tally, what in (
            (self._unnamed, UNNAMED),
            (self._unkept, UNKEPT),
            (self._removed, REMOVED),
        ):
            if tally.parts:
                walk.findings.note(f"{walk.writer}: {tally} {what}")

    def _describe_stray(self, n: int) -> str:
        if n < self._walk.n:
            return say("A sealed part is kept for it where none of it belongs.")
        return say(
            "A sealed part is kept for it, but the log ends before it. Either the log was cut, or "
            "the service was stopped while it wrote: then starting it removes this part."
        )


def _how(*, is_cut: bool) -> str:
    if is_cut:
        return say(
            "Its sealed part was cut off, or its length was changed: the file ends inside it."
        )
    return say("Its sealed part was changed: its checksum is wrong.")


def _whose(present: str, told: Mapping[int, str]) -> str:
    owner = next((n for n, expected in told.items() if expected == present), None)
    if owner is None:
        return say("Its sealed part was changed: it does not have the hash that the record names.")
    return say("The sealed part of record {owner} stands in place of its own.", owner=owner)


def _runs(told: Mapping[int, str], missing: Mapping[int, object]) -> Iterator[list[int]]:
    """What is missing, in runs that no present sealed part interrupts."""
    run: list[int] = []
    for n in told:
        if n in missing:
            run.append(n)
        elif run:
            yield run
            run = []
    if run:
        yield run
