"""The Event of what somebody did: when, of which tenant, and by whom, under a pseudonym."""

from collections.abc import Mapping
from typing import Protocol

from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId, TenantId


class Pseudonyms(Protocol):
    """Names people and services in records; the name dies with their key."""

    async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str: ...


async def describe_act(
    actor: Principal,
    kind: str,
    facts: Mapping[str, Json],
    *,
    ids: Ids,
    clock: Clock,
    pseudonyms: Pseudonyms,
) -> Event:
    """What `actor` does now. To be written in the transaction of what changes by it."""
    return Event(
        id=ids.new(),
        at=clock.now(),
        kind=kind,
        tenant=actor.tenant,
        actor=await pseudonyms.pseudonym(actor.tenant, actor.id),
        actor_kind=actor.kind.value,
        facts=facts,
    )
