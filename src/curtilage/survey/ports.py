"""What the survey needs of others."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from curtilage.core.models import Finding
from curtilage.survey.models import Result
from curtilage.survey.tallying import Tally


class Detector(Protocol):
    """Finds personal data and secrets in a text, without a state and from any thread."""

    def scan(self, text: str) -> Sequence[Finding]: ...


@runtime_checkable
class Explainer(Protocol):
    """A detector that can also say what spoke for each of its findings."""

    def explain(self, text: str, findings: Sequence[Finding]) -> Sequence[tuple[str, ...]]: ...


DetectorBuilder = Callable[[], Detector]
"""Hashable and sent to other processes: each builds its own detector, once."""


class Report(Protocol):
    """Takes results in their order, and writes what it has to say of them."""

    def take(self, result: Result) -> None: ...

    def close(self, tally: Tally) -> None: ...
