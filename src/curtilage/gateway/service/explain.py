"""Why a request was treated as it was, told from the ledger.

The record says what was decided, under which version of which policy. The
words of the rule are added when that version is still at hand; otherwise the
page says that the policy has changed since.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curtilage.consent.models import Policy
from curtilage.consent.rules import compile_policy
from curtilage.core.authority import Authority
from curtilage.core.models import Effect, Principal, PurposeKey
from curtilage.gateway.errors import UnknownRequest
from curtilage.gateway.ports import LedgerSource
from curtilage.gateway.records import INTENDED
from curtilage.gateway.rows import ExchangeRow, make_row
from curtilage.gateway.service.words import find_code, tell_ending, tell_reason
from curtilage.ledger.views import Explanation, Reason

READ = "requests:read"
CHANGED = "The policy has changed since; its record keeps what was decided, not the words."


@dataclass(frozen=True, slots=True)
class ExplainService:
    """Implements the `Explainer` of the ledger's pages and of `curtilage explain`."""

    ledger: LedgerSource
    policies: Callable[[], Mapping[str, Policy]]
    titles: Mapping[str, str]
    authority: Authority

    async def explain(self, actor: Principal, request_id: str) -> Explanation:
        self.authority.require(actor, READ, tenant=actor.tenant)
        row = await asyncio.to_thread(self._find, actor, request_id)
        return Explanation(
            request_id=row.id,
            at=row.at,
            policy=str(row.decision.get("policy") or row.facts.get("policy", "")),
            purpose=row.purpose,
            effect=_effect(row),
            reason=tell_reason(row, self.titles),
            reasons=self._reasons(row),
            code=find_code(row),
            model=str(row.facts.get("model", "")),
            upstream=str(row.facts.get("upstream", "")),
            destination=str(row.facts.get("destination", "")),
            scanned=row.facts.get("slots"),
            outcome=row.outcome,
            ending=tell_ending(row),
            status=row.ending.get("status"),
        )

    def _find(self, actor: Principal, request_id: str) -> ExchangeRow:
        events = [record.event for record in self.ledger.trail(request_id)]
        events = [event for event in events if event.tenant == actor.tenant]
        intent = next((event for event in events if event.kind == INTENDED), None)
        if intent is None:
            raise UnknownRequest
        return make_row(intent, next((event for event in events if event.id != intent.id), None))

    def _reasons(self, row: ExchangeRow) -> list[Reason]:
        found: Mapping[str, int] = row.facts.get("found", {})
        policy = self._find_policy(str(row.decision.get("policy", "")))
        reasons = []
        for qualified, treatment in sorted(row.decision.get("treatments", {}).items()):
            kind = qualified.rpartition(":")[2]
            rule, because = _words(policy, row, qualified)
            reasons.append(
                Reason(self.titles.get(kind, kind), found.get(kind, 0), treatment, rule, because)
            )
        return reasons or self._refused_whole(row, found)

    def _refused_whole(self, row: ExchangeRow, found: Mapping[str, int]) -> list[Reason]:
        """What was found in a call that the policy refused whatever it held."""
        code, because = find_code(row), tell_reason(row, self.titles)
        return [
            Reason(self.titles.get(kind, kind), count, "refused", code, because)
            for kind, count in sorted(found.items())
        ]

    def _find_policy(self, reference: str) -> Policy | None:
        return next(
            (policy for policy in self.policies().values() if policy.reference == reference), None
        )


def _effect(row: ExchangeRow) -> str:
    """What was decided. A call that was refused was not permitted, whoever refused it."""
    effect = str(row.decision.get("effect", row.outcome))
    if row.outcome == "refused" and effect in (Effect.PERMIT, "refused"):
        return Effect.REFUSE.value
    return effect


def _words(policy: Policy | None, row: ExchangeRow, qualified: str) -> tuple[str, str]:
    if policy is None:
        return "", CHANGED
    destination = str(row.facts.get("destination", ""))
    table = compile_policy(policy, purpose=PurposeKey(row.purpose), destination=destination)
    rule = table.find_rule(qualified)
    if rule is None:
        return "default", "No rule names it, so the policy's default applies."
    return f"rule {rule.number}: {rule.target}", rule.because
