"""What commits brought in: every added line once, with its commit, file and line."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from curtilage.survey.diffs import DiffParser, Fragment
from curtilage.survey.errors import NoRepository
from curtilage.survey.examining import Listing, Wishes, locate
from curtilage.survey.models import Done, Found, Note, Part, Problem, Result, Spot
from curtilage.survey.originals import Original
from curtilage.survey.pools import Pool, Step, built, in_order
from curtilage.survey.ports import Detector, DetectorBuilder
from curtilage.survey.readers.plain import as_it_is
from curtilage.survey.windows import cut_windows

BUNDLED = 128 * 1024  # characters that go out together
LARGE = 256 * 1024  # of a fragment that is scanned by itself
HISTORY = "(history)"
BETWEEN = "\n" + " " * 62 + "\n"
"""No word of one fragment is near enough to name a value in the next."""


def survey_history(
    lines: Iterable[bytes], build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Iterator[Result]:
    """What is in the lines that git prints."""
    return in_order(_plan(lines, build, wishes, pool), pool.backlog)


def _plan(
    lines: Iterable[bytes], build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Iterator[Step[Result]]:
    parser, authors = DiffParser(), Authors()
    bundle: list[Fragment] = []
    size = characters = 0
    trouble: list[Result] = []

    def give() -> Step[Result]:
        return Step(
            then=lambda found: found,
            future=pool.submit(examine_fragments, tuple(bundle), build, wishes),
            on_loss=partial(_lost, tuple(bundle)),
        )

    for fragment in _fragments(lines, parser, trouble):
        bundle.append(fragment if wishes.values else authors.hide(fragment))
        size += len(fragment.text)
        characters += len(fragment.text)
        if size >= BUNDLED:
            yield give()
            bundle, size = [], 0
    if bundle:
        yield give()
    if parser.binaries:
        trouble.append(
            Note(f"{parser.binaries:,} changes of binary files were not examined.", path=HISTORY)
        )
    yield Step(lambda _: (*trouble, Done(HISTORY, 0, characters)))


def _fragments(
    lines: Iterable[bytes], parser: DiffParser, trouble: list[Result]
) -> Iterator[Fragment]:
    try:
        for line in lines:
            yield from parser.feed(line)
    except NoRepository as problem:
        trouble.append(Problem(problem.detail, problem.advice, path=HISTORY))
    yield from parser.close()


def examine_fragments(
    bundle: Sequence[Fragment], build: DetectorBuilder, wishes: Wishes
) -> Sequence[Found | Problem]:
    """What is in some fragments, wherever this runs."""
    detector = built(build)
    found: list[Found | Problem] = []
    together: list[Fragment] = []
    for fragment in bundle:
        if len(fragment.text) <= LARGE:
            together.append(fragment)
            continue
        found += [
            *_examine_together(together, detector, wishes),
            *_examine_large(fragment, detector, wishes),
        ]
        together = []
    return [*found, *_examine_together(together, detector, wishes)]


def _examine_together(
    bundle: Sequence[Fragment], detector: Detector, wishes: Wishes
) -> Iterator[Found | Problem]:
    """Small fragments in one text: that is much faster than one by one."""
    if not bundle:
        return
    place = Fragments(bundle)
    text = BETWEEN.join([fragment.text for fragment in bundle])
    located = locate(lambda start: place.at(start).path, Part(text, place), detector, wishes)
    if located.problem is not None:
        yield from _one_by_one(bundle, located.problem, detector, wishes)
    for start, found in zip(located.starts, located.found, strict=True):
        yield replace(found, commit=place.at(start).commit)


def _one_by_one(
    bundle: Sequence[Fragment], problem: Problem, detector: Detector, wishes: Wishes
) -> Iterator[Found | Problem]:
    """Not all of them are to blame."""
    if len(bundle) == 1:
        yield replace(problem, path=bundle[0].path)
        return
    for fragment in bundle:
        yield from _examine_together([fragment], detector, wishes)


def _examine_large(
    fragment: Fragment, detector: Detector, wishes: Wishes
) -> Iterator[Found | Problem]:
    original = Original([fragment.text])
    listing = Listing(fragment.path)
    for part in cut_windows(as_it_is(original), original):
        for found in listing.take(part.core, locate(fragment.path, part, detector, wishes)):
            if isinstance(found, Problem):
                yield found
            else:
                yield replace(found, spot=_moved(found.spot, fragment), commit=fragment.commit)


class Fragments:
    """The place of several fragments in one text."""

    def __init__(self, bundle: Sequence[Fragment]) -> None:
        self._bundle = bundle
        self._starts: list[int] = []
        start = 0
        for fragment in bundle:
            self._starts.append(start)
            start += len(fragment.text) + len(BETWEEN)

    def at(self, start: int) -> Fragment:
        return self._bundle[self._number(start)]

    def spot(self, start: int, end: int) -> Spot:
        number = self._number(start)
        fragment, shift = self._bundle[number], self._starts[number]
        line, column = _position(fragment.text, start - shift)
        end_line, end_column = _position(fragment.text, end - shift)
        return _moved(Spot(line, column, end_line, end_column), fragment)

    def lines(self, start: int) -> tuple[str, str]:
        number = self._number(start)
        text, place = self._bundle[number].text, start - self._starts[number]
        first = text.rfind("\n", 0, place) + 1
        end = text.find("\n", place)
        before = text.rfind("\n", 0, max(0, first - 1)) + 1
        return text[first : end if end >= 0 else None], text[before : max(0, first - 1)]

    def _number(self, start: int) -> int:
        return bisect_right(self._starts, start) - 1


def _position(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def _moved(spot: Spot, fragment: Fragment) -> Spot:
    """From lines of the fragment to lines of the file."""
    return replace(
        spot,
        line=_in_file(spot.line or 1, fragment),
        end_line=_in_file(spot.end_line or 1, fragment),
    )


def _in_file(line: int, fragment: Fragment) -> int:
    number = bisect_right(fragment.hunks, (line - 1, float("inf"))) - 1
    first, its_line = fragment.hunks[max(0, number)]
    return its_line + line - 1 - first


@dataclass(slots=True)
class Authors:
    """Pseudonyms in the order of appearance: they say who is the same, and not who."""

    _numbers: dict[str, int] = field(default_factory=dict)

    def hide(self, fragment: Fragment) -> Fragment:
        if fragment.commit is None:
            return fragment
        number = self._numbers.setdefault(fragment.commit.author, len(self._numbers) + 1)
        return replace(fragment, commit=replace(fragment.commit, author=f"author {number}"))


def _lost(bundle: Sequence[Fragment]) -> Sequence[Result]:
    commits = [fragment.commit.hash for fragment in bundle if fragment.commit] or ["staged"]
    return [
        Problem(
            f"The process that examined commits {commits[0][:10]} and others died.",
            "Scan again with --jobs 1, and see that there is memory to spare.",
            path=HISTORY,
        )
    ]
