"""Signs people in by passkey, and lets a session prove who it is of by one.

Nobody says their name first: the passkey does. One refusal for all that is wrong, whatever it
was. Attempts count under the browser or the session and the address, never under the account:
whoever guesses at a passphrase cannot keep its owner's passkey out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Never

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalKind, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import (
    Authenticator,
    Ceremony,
    CeremonyKind,
    Proof,
    ProofKind,
    Session,
)
from curtilage.identity.people.passkey_challenge import (
    Holder,
    Use,
    VerifiedChallenge,
    mint_stateless_challenge,
    verify_stateless_challenge,
)
from curtilage.identity.people.service.attempts import AttemptCounter, Counters
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf, Shown
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused, PasskeyUnreadable
from curtilage.identity.wire.webauthn import VerifiedAssertion, verify_assertion
from curtilage.identity.wire.webauthn_options import request_options
from curtilage.identity.wire.webauthn_response import (
    MOST_RESPONSE,
    AssertionResponse,
    parse_assertion,
)

COUNTED = "passkey"  # what attempts count under
REFUSALS = (PasskeyRefused, PasskeyUnreadable, CeremonyOver)
Options = Mapping[str, Any]
"""What a browser is asked for, as `navigator.credentials.get()` takes it in JSON."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A passkey that was shown and holds, and the challenge that it answers."""

    shown: Shown
    verified: VerifiedAssertion
    challenge: VerifiedChallenge

    def proof(self, at: datetime) -> Proof:
        """That its owner proved who they are."""
        passkey = self.shown.passkey
        return Proof(
            ProofKind.PASSKEY,
            at,
            verified_user=self.verified.user_verified,
            bound=not passkey.backup_eligible,
            with_=passkey.id,
        )


