"""What is found in a request: in its slots, and in what can only go out as it is.

`Scanner` is the engine's eye. It knows slots and the policy's word on them, and
keeps what it found in texts that are sent again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from curtilage.consent.corrections import Dictionary
from curtilage.consent.models import GUARDED
from curtilage.core.models import Finding
from curtilage.gateway.findings import FindingsCache
from curtilage.gateway.headers import CallerHeaders
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.fields import Slot, SlotKind

Scan = Callable[[str], tuple[Finding, ...]]
Texts = list[tuple[Slot, tuple[Finding, ...]]]
UNREAD = (SlotKind.MEDIA, SlotKind.FILE, SlotKind.STORED)
CLEAN = 1024  # names and header values known to hold nothing
LABEL = 80  # characters of one that are context: it is read again with each text that it names
MODEL_NAME, HEADER = "The model's name", "A header that travels on"


class Following(Protocol):
    """What earlier texts of a request say about later ones: `detect.conversation`."""

    def follow(self, text: str, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """What is in the next text, of which this was found in it alone."""

    def take(self, text: str, found: Sequence[Finding], *, spoken: bool) -> None:
        """Go on behind a text."""


Begin = Callable[[], Following]


class Scanner:
    """One per worker, shared by all its requests.

    `bare` looks into what is no text: names of models, headers. `begin` opens a
    conversation; without it each text is looked into alone.
    """

    def __init__(
        self,
        scan: Scan,
        *,
        rules: str,
        cache_key: bytes,
        bare: Scan | None = None,
        begin: Begin | None = None,
    ) -> None:
        self._findings = FindingsCache(scan, key=cache_key)
        self._bare = bare or scan
        self._begin = begin
        self._rules = rules
        self._clean: set[str] = set()

    def scan_slots(self, snapshot: Snapshot, slots: Sequence[Slot]) -> Texts:
        """What is in each slot that is scanned, as people corrected it."""
        policy = snapshot.policy
        context = f"{snapshot.tenant}\0{policy.version}\0{self._rules}".encode()
        course = Course(self._findings, context, self._begin)
        look = _look if policy.observe else _look_by_kind
        texts = [
            (slot, look(course, slot))
            for slot in slots
            if slot.kind not in UNREAD and (slot.kind is not SlotKind.IDENTITY or policy.observe)
        ]
        if snapshot.dictionary is not None:
            texts = [(slot, _correct(snapshot.dictionary, slot, found)) for slot, found in texts]
        return texts

    def scan_bare(self, model: str, headers: CallerHeaders) -> dict[str, tuple[Finding, ...]]:
        """What is found in the few strings that can only go out as they are, by where it stood."""
        bare: dict[str, tuple[Finding, ...]] = {}
        if model not in self._clean:
            self._scan_name(MODEL_NAME, model, bare)
        for _, value in headers.forwarded:
            if value not in self._clean:
                self._scan_name(HEADER, value, bare)
        return bare

    def _scan_name(self, what: str, text: str, bare: dict[str, tuple[Finding, ...]]) -> None:
        found = self._bare(text)
        if found:
            bare[what] = bare.get(what, ()) + found
        elif len(self._clean) < CLEAN:
            self._clean.add(text)


class Course:
    """The texts of one request in their order.

    Each is known by itself and by all before it, so that a history which is sent again
    costs a hash; what went before is only gone through for the first text that is new.
    """

    __slots__ = ("_before", "_begin", "_behind", "_context", "_findings", "_following")

    def __init__(self, findings: FindingsCache, context: bytes, begin: Begin | None) -> None:
        self._findings, self._context, self._begin = findings, context, begin
        self._before = b""
        self._behind: list[tuple[str, tuple[Finding, ...], bool]] = []
        self._following: Following | None = None

    def look(self, text: str, *, spoken: bool) -> tuple[Finding, ...]:
        """What is in the next text. Of what is not `spoken`, no value goes on in another."""
        findings = self._findings
        if self._begin is None:
            return findings.scan(text, self._context)
        key = findings.key_of(text, self._context)
        # Whether it is spoken is what it is to those behind it, so it is part of what they know.
        self._before = findings.key_behind(self._before, key + (b"s" if spoken else b""))
        found = findings.find(self._before)
        if found is None:
            alone = findings.scan_as(key, text)
            found = self._catch_up(self._begin).follow(text, alone)
            findings.keep(self._before, found)
        self._behind.append((text, found, spoken))
        return found

    def _catch_up(self, begin: Begin) -> Following:
        following = self._following or begin()
        for text, found, spoken in self._behind:
            following.take(text, found, spoken=spoken)
        self._behind.clear()
        self._following = following
        return following


def _look_by_kind(course: Course, slot: Slot) -> tuple[Finding, ...]:
    """What is in a slot; where the policy lets it pass, only what must never leave."""
    found = _look(course, slot)
    if slot.kind is SlotKind.LENIENT:
        return tuple(
            finding for finding in found if any(map(_is_guarded, (finding, *finding.rivals)))
        )
    return found


def _look(course: Course, slot: Slot) -> tuple[Finding, ...]:
    """What is in a slot. Its label (`iban`) is context, as in `iban: …`."""
    if not slot.label:
        return course.look(slot.text, spoken=slot.kind is SlotKind.TEXT)
    lead = f"{slot.label[-LABEL:]}: "
    by = len(lead)
    found = course.look(lead + slot.text, spoken=False)
    return tuple(
        finding._replace(start=max(0, finding.start - by), end=finding.end - by)
        for finding in found
        if finding.end > by  # one that begins in the label goes on here
    )


def count_types(found: Iterable[tuple[Finding, ...]]) -> dict[str, int]:
    """How many of each type."""
    counts: dict[str, int] = {}
    for findings in found:
        for finding in findings:
            counts[finding.type] = counts.get(finding.type, 0) + 1
    return counts


def find_rivals(texts: Texts) -> frozenset[str]:
    """The types that something found may be as well."""
    return frozenset(
        rival.type for _, findings in texts for finding in findings for rival in finding.rivals
    )


def _correct(dictionary: Dictionary, slot: Slot, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is in a slot by what people said of it; nothing is added where none may be changed."""
    return found if slot.kind is SlotKind.LENIENT else dictionary.correct(slot.text, found)


def _is_guarded(finding: Finding) -> bool:
    return any(
        finding.category == guarded or finding.category.startswith(f"{guarded}.")
        for guarded in GUARDED
    )
