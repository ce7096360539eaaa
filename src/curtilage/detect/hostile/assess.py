"""Assess a text: cues that stand together, markup that leaks, what nobody sees."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from curtilage.core.models import Finding
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.clusters import SLIGHT, Weighed, clusters
from curtilage.detect.hostile.concealed import Region, find_concealed
from curtilage.detect.hostile.cues import CueFinder
from curtilage.detect.hostile.folding import Plain, Plainer
from curtilage.detect.hostile.invisible import find_invisible
from curtilage.detect.hostile.marks import MARKS
from curtilage.detect.hostile.markup import find_leaks
from curtilage.detect.hostile.models import (
    CATEGORIES,
    CLEAR,
    Origin,
    Reading,
    Reason,
    Verdict,
)
from curtilage.detect.hostile.phrases import CUES
from curtilage.detect.hostile.talk import about_in, use

THRESHOLD = 0.55  # calibrated: docs/decisions/0016-hostile-text.md
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

    def weigh(self, plain: Plain, origin: Origin) -> list[Weighed]:
        """The cues of a text, each with how much of it counts."""
        hits = self.finder.hits(plain)
        about = bool(hits) and about_in(plain.text)
        is_typed = origin is Origin.CALLER
        weighed = []
        for hit in hits:
            used = use(plain.text, hit, about=about)
            weighed.append(Weighed(hit, used, used * (hit.typed if is_typed else hit.weight)))
        return weighed

    def _spoken(
        self, plain: Plain, concealed: Sequence[Region], origin: Origin
    ) -> Iterator[Reason]:
        """Clusters of cues, each as one reason."""
        for cluster in clusters(plain.text, self.weigh(plain, origin)):
            start, end = plain.span(cluster.start, cluster.end)
            doubt, name = cluster.doubt, cluster.name
            if any(first < end and start < last for first, last in concealed):
                doubt, name = doubt**2, f"hidden-{name}"
            yield Reason(cluster.kind, name, round(1 - doubt, 4), start, end)

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
