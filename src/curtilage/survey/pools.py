"""Where the work is done: here, in processes beside this one, or on a Ray cluster.

Whoever gives out work takes the results in the order in which it was given, and
gives out only a little more than is being worked on: memory stays where it is.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from curtilage.survey.ports import Detector, DetectorBuilder

Thing = TypeVar("Thing")


class Pool(Protocol):
    """Does work, somewhere."""

    backlog: int
    """So much is given out at once."""

    def submit(self, work: Callable[..., Any], /, *given: Any) -> "Future[Any]": ...


class Here:
    """Does it at once."""

    backlog = 0

    def submit(self, work: Callable[..., Any], /, *given: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(work(*given))
        return future


class Processes:
    """Does it in processes of this machine."""

    def __init__(self, executor: ProcessPoolExecutor, jobs: int) -> None:
        self._executor = executor
        self.backlog = 3 * jobs

    def submit(self, work: Callable[..., Any], /, *given: Any) -> "Future[Any]":
        try:
            return self._executor.submit(work, *given)
        except BrokenProcessPool as loss:  # one died: the rest is told like what it had
            future: Future[Any] = Future()
            future.set_exception(loss)
            return future


@contextmanager
def open_processes(jobs: int) -> Iterator[Pool]:
    """`jobs` processes, which end with the block."""
    if jobs <= 1:
        yield Here()
        return
    # Started anew, not forked: a copy of a process with threads may hang for good.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(jobs, mp_context=context)
    try:
        yield Processes(executor, jobs)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[Thing]):
    """Work that was given out, and what becomes of its result. No work: results as they are."""

    then: Callable[[Any], Iterable[Thing]]
    future: "Future[Any] | None" = None
    on_loss: Callable[[], Iterable[Thing]] = tuple
    """What is said when the process that had it died."""


def in_order(steps: Iterable[Step[Thing]], backlog: int) -> Iterator[Thing]:
    """The results of all steps, in their order."""
    waiting: deque[Step[Thing]] = deque()
    for step in steps:
        waiting.append(step)
        while len(waiting) > backlog or (waiting and waiting[0].future is None):
            yield from _finish(waiting.popleft())
    while waiting:
        yield from _finish(waiting.popleft())


def _finish(step: Step[Thing]) -> Iterable[Thing]:
    if step.future is None:
        return step.then(None)
    try:
        result = step.future.result()
    except BrokenProcessPool:
        return step.on_loss()
    return step.then(result)


@cache
def built(build: DetectorBuilder) -> Detector:
    """The detector of this process, wherever that runs."""
    return build()
