"""A whole survey: small files in bundles, big ones in parts, results in order."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol

from curtilage.survey.concealing import Concealer
from curtilage.survey.errors import Unreadable
from curtilage.survey.examining import Listing, Located, Wishes, examine, locate
from curtilage.survey.models import (
    Done,
    Item,
    Note,
    Part,
    Passed,
    Problem,
    Result,
    Skipped,
    Table,
)
from curtilage.survey.pools import Pool, Step, built, in_order
from curtilage.survey.ports import Detector, DetectorBuilder
from curtilage.survey.reading import may_unfold, read_items
from curtilage.survey.sources import Source, open_file
from curtilage.survey.walking import Target

BIG = 4 * 1024 * 1024  # bytes; what is bigger is shared out part by part
BUNDLE = 64  # small files that go out together
BUNDLED = 1024 * 1024  # bytes of them


class Past(Protocol):
    """Knows the results of files from before."""

    def find(self, target: Target) -> Sequence[Result] | None: ...


def survey(
    targets: Iterable[Target | Problem | Note],
    build: DetectorBuilder,
    wishes: Wishes,
    pool: Pool,
    past: Past | None = None,
) -> Iterator[Result]:
    """What is in the targets. Every file ends with its `Done`."""
    return in_order(_plan(targets, build, wishes, pool, past), pool.backlog)


def survey_stream(
    name: str, source: Source, build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Iterator[Result]:
    """What is in one stream."""
    return in_order(_big(name, source, build, wishes, pool), pool.backlog)


def survey_items(
    name: str, items: Iterable[Item], build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Iterator[Result]:
    """What is in something that is no file: a database."""
    return in_order(_shared_out(Listing(name), items, build, wishes, pool), pool.backlog)


def _plan(
    targets: Iterable[Target | Problem | Note],
    build: DetectorBuilder,
    wishes: Wishes,
    pool: Pool,
    past: Past | None,
) -> Iterator[Step[Result]]:
    bundle: list[Target] = []
    for target in targets:
        known = past.find(target) if past is not None and isinstance(target, Target) else None
        if known is None and isinstance(target, Target) and _is_small(target):
            bundle.append(target)
            if len(bundle) < BUNDLE and sum(each.size for each in bundle) < BUNDLED:
                continue
        if bundle:
            yield _together(tuple(bundle), build, wishes, pool)
            bundle = []
        if known is not None:
            yield _say(*known)
        elif not isinstance(target, Target):
            yield _say(target)
        elif not _is_small(target):
            try:
                source = open_file(target.path)
            except Unreadable as problem:
                yield _say(*_unread(target.name, problem))
                continue
            yield from _big(target.name, source, build, wishes, pool)
    if bundle:
        yield _together(tuple(bundle), build, wishes, pool)


def _is_small(target: Target) -> bool:
    """Whether all that it gives may be in memory at once."""
    return target.size <= BIG and not may_unfold(target.path.suffix[1:])


def _say(*results: Result) -> Step[Result]:
    return Step(lambda _: results)


def _together(
    bundle: Sequence[Target], build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Step[Result]:
    return Step(
        then=lambda results: results,
        future=pool.submit(examine_files, bundle, build, wishes),
        on_loss=lambda: [result for target in bundle for result in _unread(target.name, _lost())],
    )


def _big(
    name: str, source: Source, build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Iterator[Step[Result]]:
    listing = Listing(name, source.size or 0)
    return _shared_out(listing, read_items(source), build, wishes, pool)


def _shared_out(
    listing: Listing,
    items: Iterable[Item],
    build: DetectorBuilder,
    wishes: Wishes,
    pool: Pool,
) -> Iterator[Step[Result]]:
    """Part by part, wherever there is room."""
    name = listing.path
    for item in items:
        if isinstance(item, Part):
            yield Step(
                then=partial(_take, name, listing, item.core),
                future=pool.submit(examine_part, name, item, build, wishes),
                on_loss=lambda: _unread(name, _lost())[:1],
            )
        else:
            yield Step(
                then=listing.tell,
                future=pool.submit(conceal, item, build, wishes),
                on_loss=lambda: _unread(name, _lost())[:1],
            )
    yield Step(lambda _: [listing.done()])


def _take(
    name: str, listing: Listing, core: tuple[int, int] | None, located: Located
) -> Iterator[Result]:
    yield from listing.take(core, located)
    yield Passed(name, located.characters)


def examine_files(
    targets: Sequence[Target], build: DetectorBuilder, wishes: Wishes
) -> Sequence[Result]:
    """Several files, one after the other, wherever this runs."""
    detector = built(build)
    return [result for target in targets for result in _examine(target, detector, wishes)]


def _examine(target: Target, detector: Detector, wishes: Wishes) -> Iterable[Result]:
    try:
        source = open_file(target.path)
    except Unreadable as problem:
        return _unread(target.name, problem)
    return examine(target.name, source, detector, wishes)


def examine_part(name: str, part: Part, build: DetectorBuilder, wishes: Wishes) -> Located:
    """One part of a big file, wherever this runs."""
    return locate(name, part, built(build), wishes)


def conceal(
    item: Table | Problem | Note | Skipped, build: DetectorBuilder, wishes: Wishes
) -> Table | Problem | Note | Skipped:
    """What a reader told of its file, without values in its names, wherever this runs."""
    return item if wishes.values else Concealer(built(build)).told(item)


def _unread(name: str, problem: Unreadable) -> Sequence[Result]:
    return Problem(problem.detail, problem.advice, path=name), Done(name, 0, 0)


def _lost() -> Unreadable:
    return Unreadable(
        "The process that examined it died, perhaps for want of memory.",
        hint="Scan it alone with --jobs 1, and see that there is memory to spare.",
    )
