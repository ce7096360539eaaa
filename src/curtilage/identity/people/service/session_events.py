"""What is recorded of sessions: under a pseudonym, and never the secret."""

from dataclasses import dataclass

from curtilage.core.acts import Pseudonyms
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.people.models import Session
from curtilage.identity.people.rules import assess_assurance, is_signed_in, list_amr


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """Makes Events; whoever asks for one records it beside what it tells of."""

    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids

    async def began(self, session: Session, *, is_new_device: bool) -> Event:
        """One that was opened, signed in or on its way there."""
        kind = "session.started" if is_signed_in(session) else "session.begun"
        facts = {**_describe(session), "new_device": is_new_device}
        return await self._event(session.tenant, session.person, kind, facts)

    async def reached(self, before: Session, after: Session) -> Event:
        """One that got a proof more."""
        kind = _kind_of(before, after)
        return await self._event(after.tenant, after.person, kind, _describe(after))

    async def ended(self, tenant: TenantId, person: PrincipalId, id: str) -> Event:
        """One that is over; why is told by what ended it."""
        return await self._event(tenant, person, "session.ended", {"session": id})

    async def _event(
        self, tenant: TenantId, person: PrincipalId, kind: str, facts: dict[str, Json]
    ) -> Event:
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=kind,
            tenant=tenant,
            actor=await self.pseudonyms.pseudonym(tenant, person),
            actor_kind=PrincipalKind.PERSON.value,
            facts=facts,
        )


def _describe(session: Session) -> dict[str, Json]:
    return {
        "session": session.id,
        "assurance": assess_assurance(session.proofs).value,
        "methods": list(list_amr(session.proofs)),
    }


def _kind_of(before: Session, after: Session) -> str:
    if is_signed_in(before):
        return "session.stepped-up"
    return "session.started" if is_signed_in(after) else "session.reached"
