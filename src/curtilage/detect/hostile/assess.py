"""Assess a text: cues that stand together, markup that leaks, what nobody sees."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.clusters import SLIGHT, Cluster, Weighed, clusters
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
from curtilage.detect.hostile.talk import about_in, use, words_about
from curtilage.detect.hostile.wording import (
    MOST,
    QUIET,
    Window,
    Wording,
    load_wording,
    said_by,
)

THRESHOLD = 0.45  # calibrated: docs/decisions/0016-hostile-text.md
LEEWAY = 0.5  # odds that a caller, who may give orders, has over a document
WIDEST = 3000  # characters of the longest window that is compared with a cluster
TOGETHER = 3  # slighter ones and words of the subject that are read around
NEAR = 150  # characters that these may be apart
CHORUS = 4  # different cues that are believed whatever the wording, if they leave little doubt
LITTLE = 0.15
EXCUSED = 0.8  # odds that a text has which forbids to show a prompt
ABOUT = 0.7  # and each word of those who write about such attacks
MOST_ABOUT = 2
ALONE = 2.0  # the odds at which wording speaks for itself
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
    wording: Wording | None = None
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
        """The cues of a text, each with how much of it counts; none where none says anything."""
        hits = self.finder.hits(plain)
        if not _speak(hits):
            return []
        about = about_in(plain.text)
        is_typed = origin is Origin.CALLER
        weighed = []
        for hit in hits:
            used = use(plain.text, hit, about=about)
            weighed.append(Weighed(hit, used, used * (hit.typed if is_typed else hit.weight)))
        return weighed

    def _spoken(
        self, plain: Plain, concealed: Sequence[Region], origin: Origin
    ) -> Iterator[Reason]:
        """Clusters of cues, each as one reason, and what only its wording gives away."""
        weighed = self.weigh(plain, origin)
        found = list(clusters(plain.text, [each for each in weighed if each.weight]))
        windows = self._windows(plain.text, weighed, least=QUIET if found else ALONE)
        found += _worded(windows, found)
        forbidden = [each.hit.start for each in weighed if not each.used]
        told = ABOUT * min(MOST_ABOUT, words_about(plain.text)) if found else 0.0
        for cluster in found:
            start, end = plain.span(cluster.start, cluster.end)
            is_excused = bisect_left(forbidden, cluster.start) < bisect_left(forbidden, cluster.end)
            leeway = EXCUSED * is_excused + LEEWAY * (origin is Origin.CALLER) + told
            weight, name = self._chance(cluster, windows, leeway), cluster.name
            if any(first < end and start < last for first, last in concealed):
                weight, name = 1 - (1 - weight) ** 2, f"hidden-{name}"
            yield Reason(cluster.kind, name, round(weight, 4), start, end)

    def _windows(self, text: str, weighed: Sequence[Weighed], *, least: float) -> Sequence[Window]:
        if self.wording is None:
            return ()
        return self.wording.windows(text, said_by(weighed), least=least)

    def _chance(self, cluster: Cluster, windows: Sequence[Window], leeway: float) -> float:
        if self.wording is None:
            return 1 - cluster.doubt
        first = bisect_left(windows, (cluster.start - WIDEST,))
        last = bisect_left(windows, (cluster.end,))
        near = [each.odds for each in windows[first:last] if each.end > cluster.start]
        chance = self.wording.chance(max(near, default=-MOST) - leeway)
        is_chorus = cluster.voices >= CHORUS and cluster.doubt <= LITTLE
        return max(chance, 1 - cluster.doubt) if is_chorus else chance

    def _unseen(self, reason: Reason, origin: Origin) -> Reason:
        """An invisible run that reads as an attack is one, whatever else it is."""
        spoken = self._spoken(self.plainer.plain(reason.says), (), origin)
        said = max(spoken, key=lambda each: each.weight, default=None)
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
    worded: bool = True,
    threshold: float = THRESHOLD,
    cache_dir: Path | None = None,
    late: bool = False,
) -> HostileText:
    """All cues and marks, and the model of wording if `worded`.

    `readings` gives other ways to read a text (`detect.hidden`). With a `cache_dir`,
    where compiled patterns are kept, the same is found several times as fast; `late`: once
    they are compiled, which takes seconds where they are not kept yet.
    """
    hosts = tuple(host.lower() for host in allowed_hosts)
    wording = load_wording() if worded else None
    return HostileText(
        CueFinder(CUES, MARKS, cache_dir=cache_dir, late=late),
        Plainer(),
        readings,
        hosts,
        canaries,
        wording,
        threshold,
    )


def _worded(windows: Iterable[Window], found: Sequence[Cluster]) -> list[Cluster]:
    """The window that sounds worst, where no cue is near it."""
    worst = max(windows, key=lambda each: each.odds, default=None)
    if worst is None or worst.odds <= ALONE:
        return []
    if any(worst.start < each.end and each.start < worst.end for each in found):
        return []
    return [Cluster(worst.start, worst.end, Kind.INJECTION, "wording", 1.0)]


def _speak(hits: Sequence[Hit]) -> bool:
    """Whether any of them weighs anything, or words of the subject are close together."""
    near = zip(hits, hits[TOGETHER - 1 :], strict=False)
    return any(hit.weight or hit.typed for hit in hits) or any(
        last.start - first.start < NEAR for first, last in near
    )


def _verdict(reasons: Iterable[Reason], threshold: float) -> Verdict:
    """Findings are the reasons that reach the threshold; the others stay as reasons."""
    known = tuple(sorted((each for each in reasons if each.weight >= SLIGHT), key=_order))
    if not known:
        return CLEAR
    findings = tuple(as_finding(each) for each in known if each.weight >= threshold)
    return Verdict(max(each.weight for each in known), known, findings)


def as_finding(reason: Reason) -> Finding:
    """A reason that is believed."""
    return Finding(
        reason.start,
        reason.end,
        reason.kind.value,
        reason.weight,
        CATEGORIES[reason.kind],
        f"hostile.{reason.name}",
    )


def _order(reason: Reason) -> tuple[int, int, str]:
    return reason.start, reason.end, reason.name
