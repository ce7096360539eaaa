"""Which of overlapping candidates stay: the best of each, whatever order they came in."""

from bisect import bisect_left

from curtilage.detect.judge import Candidate


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
    for candidate in sorted(cluster, key=_preference):
        place = bisect_left(starts, candidate.start)
        free_before = place == 0 or chosen[place - 1].end <= candidate.start
        free_after = place == len(chosen) or chosen[place].start >= candidate.end
        if free_before and free_after:
            starts.insert(place, candidate.start)
            chosen.insert(place, candidate)
    return chosen


def _preference(candidate: Candidate) -> tuple[int, int, int, int, int, str]:
    """Context, strength of the check, specificity, length; then whatever decides a tie."""
    kind, length = candidate.shape.kind, candidate.end - candidate.start
    mode = candidate.shape.form.mode
    return -candidate.closeness, -kind.strength, -mode, -length, candidate.start, kind.type
