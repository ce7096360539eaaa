"""Which of all that a value may be it is, once a policy has said how each leaves.

Detection says what a value most likely is, and what nearly as likely (`rivals`). A policy
treats types; where it treats those of one value differently, its strictest word counts.
"""

from collections.abc import Iterable, Iterator, Mapping

from curtilage.core.models import STRICTNESS, Finding, Treatment


def each_reading(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings and their rivals: all that a policy is asked about."""
    for finding in findings:
        yield finding
        yield from finding.rivals


def settle(findings: Iterable[Finding], treatments: Mapping[str, Treatment]) -> tuple[Finding, ...]:
    """Each finding as that reading of it which is treated most strictly.

    Among equals it stays what it most likely is. A type that `treatments` does not name is blocked."""
    return tuple(
        [_settle(finding, treatments) if finding.rivals else finding for finding in findings]
    )


def _settle(finding: Finding, treatments: Mapping[str, Treatment]) -> Finding:
    strictest = max(
        (finding, *finding.rivals),
        key=lambda each: STRICTNESS[treatments.get(each.type, Treatment.BLOCK)],
    )
    return strictest._replace(start=finding.start, end=finding.end, rivals=())
