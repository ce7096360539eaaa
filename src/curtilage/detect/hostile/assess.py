"""Assess a text: cues that stand together, markup that leaks, what nobody sees."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from curtilage.core.models import Finding
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.concealed import Region, find_concealed
from curtilage.detect.hostile.cues import CueFinder, Hit
from curtilage.detect.hostile.folding import Plain, Plainer
from curtilage.detect.hostile.invisible import find_invisible
from curtilage.detect.hostile.marks import MARKS
from curtilage.detect.hostile.markup import find_leaks
from curtilage.detect.hostile.models import (
    CATEGORIES,
    CLEAR,
    Kind,
    Origin,
    Reading,
    Reason,
    Verdict,
)
from curtilage.detect.hostile.phrases import CUES
from curtilage.detect.hostile.talk import is_about, use

THRESHOLD = 0.55  # calibrated: docs/decisions/0016-hostile-text.md
GAP = 500  # characters between two cues that still speak for each other
LONGEST_CLUSTER = 6000
SLIGHT = 0.1  # a cue below this says nothing about where an attack begins or ends
PAYLOAD = 600  # characters after a cue that may be what it leads to
_WORD = re.compile("[a-z0-9-]+")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
Readings = Callable[[str], Iterable[Reading]]


def no_readings(text: str) -> Iterable[Reading]:
    return ()


@dataclass(frozen=True, slots=True)
class HostileText:
    """Assesses texts. Immutable after it is built; any thread may use it."""

    finder: CueFinder
    plainer: Plainer
    readings: Readings = no_readings
    allowed_hosts: tuple[str, ...] = ()
    canaries: CanaryKey | None = None
    threshold: float = THRESHOLD

    def assess(self, text: str, origin: Origin, *, values: Sequence[str] = ()) -> Verdict:
        """What is hostile in `text`, which `origin` wrote.

        `values` are of this conversation: an address that holds one carries it away.
        """
        plain = self.plainer.plain(text)
        reasons = [*self._spoken(plain, find_concealed(text), origin)]
        reasons += find_leaks(text, values=values, allowed=self.allowed_hosts)
        for unseen in find_invisible(text):
            reasons.append(self._unseen(unseen, origin))
        for reading in self.readings(text):
            reasons += self._read(reading, origin)
        if self.canaries is not None:
            reasons += self.canaries.find(text)
        return _verdict(reasons, self.threshold)

    def _spoken(
        self, plain: Plain, concealed: Sequence[Region], origin: Origin
    ) -> Iterator[Reason]:
        """Clusters of cues, each as one reason."""
        hits = self.finder.hits(plain)
        if not hits:
            return
        about = is_about(_WORD.findall(plain.text))
        is_typed = origin is Origin.CALLER
        weighed = []
        for hit in hits:
            weight = (hit.typed if is_typed else hit.weight) * use(plain.text, hit, about=about)
            weighed.append((hit, weight))
        for cluster in _clusters(weighed):
            reason = _reason(plain, cluster)
            if any(start < reason.end and reason.start < end for start, end in concealed):
                reason = reason._replace(
                    weight=1 - (1 - reason.weight) ** 2, name=f"hidden-{reason.name}"
                )
            yield reason

    def _unseen(self, reason: Reason, origin: Origin) -> Reason:
        """An invisible run that reads as an attack is one, whatever else it is."""
        said = max(self._spoken(self.plainer.plain(reason.says), (), origin), default=None)
        if said is not None and said.weight >= self.threshold:
            return reason._replace(weight=0.99, name=f"{reason.name}-{said.name}")
        return reason

    def _read(self, reading: Reading, origin: Origin) -> Iterator[Reason]:
        """What another reading says weighs double: somebody took pains to hide it."""
        for reason in self._spoken(self.plainer.plain(reading.text), (), origin):
            start, end = reading.span(reason.start, reason.end)
            weight = 1 - (1 - reason.weight) ** 2
            yield Reason(reason.kind, f"{reading.name}-{reason.name}", weight, start, end)


def build_hostile(
    *,
    allowed_hosts: Iterable[str] = (),
    readings: Readings = no_readings,
    canaries: CanaryKey | None = None,
    threshold: float = THRESHOLD,
) -> HostileText:
    """All cues and marks. `readings` gives other ways to read a text (`detect.hidden`)."""
    hosts = tuple(host.lower() for host in allowed_hosts)
    return HostileText(CueFinder(CUES, MARKS), Plainer(), readings, hosts, canaries, threshold)


def _clusters(weighed: Iterable[tuple[Hit, float]]) -> Iterator[list[tuple[Hit, float]]]:
    """Cues parted by no more than `GAP`, in order."""
    cluster: list[tuple[Hit, float]] = []
    reached = 0
    for hit, weight in weighed:
        if cluster and (
            hit.start - reached > GAP or hit.start - cluster[0][0].start > LONGEST_CLUSTER
        ):
            yield cluster
            cluster = []
        cluster.append((hit, weight))
        reached = max(reached, hit.end)
    if cluster:
        yield cluster


def _reason(plain: Plain, cluster: Sequence[tuple[Hit, float]]) -> Reason:
    """What a cluster says: cues of one name count once, and each takes a share of the doubt."""
    strongest: dict[tuple[Kind, str], float] = {}
    for hit, weight in cluster:
        key = (hit.kind, hit.name)
        strongest[key] = max(strongest.get(key, 0.0), weight)
    doubt = math.prod(1 - weight for weight in strongest.values())
    kinds = {
        kind: math.prod(1 - weight for (each, _), weight in strongest.items() if each is kind)
        for kind in (Kind.INJECTION, Kind.JAILBREAK)
    }
    kind = min(kinds, key=lambda each: kinds[each])
    name = max(strongest, key=lambda each: (strongest[each], each))[1]
    start, end = _extent(plain.text, cluster)
    return Reason(kind, name, round(1 - doubt, 4), *plain.span(start, end))


def _extent(text: str, cluster: Sequence[tuple[Hit, float]]) -> tuple[int, int]:
    """From the sentence of the first telling cue to the end of the last one's paragraph."""
    telling = [hit for hit, weight in cluster if weight >= SLIGHT] or [cluster[0][0]]
    first, last = telling[0].start, max(hit.end for hit in telling)
    start = max(text.rfind(mark, max(0, first - 200), first) for mark in (". ", "! ", "? ", "\n"))
    paragraph = text.find("\n\n", last, last + PAYLOAD)
    if paragraph < 0:
        ended = _SENTENCE_END.search(text, min(len(text), last + PAYLOAD))
        paragraph = ended.start() if ended and last + PAYLOAD < len(text) else len(text)
    return (start + 1 if start >= 0 else max(0, first - 200) if first > 200 else 0), paragraph


def _verdict(reasons: Iterable[Reason], threshold: float) -> Verdict:
    """Findings are the reasons that reach the threshold; the others stay as reasons."""
    known = tuple(sorted((each for each in reasons if each.weight >= SLIGHT), key=_order))
    if not known:
        return CLEAR
    findings = tuple(
        Finding(
            each.start,
            each.end,
            each.kind,
            each.weight,
            CATEGORIES[each.kind],
            f"hostile.{each.name}",
        )
        for each in known
        if each.weight >= threshold
    )
    return Verdict(max(each.weight for each in known), known, findings)


def _order(reason: Reason) -> tuple[int, int, str]:
    return reason.start, reason.end, reason.name
