"""Hostile text in a request: found by who wrote it, and dealt with as the policy says.

What a caller wrote and what a tool, a website or a document brought is looked into; what
the application says to its model is meant to be obeyed, and what the model said has been.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from operator import attrgetter

from curtilage.consent.models import HostileRules
from curtilage.core.models import Finding
from curtilage.detect.hostile.acts import strip
from curtilage.detect.hostile.addresses import host_of, is_allowed
from curtilage.detect.hostile.assess import as_finding
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.models import CATEGORIES, Action, Kind, Origin, Verdict
from curtilage.gateway.findings import FindingsCache
from curtilage.gateway.wire.fields import Author, Slot, SlotKind

Assess = Callable[[str, Origin], Verdict]

READ = (SlotKind.TEXT, SlotKind.KEY)  # a model reads the names of a result as it does its texts
SCRIPT = "hostile.script-address"  # is of no host
SHORTEST = 12  # characters: what is shorter gives no order
_ORIGINS: Mapping[Author, Origin] = {
    Author.CALLER: Origin.CALLER,
    Author.TOOL: Origin.TOOL,
    Author.DOCUMENT: Origin.DOCUMENT,
}
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
        slots: Iterable[Slot],
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
