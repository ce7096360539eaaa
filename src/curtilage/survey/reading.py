"""Which reader reads a source: by what it begins with, then by its name."""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from curtilage.survey import readers as folder
from curtilage.survey.encodings import is_binary
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Problem, Skipped
from curtilage.survey.sources import Source, unreadable


@dataclass(frozen=True, slots=True)
class Reader:
    """One format."""

    name: str
    read: Callable[[Source], Iterator[Item]]
    suffixes: frozenset[str] = frozenset()
    recognises: Callable[[bytes], bool] | None = None
    """Whether a file that begins so is of this format, whatever its name."""
    is_text: bool = False
    """Whether it reads text alone: what is binary is then not of this format."""
    rank: int = 0
    """Of those that recognise a file, the one of the highest rank reads it."""
    unfolds: bool = False
    """Whether what comes out of it may be much more than it is."""


@cache
def all_readers() -> Sequence[Reader]:
    """The readers of every module in the folder, the surest first."""
    found: list[Reader] = []
    for module in pkgutil.iter_modules(folder.__path__):
        if not module.name.startswith("_"):
            found += import_module(f"{folder.__name__}.{module.name}").READERS
    return sorted(found, key=lambda reader: (-reader.rank, reader.name))


def read_items(source: Source) -> Iterator[Item]:
    """What is in a source. What a reader cannot cope with comes out as a problem."""
    try:
        reader = choose_reader(source)
        if reader is None:
            yield Skipped()
        else:
            yield from reader.read(source)
    except Unreadable as problem:
        yield Problem(problem.detail, problem.advice, source.within)
    except OSError as problem:
        told = unreadable(problem)
        yield Problem(told.detail, told.advice, source.within)
    except (Exception, MemoryError) as bug:  # noqa: BLE001  # parsers of others meet hostile files here
        yield Problem(
            f"The reader of this format gave up on it ({type(bug).__name__}).",
            "See that other programs open it; save it anew, or leave it out.",
            source.within,
        )


def read_within(inner: Source) -> Iterator[Item]:
    """As `read_items`, of something inside of a file: that nobody reads it is not told."""
    return (item for item in read_items(inner) if not isinstance(item, Skipped))


def choose_reader(source: Source) -> Reader | None:
    """By the first bytes, then by the name; None for what is no text and of no known format."""
    readers = all_readers()
    for reader in readers:
        if reader.recognises is not None and reader.recognises(source.head):
            return reader
    named = next((reader for reader in readers if source.suffix in reader.suffixes), None)
    if not is_binary(source.head):
        return named if named is not None and named.is_text else _plain(readers)
    if named is None:
        return None
    raise Unreadable(
        f"Its name says {named.name}, but it holds something else.",
        hint="Give it the ending of what it is, or leave it out.",
    )


@cache
def may_unfold(suffix: str) -> bool:
    """Whether files of this ending are small for what is in them."""
    return any(reader.unfolds and suffix.lower() in reader.suffixes for reader in all_readers())


def _plain(readers: Sequence[Reader]) -> Reader:
    return next(reader for reader in readers if reader.name == "text")
