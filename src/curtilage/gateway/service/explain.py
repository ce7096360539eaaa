"""Why a request was treated as it was, told from the ledger.

The record says what was decided, under which version of which policy, and which
earlier ones a session was held to. The words of the rule are added where that
version is kept; otherwise the page says that the policy has changed since.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from curtilage.consent.models import Policy
from curtilage.consent.rules import compile_policy
from curtilage.core.authority import Authority
from curtilage.core.models import Effect, Principal, PurposeKey
from curtilage.core.words import join_sentences, say
from curtilage.gateway.errors import UnknownRequest
from curtilage.gateway.ports import LedgerSource
from curtilage.gateway.records import INTENDED
from curtilage.gateway.rows import ExchangeRow, make_row
from curtilage.gateway.service.words import find_code, tell_ending, tell_reason
from curtilage.ledger.views import Explanation, Reason

READ = "requests:read"
CHANGED = say("The policy has changed since; its record keeps what was decided, not the words.")


@dataclass(frozen=True, slots=True)
class ExplainService:
    """Implements the `Explainer` of the ledger's pages and of `curtilage explain`.

    `kept` gives earlier policies by their references, as far as they are kept."""

    ledger: LedgerSource
    policies: Callable[[], Mapping[str, Policy]]
    kept: Callable[[Collection[str]], Awaitable[Mapping[str, Policy]]]
    titles: Mapping[str, str]
    authority: Authority

    async def explain(self, actor: Principal, request_id: str) -> Explanation:
        self.authority.require(actor, READ, tenant=actor.tenant)
        row = await asyncio.to_thread(self._find, actor, request_id)
        deciding = await self._find_deciding(row)
        return Explanation(
            request_id=row.id,
            at=row.at,
            policy=str(row.decision.get("policy") or row.facts.get("policy", "")),
            purpose=row.purpose,
            effect=_effect(row),
            reason=join_sentences(tell_reason(row, self.titles), _held(row)),
            reasons=self._reasons(row, deciding),
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

    def _reasons(self, row: ExchangeRow, deciding: list[Policy]) -> list[Reason]:
        found: Mapping[str, int] = row.facts.get("found", {})
        reasons = []
        for qualified, treatment in sorted(row.decision.get("treatments", {}).items()):
            kind = qualified.rpartition(":")[2]
            rule, because = _words(deciding, row, qualified, treatment)
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

    async def _find_deciding(self, row: ExchangeRow) -> list[Policy]:
        """The policy of the record, and the earlier ones that decided too, where they are kept."""
        wanted = [str(row.decision.get("policy", "")), *row.facts.get("held_to", ())]
        known = {policy.reference: policy for policy in self.policies().values()}
        missing = [reference for reference in wanted if reference not in known]
        known |= await self.kept(missing) if missing else {}
        return [known[reference] for reference in wanted if reference in known]


def tell_held(policies: str) -> str:
    """That a session keeps the policy that it began with."""
    return say(
        "The session is older than the newest policy, and held to an earlier one: {policies}.",
        policies=policies,
    )


def _held(row: ExchangeRow) -> str:
    """Why the policy in force may seem to say otherwise than what was refused."""
    earlier = [str(reference) for reference in row.facts.get("held_to", ())]
    if row.outcome != "refused" or not earlier:
        return ""
    return tell_held(", ".join(earlier))


def _effect(row: ExchangeRow) -> str:
    """What was decided. A call that was refused was not permitted, whoever refused it."""
    effect = str(row.decision.get("effect", row.outcome))
    if row.outcome == "refused" and effect in (Effect.PERMIT, "refused"):
        return Effect.REFUSE.value
    return effect


def _words(
    deciding: list[Policy], row: ExchangeRow, qualified: str, treatment: str
) -> tuple[str, str]:
    """The rule that said so, and why: of the newest policy that decided so."""
    destination = str(row.facts.get("destination", ""))
    for policy in deciding:
        table = compile_policy(policy, purpose=PurposeKey(row.purpose), destination=destination)
        if table.treat(qualified) != treatment:
            continue
        is_earlier = policy.reference != row.decision.get("policy")
        held = tell_held(policy.reference) if is_earlier else ""
        rule = table.find_rule(qualified)
        if rule is None:
            default = say("No rule names it, so the policy's default applies.")
            return "default", join_sentences(held, default)
        return f"rule {rule.number}: {rule.target}", join_sentences(held, rule.because)
    return "", CHANGED
