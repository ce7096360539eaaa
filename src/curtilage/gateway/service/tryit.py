"""*Try it*: a text through scan, decision and protection, with nothing kept.

Uses a key of this process that is thrown away with each run, and writes no
record: nothing leaves, so there is nothing to prove.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter_ns

from curtilage.consent.models import Action, HostileRules, Policy
from curtilage.consent.rules import REASONS, Table, compile_policy, decide
from curtilage.core.authority import Authority
from curtilage.core.entropy import Entropy
from curtilage.core.models import (
    Decision,
    Effect,
    Finding,
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    Scope,
    TenantId,
    Treatment,
)
from curtilage.core.words import say
from curtilage.detect.hostile.models import Action as HostileAction
from curtilage.gateway.errors import NotOffered
from curtilage.gateway.hostility import Hostility
from curtilage.gateway.service.words import HOSTILE, tell_blocked
from curtilage.gateway.views import WRITERS, TryChoices, TryFinding, TryResult
from curtilage.gateway.wire.fields import Author, Slot, SlotKind
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import mask_of, protect_text
from curtilage.shield.restore import restore_text
from curtilage.shield.settle import each_reading, settle
from curtilage.shield.tokens import ScopeKey, TokenMint

TRY = "texts:try"
DESTINATION = "external"
STOPS = (HostileAction.ASK, HostileAction.BLOCK)
Look = Callable[[Slot, HostileRules, bool], Awaitable[Hostility]]
"""What is hostile in a slot by a policy that observes or does not, cut out of it or not."""


@dataclass(frozen=True, slots=True)
class TryService:
    """Implements the `TryIt` of the pages. `policies` gives those on offer by name."""

    scan: Callable[[str], Awaitable[Sequence[Finding]]]
    look: Look
    policies: Callable[[], Mapping[str, Policy]]
    usual: str
    titles: Mapping[str, str]
    authority: Authority
    entropy: Entropy
    usual_purpose: Callable[[], str]
    kinds: Sequence[tuple[str, str]] = ()

    async def choices(self, actor: Principal) -> TryChoices:
        self.authority.require(actor, TRY, tenant=actor.tenant)
        policies = self.policies()
        purposes = {
            purpose.key: purpose.title or purpose.key
            for policy in policies.values()
            for purpose in policy.purposes
        }
        offered = sorted(purposes.items())
        return TryChoices(offered, list(policies), self.usual, self.usual_purpose(), self.kinds)

    async def run(
        self, actor: Principal, *, text: str, purpose: str, policy: str, writer: str = "caller"
    ) -> TryResult:
        choices = await self.choices(actor)
        chosen = self.policies().get(policy)
        if chosen is None or purpose not in dict(choices.purposes) or writer not in WRITERS:
            raise NotOffered
        slot = Slot({"text": text}, "text", SlotKind.TEXT, Author(writer), text, "", None)
        began = perf_counter_ns()
        hostility = await self.look(slot, chosen.hostile, chosen.observe)
        found = await self.scan(slot.text)
        scan_ms = (perf_counter_ns() - began) / 1e6
        decision = _decide(chosen, actor, PurposeKey(purpose), found)
        result = TryResult(
            choices=choices, wrote=slot.text, left="", came_back="", findings=(),
            purpose=purpose, policy=policy, scan_ms=scan_ms, writer=writer,
            hostile=[
                (self.titles.get(kind, kind), count)
                for kind, count in sorted(hostility.found.items())
            ],
            hostile_done=HOSTILE.get(hostility.action, ""),
        )  # fmt: skip
        found = settle(found, decision.by_type)
        table = compile_policy(chosen, purpose=PurposeKey(purpose), destination=DESTINATION)
        findings = [self._view(finding, decision, table) for finding in found]
        refusal = result.hostile_done if hostility.action in STOPS else ""
        refusal = refusal or _refusal(decision, findings)
        if refusal:
            return replace(result, findings=findings, refusal=refusal)
        return self._pass_through(result, found, findings)

    def _view(self, finding: Finding, decision: Decision, table: Table) -> TryFinding:
        qualified = _qualify(finding)
        rule = table.find_rule(qualified)
        why = rule.because if rule is not None and rule.because else _why(rule is None)
        return TryFinding(
            start=finding.start,
            end=finding.end,
            type=finding.type,
            title=self.titles.get(finding.type, finding.type),
            category=finding.category,
            score=finding.score,
            treatment=decision.treatments.get(qualified, Treatment.BLOCK).value,
            why=why,
        )

    def _pass_through(
        self, result: TryResult, found: Sequence[Finding], findings: Sequence[TryFinding]
    ) -> TryResult:
        scope = Scope(TenantId("try-it"), PrincipalId("try-it"), None, "session", "try-it")
        mint = TokenMint(scope.encode(), ScopeKey(0, self.entropy.token_bytes(32)))
        treatments = {view.type: Treatment(view.treatment) for view in findings}
        held = Held()
        left = protect_text(
            result.wrote, found, treatments, mint=mint, held=held, origin=Origin.CALLER
        )
        back = restore_text(left, held, sink=Sink.TEXT).text
        return replace(
            result,
            left=left,
            came_back=back,
            findings=_place(findings, result.wrote, mint, left, back),
        )


def _decide(
    policy: Policy, actor: Principal, purpose: PurposeKey, found: Sequence[Finding]
) -> Decision:
    """As for a service that holds the purpose: what a key would meet."""
    caller = Principal(
        actor.tenant, PrincipalId("try-it"), PrincipalKind.SERVICE, purposes=frozenset((purpose,))
    )
    return decide(
        policy,
        principal=caller,
        purpose=purpose,
        subject=None,
        categories=sorted({_qualify(finding) for finding in each_reading(found)}),
        action=Action.SEND,
        destination=DESTINATION,
    )


def _qualify(finding: Finding) -> str:
    return f"{finding.category}:{finding.type}"


def _why(by_default: bool) -> str:
    return (
        say("No rule names it, so the policy's default applies.")
        if by_default
        else say("A rule of the policy names it.")
    )


def _refusal(decision: Decision, findings: Sequence[TryFinding]) -> str:
    if decision.effect is not Effect.PERMIT:
        return REASONS[decision.reason]
    blocked = sorted({view.title for view in findings if view.treatment == Treatment.BLOCK})
    return tell_blocked(blocked) if blocked else ""


def _place(
    findings: Sequence[TryFinding], wrote: str, mint: TokenMint, left: str, back: str
) -> list[TryFinding]:
    """Where each finding stands in what leaves and in what comes back, in order."""
    placed, at_left, at_back = [], 0, 0
    for view in findings:
        value = wrote[view.start : view.end]
        form = {Treatment.ALLOW: value, Treatment.MASK: mask_of(view.type)}.get(
            Treatment(view.treatment)
        ) or mint.mint(view.type, value)
        came = form if view.treatment == Treatment.MASK else value
        left_start, left_end = _find(left, form, at_left)
        back_start, back_end = _find(back, came, at_back)
        at_left, at_back = max(at_left, left_end), max(at_back, back_end)
        placed.append(
            replace(
                view,
                left_start=left_start,
                left_end=left_end,
                back_start=back_start,
                back_end=back_end,
            )
        )
    return placed


def _find(text: str, part: str, at: int) -> tuple[int, int]:
    start = text.find(part, at)
    return (start, start + len(part)) if start >= 0 else (-1, -1)
