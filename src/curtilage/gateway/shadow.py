"""What a second policy would have decided about a call. It decides nothing itself."""

from collections.abc import Mapping

from curtilage.consent.shadow import LOOSER, STRICTER
from curtilage.core.canonical import Json
from curtilage.core.models import STRICTNESS, Decision


def compare_shadow(live: Decision, shadow: Decision, found: Mapping[str, int]) -> dict[str, Json]:
    """For the outcome: the second policy, and the counts of what it would treat otherwise.

    Where one of them refuses the call whole nothing is counted but that."""
    facts: dict[str, Json] = {"policy": shadow.policy}
    if live.effect is not shadow.effect:
        facts["effect"], facts["reason"] = shadow.effect.value, shadow.reason
    facts.update(_count_changes(live, shadow, found))
    return facts


def _count_changes(
    live: Decision, shadow: Decision, found: Mapping[str, int]
) -> dict[str, dict[str, Json]]:
    changes: dict[str, dict[str, Json]] = {}
    for qualified, treatment in shadow.treatments.items():
        before = live.treatments.get(qualified, treatment)
        kind = qualified.rpartition(":")[2]
        if before is not treatment and kind in found:  # else it is what something may be as well
            change = STRICTER if STRICTNESS[treatment] > STRICTNESS[before] else LOOSER
            changes.setdefault(change, {})[kind] = found[kind]
    return changes
