"""What is worth knowing about the policies in use."""

from collections.abc import Iterable

from curtilage.consent.models import GUARDED, Policy
from curtilage.core.models import Observation, Treatment


def check_policies(policies: Iterable[Policy]) -> list[Observation]:
    """Say where data leaves unprotected on purpose."""
    return [seen for policy in policies for seen in check_policy(policy)]


def check_policy(policy: Policy) -> list[Observation]:
    """Say where this policy lets data leave unprotected."""
    if policy.observe:
        return [_observing(policy)]
    return [*_guarded_allowed(policy), *_opaque_allowed(policy)]


def _observing(policy: Policy) -> Observation:
    return Observation(
        code="consent.observing",
        title="The policy only observes",
        detail=f"Under the policy {policy.name}, personal data and secrets leave as they are.",
        severity="warning",
        mend="Set `gateway.policy` to balanced or strict.",
    )


def _guarded_allowed(policy: Policy) -> list[Observation]:
    return [
        Observation(
            code="consent.guarded-allowed",
            title="Secrets or card numbers may leave",
            detail=f"Rule {rule.number} of the policy {policy.name} allows {rule.target}.",
            severity="warning",
            mend="Use token, mask or block for it, or name the destinations that may have it.",
        )
        for rule in policy.rules
        if rule.treatment is Treatment.ALLOW and rule.target.startswith(GUARDED)
    ]


def _opaque_allowed(policy: Policy) -> list[Observation]:
    words = ", ".join(sorted(content.replace("_", " ") for content in policy.allowed_opaque))
    if not words:
        return []
    return [
        Observation(
            code="consent.opaque-allowed",
            title="Content that cannot be scanned may leave",
            detail=f"The policy {policy.name} allows {words}.",
            severity="note",
            mend="Set what should stay to refuse, in the policy's [opaque].",
        )
    ]
