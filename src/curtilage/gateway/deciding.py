"""What the policy says of a call: whether and how its data leaves, and what comes back.

`Decider` asks `consent` and remembers: the same question gets the same answer
until the snapshot changes.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from curtilage.consent.models import Action, Origin, Policy
from curtilage.consent.rules import decide as consent_decides
from curtilage.consent.rules import find_restored, is_withheld, targets_of
from curtilage.core.models import Decision, Effect, Treatment
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.errors import PolicyRefused, StepUpAsked
from curtilage.gateway.routes import Target
from curtilage.gateway.snapshot import Snapshot
from curtilage.identity.models import RESTORE
from curtilage.shield.held import Held

UNDECLARED = "user"  # the category of a type that no rule declares
DECISIONS = 4096  # remembered decisions; one per (policy, purpose, destination, what was found)


class Decider:
    """One per worker. `categories` says what category each type that is looked for belongs to."""

    def __init__(self, categories: Mapping[str, str]) -> None:
        self._qualified = {kind: f"{category}:{kind}" for kind, category in categories.items()}
        self._kept: dict[tuple[str, frozenset[str], int], frozenset[str]] = {}
        self._decisions: OrderedDict[Any, tuple[Decision, dict[str, Treatment]]] = OrderedDict()

    def hold(self, snapshot: Snapshot, admitted: Admitted) -> Held:
        """What may come back to this caller, by the key's right and the policy."""
        policy, principal = snapshot.policy, admitted.principal
        if not any(right.partition(":")[0] == RESTORE for right in principal.rights):
            return Held(caller=False, application=False)
        origins = find_restored(policy, principal.kind)
        return Held(
            caller=Origin.CALLER in origins,
            application=Origin.APPLICATION in origins,
            withheld=self._withheld(policy, principal.rights),
        )

    def _withheld(self, policy: Policy, rights: frozenset[str]) -> frozenset[str]:
        """The types that stay tokens, for everybody under this policy or by these rights."""
        asked = policy.version, rights, len(self._qualified)
        known = self._kept.get(asked)
        if known is None:
            known = self._kept[asked] = frozenset(
                kind
                for kind, qualified in list(self._qualified.items())  # may grow meanwhile
                if is_withheld(policy, qualified) or not _may_restore(rights, qualified)
            )
            if len(self._kept) > DECISIONS:
                self._kept.pop(next(iter(self._kept)))
        return known

    def decide(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        target: Target,
        action: Action,
        types: frozenset[str],
    ) -> tuple[Decision, dict[str, Treatment]]:
        """Decide once for what was found; the same question gets the same answer."""
        asked = (
            snapshot.policy.version, snapshot.generation, admitted.key.id, admitted.purpose,
            admitted.principal.purposes, admitted.principal.assurance,
            admitted.scope.subject is not None, target.destination, action, types,
        )  # fmt: skip
        asks_age = snapshot.policy.asks_age  # then an answer is not true for long
        known = None if asks_age else self._decisions.get(asked)
        if known is not None:
            return known
        for kind in types - self._qualified.keys():  # only a tagger of one's own knows it
            self._qualified[kind] = f"{UNDECLARED}:{kind}"
        qualified = {kind: self._qualified[kind] for kind in types}
        decision = consent_decides(
            snapshot.policy,
            principal=admitted.principal,
            purpose=admitted.purpose,
            subject=admitted.scope.subject,
            categories=sorted(qualified.values()),
            action=action,
            destination=target.destination,
            at=admitted.at,
        )
        treatments = {
            kind: decision.treatments.get(name, Treatment.BLOCK) for kind, name in qualified.items()
        }
        if asks_age:
            return decision, treatments
        self._decisions[asked] = decision, treatments
        if len(self._decisions) > DECISIONS:
            self._decisions.popitem(last=False)
        return decision, treatments


def refuse_unpermitted(decision: Decision) -> None:
    """Return for what is permitted. Raises StepUpAsked or PolicyRefused."""
    if decision.effect is Effect.STEP_UP:
        raise StepUpAsked(decision.demand)
    if decision.effect is not Effect.PERMIT:
        raise PolicyRefused(f"The policy refused: {decision.reason}.")


def _may_restore(rights: frozenset[str], qualified: str) -> bool:
    """Whether a key gets data of `category:TYPE` back: all of it, or by a right that names it."""
    if RESTORE in rights:
        return True
    return any(f"{RESTORE}:{target}" in rights for target in targets_of(qualified))
