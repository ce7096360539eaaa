"""What is done with hostile text: cut it out, or let a policy's strictest action win."""

from collections.abc import Iterable, Mapping

from curtilage.core.models import Finding
from curtilage.detect.hostile.models import Action, Kind, Verdict

REMOVED = "[…]"  # so that what stood on both sides does not grow together
_RANK = {action: rank for rank, action in enumerate(Action)}

DEFAULT_ACTIONS: Mapping[Kind, Action] = {
    Kind.INJECTION: Action.FLAG,
    Kind.JAILBREAK: Action.FLAG,
    Kind.EXFILTRATION: Action.STRIP,
    Kind.INVISIBLE: Action.STRIP,
    Kind.CANARY: Action.BLOCK,
}


def strip(text: str, findings: Iterable[Finding]) -> str:
    """`text` without the findings. What overlaps is cut once; nothing else changes."""
    parts: list[str] = []
    at = 0
    for start, end in sorted((finding.start, finding.end) for finding in findings):
        if end <= at:
            continue
        if start > at or not parts:
            parts += (text[at:start], REMOVED)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def decide_hostile(verdict: Verdict, actions: Mapping[Kind, Action]) -> Action:
    """The strictest of the actions that apply. A kind without one is blocked."""
    asked = [actions.get(Kind(finding.type), Action.BLOCK) for finding in verdict.findings]
    return max(asked, key=_RANK.__getitem__, default=Action.ALLOW)
