"""The work on a Ray cluster, with the extra `ray`. Every node has Curtilage and the files.

A process or a node that is lost is told like one of this machine: what it had was not
examined, and the rest goes on.
"""

import logging
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from curtilage.core.errors import SetupError, UnavailableError
from curtilage.survey.pools import Pool


class Cluster:
    """Does it wherever the cluster has room."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._run = library.remote(max_retries=1)(_run)
        self.backlog = 3 * max(1, int(library.cluster_resources().get("CPU", 1)))

    def submit(self, work: Callable[..., Any], /, *given: Any) -> "Future[Any]":
        mine: Future[Any] = Future()
        theirs = self._run.remote(work, *given).future()
        theirs.add_done_callback(lambda done: self._pass_on(done, mine))
        return mine

    def _pass_on(self, done: "Future[Any]", mine: "Future[Any]") -> None:
        problem = done.exception()
        kinds = self._library.exceptions
        if problem is None:
            mine.set_result(done.result())
        elif isinstance(problem, kinds.RayTaskError):  # the work itself raised it
            mine.set_exception(getattr(problem, "cause", None) or problem)
        elif isinstance(problem, kinds.RayError):
            mine.set_exception(BrokenProcessPool("a process of the cluster was lost"))
        else:
            mine.set_exception(problem)


def _run(work: Callable[..., Any], *given: Any) -> Any:
    return work(*given)


def _knock(address: str) -> None:
    """Whether anybody listens there: Ray itself would ask for minutes."""
    match = re.fullmatch(r"(?:ray://)?([^/:]+):([0-9]{1,5})", address)
    if match:
        socket.create_connection((match[1], int(match[2])), timeout=10).close()


@contextmanager
def open_cluster(address: str) -> Iterator[Pool]:
    """The cluster at an address of Ray's; `auto` is the one of this machine.

    Raises a SetupError where Ray is not installed, and an UnavailableError where nobody answers."""
    try:
        import ray as library  # noqa: PLC0415 - an extra
    except ImportError:
        raise SetupError(
            "Ray is not installed.",
            hint="Install the extra `ray`: `pip install 'curtilage[ray]'`.",
        ) from None
    try:
        _knock(address)
        library.init(address, logging_level=logging.ERROR, log_to_driver=False)
    except (library.exceptions.RayError, OSError, ValueError, RuntimeError):
        raise UnavailableError(
            "The Ray cluster does not answer, or has another version of Ray or Python.",
            hint="See that `ray status --address ADDRESS` does.",
        ) from None
    try:
        yield Cluster(library)
    finally:
        library.shutdown()
