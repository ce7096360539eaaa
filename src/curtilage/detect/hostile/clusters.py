"""Cues that stand together: what they say as one, and from where to where.

Each cue takes a share of the doubt. Cues of one name count once: whoever says the
same thing ten times says it once.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from curtilage.detect.hostile.cues import Hit
from curtilage.detect.hostile.models import Kind

GAP = 500  # characters between two cues that still speak for each other
LONGEST = 6000
SLIGHT = 0.1  # a cue below this says nothing about where an attack begins or ends
PAYLOAD = 600  # characters after a cue that may be what it leads to
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_KINDS = (Kind.INJECTION, Kind.JAILBREAK)


class Weighed(NamedTuple):
    """A cue with how much of it counts here."""

    hit: Hit
    used: float
    weight: float


class Cluster(NamedTuple):
    """Cues that are read as one, in the plain text."""

    start: int
    end: int
    kind: Kind
    name: str
    """Of the strongest cue."""
    doubt: float
    """What is left of it, from 1 to 0."""
    voices: int = 0
    """How many different cues speak in full and more than slightly."""


def clusters(text: str, weighed: Iterable[Weighed]) -> Iterator[Cluster]:
    """Cues parted by no more than `GAP`, in order."""
    group: list[Weighed] = []
    reached = 0
    for each in weighed:
        is_far = each.hit.start - reached > GAP
        if group and (is_far or each.hit.start - group[0].hit.start > LONGEST):
            yield _cluster(text, group)
            group = []
        group.append(each)
        reached = max(reached, each.hit.end)
    if group:
        yield _cluster(text, group)


def _cluster(text: str, group: Sequence[Weighed]) -> Cluster:
    strongest: dict[tuple[Kind, str], float] = {}
    for hit, _, weight in group:
        key = (hit.kind, hit.name)
        strongest[key] = max(strongest.get(key, 0.0), weight)
    left = {
        kind: math.prod(1 - weight for (each, _), weight in strongest.items() if each is kind)
        for kind in _KINDS
    }
    kind = min(_KINDS, key=left.__getitem__)
    name = max(strongest, key=lambda key: (strongest[key], key))[1]
    voices = {hit.name for hit, used, weight in group if used >= 1 and weight > SLIGHT}
    return Cluster(*_extent(text, group), kind, name, math.prod(left.values()), len(voices))


def _extent(text: str, group: Sequence[Weighed]) -> tuple[int, int]:
    """From the sentence of the first telling cue to the end of the last one's paragraph."""
    telling = [each.hit for each in group if each.weight >= SLIGHT] or [group[0].hit]
    return sentence_start(text, telling[0].start), payload_end(text, max(h.end for h in telling))


def sentence_start(text: str, place: int) -> int:
    """Where the sentence that `place` is in begins, or 200 characters before."""
    least = max(0, place - 200)
    start = max(text.rfind(mark, least, place) for mark in (". ", "! ", "? ", "\n"))
    return start + 1 if start >= 0 else least


def payload_end(text: str, place: int) -> int:
    """The end of the paragraph, or of the sentence that is `PAYLOAD` characters on."""
    end = text.find("\n\n", place, place + PAYLOAD)
    if end >= 0:
        return end
    ended = _SENTENCE_END.search(text, place + PAYLOAD)
    return ended.start() if ended else len(text)
