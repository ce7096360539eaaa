"""What the use cases of providers stand on."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from curtilage.core.acts import Pseudonyms
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.people.models import Proof, ProofKind
from curtilage.identity.people.ports import Holder
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.store_ports import CeremonyStore
from curtilage.identity.providers.errors import UnknownProvider
from curtilage.identity.providers.models import Identity, Link, Provider
from curtilage.identity.providers.ports import LinkStore, ProviderCalls

SHOWN = "provider-link"


@dataclass(frozen=True, slots=True)
class ProviderGround:
    """For one tenant. `address_of` makes the public address of a path; `service` is what
    messages call this one; `holders` end what else acts for somebody."""

    tenant: TenantId
    providers: Mapping[str, Provider]
    calls: ProviderCalls
    links: LinkStore
    database: Database
    register: Register
    sessions: SessionService
    ceremonies: CeremonyBook
    ceremony_store: CeremonyStore
    guard: AccountGuard
    postman: Postman
    pseudonyms: Pseudonyms
    address_of: Callable[[str], str]
    service: str
    clock: Clock
    ids: Ids
    entropy: Entropy
    holders: Sequence[Holder] = field(default=())

    def get(self, name: str) -> Provider:
        """Raises `UnknownProvider`."""
        found = self.providers.get(name)
        if found is None:
            raise UnknownProvider
        return found

    def digest(self, identity: Identity) -> bytes:
        """What a link is found under: issuer and subject together (OIDC Core §5.7)."""
        framed = b"".join(
            len(raw).to_bytes(4, "big") + raw
            for raw in (b"link", identity.issuer.encode(), identity.subject.encode())
        )
        return hmac.digest(self.register.handle_key, framed, sha256)

    async def new_link(self, identity: Identity, person: PrincipalId) -> Link:
        """One that is not kept yet."""
        at = self.clock.now()
        shown = await self.register.boxes.seal(person, identity.shown.encode(), SHOWN)
        return Link(
            tenant=self.tenant,
            id=self.ids.new(),
            digest=self.digest(identity),
            issuer=identity.issuer,
            person=person,
            created_at=at,
            shown=shown,
            last_used_at=at,
        )

    def prove(self, identity: Identity, link: Link) -> Proof:
        """That somebody proved themselves there: when they did, or now where that is not told."""
        return Proof(
            ProofKind.PROVIDER,
            identity.proved_at or self.clock.now(),
            verified_user=identity.has_two_factors,
            with_=link.id,
        )

    async def describe(self, person: PrincipalId, kind: str, facts: dict[str, Json]) -> Event:
        """The record of what somebody did."""
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=kind,
            tenant=self.tenant,
            actor=await self.pseudonyms.pseudonym(self.tenant, person),
            actor_kind=PrincipalKind.PERSON.value,
            facts=facts,
        )
