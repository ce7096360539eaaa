"""Hostile text in a request: found by who wrote it, and dealt with as the policy says.

What a caller wrote and what a tool, a website or a document brought is looked into; what
the application says to its model is meant to be obeyed, and what the model said has been.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from itertools import accumulate
from operator import attrgetter

from curtilage.consent.models import HostileRules
from curtilage.core.models import Finding
from curtilage.detect.hostile.acts import REMOVED, strip
from curtilage.detect.hostile.addresses import host_of, is_allowed
from curtilage.detect.hostile.assess import as_finding
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.models import CATEGORIES, Action, Kind, Origin, Verdict
from curtilage.gateway.findings import FindingsCache
from curtilage.gateway.wire.fields import Author, Slot, SlotKind

Assess = Callable[[str, Origin], Verdict]

READ = (SlotKind.TEXT, SlotKind.KEY)  # a model reads the names of a result as it does its texts
SCRIPT = "hostile.script-address"  # is of no host
MOST_JOINED = 16_384  # characters of texts that are read as one
SHORTEST = 12  # characters: what is shorter gives no order
_ORIGINS: Mapping[Author, Origin] = {
    Author.CALLER: Origin.CALLER,
    Author.TOOL: Origin.TOOL,
    Author.DOCUMENT: Origin.DOCUMENT,
}
_ENDED = re.compile(r"[.!?…][\"'”’»)\]*_\s]{0,8}\Z")
_SPOKEN = (Kind.INJECTION.value, Kind.JAILBREAK.value)
Part = tuple[Slot, int, int]
"""A text, and from where to where something is in it."""
_NAMES = {kind: category.rpartition(".")[2] for kind, category in CATEGORIES.items()}


@dataclass(frozen=True, slots=True)
class Hostility:
    """What was found, by type, and the strictest action of those that apply.

    `approval` is what a caller sends to say that somebody has seen it: it fits these texts
    and this policy alone."""

    found: Mapping[str, int]
    action: Action
    approval: str = ""


_strictness = attrgetter("strictness")
NONE = Hostility({}, Action.ALLOW)


class HostilityScanner:
    """One per worker. Texts that come again are not assessed again."""

    def __init__(self, assess: Assess, *, key: bytes) -> None:
        self._caches = {
            origin: (FindingsCache(_finder(assess, origin), key=key), origin.value.encode())
            for origin in Origin
        }
        self._canaries = FindingsCache(lambda _text: (), key=key)

    def look(
        self,
        slots: Sequence[Slot],
        rules: HostileRules,
        *,
        observe: bool,
        key: bytes,
        canaries: CanaryKey | None = None,
    ) -> Hostility:
        """What is hostile in a request. What is to be cut out is cut out of its slots.

        `key` is the session's: an approval that one worker asks for is known to all.
        `canaries` finds those that were planted, where any was."""
        words = rules.words()
        if all(action is Action.ALLOW for action in words.values()):
            return NONE
        counts: Counter[str] = Counter()
        worst, seen = Action.ALLOW, blake2b(key=key, digest_size=12, person=b"approval")
        seen.update(_digest(repr(sorted(words.items()))))
        for slot, findings in self._findings(slots, rules.allowed_hosts, canaries):
            acts = [_action_for(item, slot, words, observe=observe) for item in findings]
            counts.update(
                item.type
                for item, action in zip(findings, acts, strict=True)
                if action is not Action.ALLOW
            )
            worst = max(worst, *acts, key=_strictness)
            if Action.ASK in acts:
                seen.update(_digest(slot.text))
            _cut(slot, findings, acts)
        for item, parts in self._across(slots):
            act = _action_for(item, parts[0][0], words, observe=observe)
            if act is Action.ALLOW:
                continue
            counts[item.type] += 1
            worst = max(worst, act, key=_strictness)
            for slot, start, end in parts:
                if act is Action.ASK:
                    seen.update(_digest(slot.text))
                if act is Action.STRIP:
                    slot.cut(f"{slot.text[:start]}{REMOVED}{slot.text[end:]}")
        return Hostility(dict(counts), worst, seen.hexdigest() if worst is Action.ASK else "")

    def _findings(
        self, slots: Iterable[Slot], allowed: Collection[str], canaries: CanaryKey | None
    ) -> Iterator[tuple[Slot, Sequence[Finding]]]:
        for slot in slots:
            origin = _ORIGINS.get(slot.author)
            if origin is None or slot.kind not in READ or len(slot.text) < SHORTEST:
                continue
            cache, context = self._caches[origin]
            findings: Sequence[Finding] = cache.scan(slot.text, context)
            if allowed and findings:
                findings = [each for each in findings if not _is_trusted(each, slot.text, allowed)]
            if canaries is not None:
                findings = [*findings, *self._planted(slot.text, canaries)]
            if findings:
                yield slot, findings

    def _across(self, slots: Sequence[Slot]) -> Iterator[tuple[Finding, Sequence[Part]]]:
        """What begins in one text and ends in another of those that one author brought.

        Whoever writes a result may cut it as they like. What is found within one of them
        is not found again."""
        for run in _runs(slots):
            cache, context = self._caches[_ORIGINS[run[0].author]]
            ends = list(accumulate(len(slot.text) + 1 for slot in run))
            for item in cache.scan(" ".join(slot.text for slot in run), context):
                first, last = bisect_right(ends, item.start), bisect_left(ends, item.end)
                if item.type in _SPOKEN and first < last:
                    parts = [
                        (slot, max(0, item.start - begin), min(len(slot.text), item.end - begin))
                        for slot, begin in zip(run, [0, *ends], strict=False)
                        if item.start < begin + len(slot.text) and begin < item.end
                    ]
                    if not any(self._is_within(part[0], context) for part in parts):
                        yield item, parts

    def _is_within(self, slot: Slot, context: bytes) -> bool:
        """Whether orders are found in one text of several already."""
        cache, _ = self._caches[_ORIGINS[slot.author]]
        found = cache.scan(slot.text, context) if len(slot.text) >= SHORTEST else ()
        return any(each.type in _SPOKEN for each in found)

    def _planted(self, text: str, canaries: CanaryKey) -> Sequence[Finding]:
        """The canaries of a text; which there are may change while the service runs."""
        known = self._canaries
        name = known.key_of(text, canaries.lead().encode())
        found = known.find(name)
        if found is None:
            found = tuple(map(as_finding, canaries.find(text)))
            known.keep(name, found)
        return found


def is_approved(hostility: Hostility, approval: str) -> bool:
    """Whether a caller said that somebody has seen just this."""
    return bool(hostility.approval) and compare_digest(hostility.approval, approval)


def stricter(one: str, other: str) -> str:
    """Which of two actions, as records name them, is the stricter; "" is none."""
    return max(one, other, key=lambda name: Action(name).strictness if name else -1)


def _finder(assess: Assess, origin: Origin) -> Callable[[str], tuple[Finding, ...]]:
    return lambda text: assess(text, origin).findings


def _runs(slots: Iterable[Slot]) -> Iterator[Sequence[Slot]]:
    """Texts in a row that one author brought, each going on with the sentence before.

    Where a sentence ends nothing is put together: there, two texts that have the words of
    attacks are mostly two, and what gives an order in a whole sentence is found in it."""
    run: list[Slot] = []
    size = 0
    for slot in slots:
        if slot.kind is not SlotKind.TEXT or not slot.text:
            continue
        is_over = not run or slot.author is not run[0].author or _ENDED.search(run[-1].text)
        if is_over or size + len(slot.text) > MOST_JOINED:
            if len(run) > 1:
                yield run
            run, size = [], 0
        if slot.author in (Author.TOOL, Author.DOCUMENT):
            run.append(slot)
            size += len(slot.text)
    if len(run) > 1:
        yield run


def _is_trusted(item: Finding, text: str, allowed: Collection[str]) -> bool:
    """Whether it is an address of a host that may be sent data."""
    is_address = item.type == Kind.EXFILTRATION and item.detector != SCRIPT
    return is_address and is_allowed(host_of(text[item.start : item.end]), allowed)


def _action_for(item: Finding, slot: Slot, words: Mapping[str, Action], *, observe: bool) -> Action:
    """What the policy does with a finding. Of a caller's own words nothing visible is cut."""
    kind = Kind(item.type)
    action = words[_NAMES[kind]]
    if action is Action.ALLOW:
        return action
    is_own = action is Action.STRIP and slot.author is Author.CALLER and kind is not Kind.INVISIBLE
    return Action.FLAG if observe or is_own else action


def _cut(slot: Slot, findings: Sequence[Finding], acts: Sequence[Action]) -> None:
    """Take out of a slot what is to be stripped; it is scanned as what is left."""
    cut = [item for item, act in zip(findings, acts, strict=True) if act is Action.STRIP]
    if cut:
        slot.cut(strip(slot.text, cut))


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest()