@dataclass(frozen=True, slots=True)
class PasskeyService:
    """The use cases of showing a passkey. `key` is 32 bytes from the vault."""

    database: Database
    shelf: PasskeyShelf
    sessions: SessionService
    ceremonies: CeremonyBook
    attempts: AttemptCounter
    pseudonyms: Pseudonyms
    key: bytes = field(repr=False)
    clock: Clock
    ids: Ids
    entropy: Entropy

    def offer_sign_in(self, tenant: TenantId, browser: str) -> Options:
        """What to ask a browser for: any passkey of this site."""
        return request_options(
            challenge=self._mint(_browser(tenant, browser)), rp_id=self.shelf.party.id
        )

    async def offer_proof(self, session: Session) -> Options | None:
        """What to ask for in a session: one of its owner's. None where they have none here."""
        allowed = await self.shelf.open_usable(await self._load(session))
        if not allowed:
            return None
        challenge = self._mint(_session(session))
        return request_options(challenge=challenge, rp_id=self.shelf.party.id, allowed=allowed)

    async def sign_in(self, tenant: TenantId, raw: str, arrival: Arrival) -> NewSession:
        """Begin a session for whose passkey this is.

        Raises `TooManyAttempts` before anything is looked at, or `SignInRefused`."""
        counters = self.attempts.counters(tenant, arrival.browser, arrival.address, COUNTED)
        await self.attempts.count(tenant, counters)
        try:
            judged = await self._judge(_browser(tenant, arrival.browser), raw)
            return await self._begin(judged, arrival, counters)
        except REFUSALS as refused:
            return await self._refuse(tenant, counters, refused)

    async def prove(self, session: Session, raw: str, *, address: str) -> NewSession:
        """Bring a session further: the second factor, and saying again who one is.

        Raises `TooManyAttempts` or `SignInRefused`."""
        tenant = session.tenant
        counters = self.attempts.counters(tenant, session.id, address, COUNTED)
        await self.attempts.count(tenant, counters)
        try:
            held = await self.shelf.open_usable(await self._load(session))
            allowed = [each.credential_id for each in held]
            if not allowed:
                raise PasskeyRefused(PasskeyReason.NOT_ALLOWED)
            judged = await self._judge(_session(session), raw, allowed)
            return await self._reach(session, judged, counters)
        except REFUSALS as refused:
            return await self._refuse(tenant, counters, refused)

    async def _judge(self, holder: Holder, raw: str, allowed: Sequence[bytes] = ()) -> Judged:
        """The passkey that was shown. Raises `PasskeyRefused` or `PasskeyUnreadable`."""
        response = _read(raw)
        challenge = verify_stateless_challenge(
            self.key, holder, response.client.challenge, at=self.clock.now()
        )
        shown = await self.shelf.find(holder.tenant, response.credential_id)
        if shown is None:
            raise PasskeyRefused(PasskeyReason.CREDENTIAL)
        try:
            verified = verify_assertion(
                response,
                expected_challenge=challenge.raw,
                expected_origins=self.shelf.party.origins,
                passkey=shown.passkey,
                expected_user_handle=self.shelf.register.user_handle(holder.tenant, shown.owner.id),
                allowed=allowed,
            )
        except PasskeyRefused as refused:
            if refused.reason is PasskeyReason.COUNTER:
                await self._suspect(shown)
            raise
        return Judged(shown, verified, challenge)

    async def _begin(self, judged: Judged, arrival: Arrival, counters: Counters) -> NewSession:
        owner, at = judged.shown.owner, self.clock.now()
        opening = await self.sessions.prepare(owner, judged.proof(at), arrival)
        known = self.attempts.counters(owner.tenant, owner.id, arrival.address, COUNTED)
        material = await self._changed(judged)
        async with self.database.begin() as connection:
            held = await self.sessions.hold_opening(connection, opening)
            await self._use_up(connection, judged, material)
            await self.attempts.forgive(connection, owner.tenant, counters)
            familiar = await self.attempts.forgive(connection, owner.tenant, known, counted=False)
            return await self.sessions.begin(connection, held, opening, is_new_device=not familiar)

    async def _reach(self, session: Session, judged: Judged, counters: Counters) -> NewSession:
        material = await self._changed(judged)
        async with self.database.begin() as connection:
            held = await self.sessions.hold(connection, session)
            await self._use_up(connection, judged, material)
            await self.attempts.forgive(connection, session.tenant, counters)
            proof = judged.proof(self.clock.now())
            reached = await self.sessions.reach(connection, held, proof)
            if reached is None:  # it ended meanwhile, or got further without this
                raise CeremonyOver
        return reached

    async def _use_up(
        self, connection: AsyncConnection, judged: Judged, material: bytes | None
    ) -> None:
        """Use challenge and counter up. Raises `CeremonyOver` where another was faster."""
        shown, challenge, at = judged.shown, judged.challenge, self.clock.now()
        spent = Ceremony(
            tenant=shown.owner.tenant,
            digest=challenge.digest,
            kind=CeremonyKind.PASSKEY_SIGN_IN,
            expires_at=challenge.expires_at,  # of nobody: what ends with a person may come back
        )
        await self.ceremonies.spend(connection, spent)
        used = replace(shown.kept, counter=judged.verified.sign_count, last_used_at=at)
        if not await self.shelf.note_use(connection, shown, used, material):
            raise CeremonyOver
        if judged.verified.counter_went_back:
            await outbox.record(connection, await self._describe_suspicion(shown))

    async def _changed(self, judged: Judged) -> bytes | None:
        return await self.shelf.seal_change(judged.shown, backed_up=judged.verified.backed_up)

    async def _suspect(self, shown: Shown) -> None:
        event = await self._describe_suspicion(shown)
        async with self.database.begin() as connection:
            await outbox.record(connection, event)

    async def _describe_suspicion(self, shown: Shown) -> Event:
        """There may be copies of this key (§6.1.1)."""
        tenant, passkey = shown.owner.tenant, shown.passkey
        facts: dict[str, Json] = {
            "authenticator": passkey.id,
            "sign": "counter",
            "synced": passkey.backup_eligible,
        }
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="authenticator.suspect",
            tenant=tenant,
            actor=await self.pseudonyms.pseudonym(tenant, shown.owner.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts=facts,
        )

    async def _load(self, session: Session) -> Sequence[Authenticator]:
        async with self.database.read() as connection:
            return await self.shelf.register.authenticators.load(
                connection, session.tenant, session.person
            )

    def _mint(self, holder: Holder) -> bytes:
        return mint_stateless_challenge(self.key, holder, at=self.clock.now(), entropy=self.entropy)

    async def _refuse(self, tenant: TenantId, counters: Counters, why: Exception) -> Never:
        how = why.reason.value if isinstance(why, PasskeyRefused) else ProofKind.PASSKEY.value
        await self.attempts.refuse(tenant, counters, how=how)
        raise SignInRefused from None


def _browser(tenant: TenantId, browser: str) -> Holder:
    return Holder(tenant, Use.SIGN_IN, browser.encode())


def _session(session: Session) -> Holder:
    return Holder(session.tenant, Use.PROVE, session.digest)


def _read(raw: str) -> AssertionResponse:
    if len(raw) > MOST_RESPONSE:
        raise PasskeyUnreadable
    return parse_assertion(raw.encode("utf-8", "replace"))
