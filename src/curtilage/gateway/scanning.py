"""What is found in a request: in its slots, and in what can only go out as it is.

`Scanner` is the engine's eye. It knows slots and the policy's word on them, and
keeps what it found in texts that are sent again.
"""

from collections.abc import Callable, Iterable, Sequence

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
MODEL_NAME, HEADER = "The model's name", "A header that travels on"


class Scanner:
    """One per worker, shared by all its requests."""

    def __init__(self, scan: Scan, *, rules: str, cache_key: bytes) -> None:
        self._findings = FindingsCache(scan, key=cache_key)
        self._scan = scan
        self._rules = rules
        self._clean: set[str] = set()

    def scan_slots(self, snapshot: Snapshot, slots: Sequence[Slot]) -> Texts:
        """What is in each slot that is scanned, as people corrected it."""
        policy = snapshot.policy
        context = f"{snapshot.tenant}\0{policy.version}\0{self._rules}".encode()
        scan = self._scan_slot if policy.observe else self._scan_kind
        texts = [
            (slot, scan(slot, context))
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
        found = self._scan(text)
        if found:
            bare[what] = bare.get(what, ()) + found
        elif len(self._clean) < CLEAN:
            self._clean.add(text)

    def _scan_kind(self, slot: Slot, context: bytes) -> tuple[Finding, ...]:
        """What is in a slot; where the policy lets it pass, only what must never leave."""
        found = self._scan_slot(slot, context)
        if slot.kind is SlotKind.LENIENT:
            return tuple(finding for finding in found if _is_guarded(finding))
        return found

    def _scan_slot(self, slot: Slot, context: bytes) -> tuple[Finding, ...]:
        """What is in a slot. Its label (`iban`) is context, as in `iban: …`."""
        if not slot.label:
            return self._findings.scan(slot.text, context)
        lead = f"{slot.label}: "
        by = len(lead)
        found = self._findings.scan(lead + slot.text, context)
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


def _correct(dictionary: Dictionary, slot: Slot, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is in a slot by what people said of it; nothing is added where none may be changed."""
    return found if slot.kind is SlotKind.LENIENT else dictionary.correct(slot.text, found)


def _is_guarded(finding: Finding) -> bool:
    return any(
        finding.category == guarded or finding.category.startswith(f"{guarded}.")
        for guarded in GUARDED
    )
