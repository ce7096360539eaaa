"""Sets passkeys up: a challenge is given, and the key kept that answers it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from curtilage.core.db import outbox
from curtilage.core.entropy import Entropy
from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.devices import name_passkey, tidy_label
from curtilage.identity.people.errors import TooManyPasskeys, UnknownAuthenticator
from curtilage.identity.people.models import (
    Authenticator,
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Session,
)
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf, proof_of, read_made
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import PasskeyOffer
from curtilage.identity.wire.errors import PasskeyReason, UnacceptablePasskey
from curtilage.identity.wire.webauthn import VerifiedPasskey, verify_registration
from curtilage.identity.wire.webauthn_options import (
    CEREMONY_LIFE,
    accepted_signal,
    creation_options,
    mint_challenge,
)

KIND = CeremonyKind.PASSKEY_ENROLMENT
MOST_PASSKEYS = 20  # of one person: all of them are named to the browser at each ceremony


@dataclass(frozen=True, slots=True)
class PasskeyEnrolment:
    """The use cases of setting passkeys up, naming them, and telling devices of those left.

    A challenge has a row here, unlike those of signing in: only who is signed in and lately
    proved who they are gets one, and the next makes it worthless."""

    guard: AccountGuard
    sessions: SessionService
    ceremonies: CeremonyBook
    shelf: PasskeyShelf
    entropy: Entropy

    async def offer(self, session: Session) -> PasskeyOffer:
        """What to ask the browser for. Raises `ProveAgain` or `TooManyPasskeys`."""
        held = await self._require_room(session)
        challenge = mint_challenge(self.entropy)
        ceremony = await self.ceremonies.begin(
            session.tenant,
            KIND,
            within=CEREMONY_LIFE,
            person=session.person,
            carried={"challenge": challenge.hex()},
        )
        options = await self._options(session, challenge, held)
        return PasskeyOffer(ceremony, orjson.dumps(options).decode())

    async def finish(
        self, session: Session, ceremony: str, raw: str, *, agent: str = ""
    ) -> NewSession:
        """Keep the passkey; that it was made is a proof too, which brings the session further.

        Raises `ProveAgain`, `CeremonyOver`, `PasskeyUnreadable`, `UnacceptablePasskey` or
        `TooManyPasskeys`."""
        await self._require_room(session)
        found = await self._find(session, ceremony)
        await self.ceremonies.count_try(found)
        response = read_made(raw)
        new = verify_registration(
            response,
            expected_challenge=bytes.fromhex(self.ceremonies.open(found)["challenge"]),
            expected_origins=self.shelf.party.origins,
            rp_id=self.shelf.party.id,
        )
        return await self._keep(session, found, new, name_passkey(new.transports, agent))

    async def rename(self, session: Session, id: str, label: str) -> None:
        """Call a passkey what its owner calls it; nothing stays as it was called.

        Raises `UnknownAuthenticator`."""
        held = await self.guard.list_held(session)
        kept = next((each for each in held if each.id == id), None)
        passkey = None if kept is None else await self.shelf.open(kept)
        if passkey is None:
            raise UnknownAuthenticator
        fresh = replace(passkey, label=tidy_label(label) or passkey.label)
        material = await self.shelf.seal(session.person, fresh)
        event = await self.guard.describe(session, "renamed", AuthenticatorKind.PASSKEY)
        async with self.guard.database.begin() as connection:
            await self.guard.register.authenticators.replace_material(
                connection, session.tenant, id, material
            )
            await outbox.record(connection, event)

    async def accepted(self, session: Session, held: Sequence[Authenticator]) -> str:
        """For `signalAllAcceptedCredentials`: devices forget the passkeys that are gone here."""
        signal = accepted_signal(
            rp_id=self.shelf.party.id,
            user_handle=self._handle(session),
            passkeys=await self.shelf.open_usable(held),
        )
        return orjson.dumps(signal).decode()

    async def _require_room(self, session: Session) -> Sequence[Authenticator]:
        held = await self.guard.require_fresh(session)
        passkeys = [each for each in held if each.kind is AuthenticatorKind.PASSKEY]
        if len(passkeys) >= MOST_PASSKEYS:
            raise TooManyPasskeys
        return passkeys

    async def _find(self, session: Session, ceremony: str) -> Ceremony:
        found = await self.ceremonies.find(session.tenant, KIND, ceremony)
        if found.person != session.person:
            raise CeremonyOver
        return found

    async def _options(
        self, session: Session, challenge: bytes, held: Sequence[Authenticator]
    ) -> dict[str, Any]:
        names = await self.guard.register.find_names(session.tenant, [session.person])
        name = names.get(session.person, "") or self.shelf.party.name
        return creation_options(
            challenge=challenge,
            rp_id=self.shelf.party.id,
            rp_name=self.shelf.party.name,
            user_handle=self._handle(session),
            user_name=name,
            display_name=name,
            exclude=await self.shelf.open_usable(held),
        )

    async def _keep(
        self, session: Session, found: Ceremony, new: VerifiedPasskey, label: str
    ) -> NewSession:
        """All of it or nothing. An id that somebody has is refused (§7.1 step 26)."""
        kept = await self.shelf.make(session.person, new, label)
        async with self.guard.changing(session, "added", kept.kind) as connection:
            held = await self.sessions.hold(connection, session)
            await self.ceremonies.end(connection, found)
            store = self.guard.register.authenticators
            if not await store.add(connection, session.tenant, kept):
                raise UnacceptablePasskey(PasskeyReason.CREDENTIAL)
            reached = await self.sessions.reach(connection, held, proof_of(kept, new))
            if reached is None:
                raise CeremonyOver
        return reached

    def _handle(self, session: Session) -> bytes:
        return self.guard.register.user_handle(session.tenant, session.person)
