"""What the account pages work with, for the one tenant they serve."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.errors import PasskeysOff
from curtilage.identity.people.models import Authenticator, AuthenticatorKind, Flaw, Session
from curtilage.identity.people.rules import is_signed_in
from curtilage.identity.people.service.leaving import LeavingService
from curtilage.identity.people.service.passkey_enrolment import PasskeyEnrolment
from curtilage.identity.people.service.security import SecurityService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.totp_enrolment import TotpEnrolment
from curtilage.identity.people.views import HeldItem, Overview, PasskeyOffer, TotpOffer


@dataclass(frozen=True, slots=True)
class Account:
    """Implements `desk_ports.AccountDesk`. `passkeys` is None where the address can have none."""

    tenant: TenantId
    sessions: SessionService
    security: SecurityService
    totp: TotpEnrolment
    leaving: LeavingService
    passkeys: PasskeyEnrolment | None = None

    async def overview(self, session: str) -> Overview:
        found = await self._get(session)
        held = await self.security.guard.list_held(found)
        codes = sum(each.kind is AuthenticatorKind.RECOVERY_CODE for each in held)
        shown = [each for each in held if each.kind is not AuthenticatorKind.RECOVERY_CODE]
        listed = await self.sessions.list_of(found)
        accepted = "" if self.passkeys is None else await self.passkeys.accepted(found, held)
        return Overview(
            [await self._show(each) for each in shown],
            codes,
            listed,
            passkeys=self.passkeys is not None,
            accepted=accepted,
        )

    async def change_passphrase(self, session: str, passphrase: str) -> int:
        return await self.security.change_passphrase(await self._get(session), passphrase)

    async def shortest(self, session: str) -> int:
        return await self.security.shortest(await self._get(session))

    async def offer_totp(self, session: str) -> TotpOffer:
        return await self.totp.offer(await self._get(session))

    async def look_at_totp(self, session: str, ceremony: str) -> TotpOffer:
        return await self.totp.look(await self._get(session), ceremony)

    async def add_totp(self, session: str, ceremony: str, code: str) -> NewSession:
        return await self.totp.finish(await self._get(session), ceremony, code)

    async def offer_passkey(self, session: str) -> PasskeyOffer:
        return await self._require_passkeys().offer(await self._get(session))

    async def add_passkey(
        self, session: str, ceremony: str, answer: str, *, agent: str
    ) -> NewSession:
        found = await self._get(session)
        return await self._require_passkeys().finish(found, ceremony, answer, agent=agent)

    async def rename_passkey(self, session: str, id: str, label: str) -> None:
        await self._require_passkeys().rename(await self._get(session), id, label)

    async def renew_recovery_codes(self, session: str) -> Sequence[str]:
        return await self.security.renew_recovery_codes(await self._get(session))

    async def remove(self, session: str, id: str) -> None:
        await self.security.remove(await self._get(session), id)

    async def leave(self, session: str) -> None:
        await self.leaving.leave(await self._get(session))

    async def end_session(self, session: str, id: str) -> bool:
        return await self.sessions.endings.end(await self._get(session), id)

    async def end_other_sessions(self, session: str) -> int:
        return await self.sessions.endings.end_others(await self._get(session))

    async def _get(self, secret: str) -> Session:
        """Raises `ProveAgain` for a session that ended since the shell looked."""
        found = await self.sessions.find(self.tenant, secret)
        if found is None or not is_signed_in(found):
            raise ProveAgain
        return found

    def _require_passkeys(self) -> PasskeyEnrolment:
        if self.passkeys is None:
            raise PasskeysOff
        return self.passkeys

    async def _show(self, each: Authenticator) -> HeldItem:
        passkey = None if self.passkeys is None else await self.passkeys.shelf.open(each)
        leaked = Flaw.LEAKED in each.flaws
        item = HeldItem(each.id, each.kind, each.created_at, each.last_used_at, leaked=leaked)
        if self.passkeys is None or passkey is None:
            return item
        here = passkey.rp_id == self.passkeys.shelf.party.id
        return replace(item, label=passkey.label, synced=passkey.backed_up, works_here=here)
