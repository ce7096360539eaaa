"""Which of overlapping candidates stay: the best of each, whatever order they came in.

A better one remembers as a rival what lost to it by little: evidence says what a value
most likely is, and a policy may have a stricter word on what it may be as well.
"""

from bisect import bisect_left

from curtilage.core.models import Finding
from curtilage.detect.judge import Candidate

NEARLY = 0.2  # of score: a named value and one that nothing names are farther apart


def is_near(winner: float, loser: float) -> bool:
    """Whether a loser's score is nearly as good: two of equal form and context are."""
    return round(winner - loser, 2) <= NEARLY


def add_rival(winner: Finding, loser: Finding) -> Finding:
    """A finding that remembers what lost to it, and what had lost to that."""
    known = {winner.type, *(each.type for each in winner.rivals)}
    new = [
        each._replace(rivals=())
        for each in (loser, *loser.rivals)
        if each.type not in known and is_near(winner.score, each.score)
    ]
    return winner._replace(rivals=(*winner.rivals, *new)) if new else winner


def without_overlaps(candidates: list[Candidate]) -> list[Candidate]:
    """The best candidates, none of which overlaps a better one."""
    candidates.sort()
    if all(map(_are_apart, candidates, candidates[1:])):
        return candidates
    chosen: list[Candidate] = []
    cluster: list[Candidate] = []
    reach = -1
    for candidate in candidates:
        if candidate.start >= reach:
            chosen += cluster if len(cluster) < 2 else _best_of(cluster)
            cluster = []
        cluster.append(candidate)
        reach = max(reach, candidate.end)
    return chosen + _best_of(cluster)


def _are_apart(first: Candidate, second: Candidate) -> bool:
    return first[1] <= second[0]


def _best_of(cluster: list[Candidate]) -> list[Candidate]:
    """Those of candidates that hang together which stay, the best first to choose."""
    if len(cluster) < 2:
        return cluster
    starts: list[int] = []
    chosen: list[Candidate] = []
    lost: list[Candidate] = []
    for candidate in sorted(cluster, key=_preference):
        place = bisect_left(starts, candidate.start)
        free_before = place == 0 or chosen[place - 1].end <= candidate.start
        free_after = place == len(chosen) or chosen[place].start >= candidate.end
        if free_before and free_after:
            starts.insert(place, candidate.start)
            chosen.insert(place, candidate)
        else:
            lost.append(candidate)
    for loser in lost:
        first = bisect_left(starts, loser.start)
        if first and chosen[first - 1].end > loser.start:
            first -= 1
        for place in range(first, bisect_left(starts, loser.end)):
            chosen[place] = _with_rival(chosen[place], loser)
    return chosen


def _with_rival(winner: Candidate, loser: Candidate) -> Candidate:
    """At most one of a type: a long winner does not gather all that lies inside of it."""
    known = {winner.shape.type, *(each.shape.type for each in winner.rivals)}
    if loser.shape.type in known or not is_near(winner.score, loser.score):
        return winner
    return winner._replace(rivals=(*winner.rivals, loser))


def _preference(candidate: Candidate) -> tuple[int, int, int, int, int, str]:
    """Context, strength of the check, specificity, length; then whatever decides a tie."""
    kind, length = candidate.shape.kind, candidate.end - candidate.start
    mode = candidate.shape.form.mode
    return -candidate.closeness, -kind.strength, -mode, -length, candidate.start, kind.type
