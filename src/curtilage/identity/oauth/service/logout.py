"""Signing out on behalf of a client; sending clients what they are due of ended sessions."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from curtilage.core.errors import CurtilageError
from curtilage.identity.oauth.errors import AddressRefused
from curtilage.identity.oauth.forms import add_answer
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.grants import LogoutNotice
from curtilage.identity.oauth.models.requests import Authentication
from curtilage.identity.oauth.ports import Authentications, Notifier
from curtilage.identity.oauth.rules.addresses import is_registered
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.service.minting import Minter
from curtilage.identity.oauth.store_ports import NoticeStore
from curtilage.identity.oauth.wire.parameters import Parameters
from curtilage.identity.wire.errors import JoseRefused

FIRST_WAIT = timedelta(seconds=30)
MOST_TRIES = 10  # the last is some eight hours after the first
BATCH = 50
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class LogoutAsk:
    """A request to sign out, judged: where it leads, and whether the person is asked first."""

    onward: str = field(default="", repr=False)
    client: Client | None = None
    must_ask: bool = True


@dataclass(frozen=True, slots=True)
class LogoutService:
    """RP-initiated logout (OIDC RP-Initiated Logout) and back-channel logout."""

    ground: Ground
    directory: ClientDirectory
    minter: Minter
    notices: NoticeStore
    authentications: Authentications
    notifier: Notifier

    async def look(self, parameters: Parameters, session_secret: str) -> LogoutAsk:
        """Judge a request to sign out. Raises `AddressRefused` for what was tampered with.

        Only a hint that names the person and session before us spares the question: else
        any page could sign people out."""
        hint = await self._hint(parameters.find("id_token_hint"))
        client = await self._client(parameters, hint)
        onward = self._onward(parameters, client)
        current = await self.authentications.find(session_secret) if session_secret else None
        must_ask = current is not None and not self._is_about(hint, client, current)
        return LogoutAsk(onward, client, must_ask=must_ask)

    async def sign_out(self, session_secret: str) -> None:
        """End the session; `AppSessions` hears of it, as of each that ends."""
        if session_secret:
            await self.authentications.end(session_secret)

    async def send_due(self) -> int:
        """Tell clients what they are due; gives how many were told.

        One that does not answer is tried again later and keeps nobody else waiting."""
        async with self.ground.database.read() as connection:
            due = await self.notices.load_due(
                connection, self.ground.tenant, self.ground.now(), BATCH
            )
        room = asyncio.Semaphore(AT_ONCE)

        async def one(notice: LogoutNotice) -> bool:
            async with room:
                return await self._send(notice)

        return sum(await asyncio.gather(*(one(notice) for notice in due)))

    async def _send(self, notice: LogoutNotice) -> bool:
        client = await self.directory.find(notice.client)
        told = True
        if client is not None and client.backchannel_logout_uri:
            token = await self.minter.logout_token(
                client, subject=notice.subject, session=notice.session
            )
            body = urlencode({"logout_token": token}).encode()
            try:
                told = await self.notifier.post(client.backchannel_logout_uri, body) in (200, 204)
            except CurtilageError:
                told = False
        await self._settle(notice, told=told)
        return told

    async def _settle(self, notice: LogoutNotice, *, told: bool) -> None:
        tries = notice.tries + 1
        later = self.ground.now() + FIRST_WAIT * 2**notice.tries
        async with self.ground.database.begin() as connection:
            if told or tries >= MOST_TRIES:
                await self.notices.delete(connection, self.ground.tenant, notice.id)
            else:
                await self.notices.postpone(
                    connection, self.ground.tenant, notice.id, next_at=later, tries=tries
                )

    async def _hint(self, raw: str) -> dict[str, Any]:
        if not raw:
            return {}
        try:
            return dict(await self.minter.verify_hint(raw))
        except JoseRefused:
            raise AddressRefused("The app did not say truly whom it signs out.") from None

    async def _client(self, parameters: Parameters, hint: dict[str, Any]) -> Client | None:
        claimed = parameters.find("client_id")
        named = str(hint.get("aud", ""))
        if claimed and named and claimed != named:
            raise AddressRefused("The app did not say truly who it is.")
        return await self.directory.find(claimed or named) if claimed or named else None

    def _onward(self, parameters: Parameters, client: Client | None) -> str:
        """Where the person goes afterwards: registered, byte for byte, or nowhere."""
        address = parameters.find("post_logout_redirect_uri")
        if not address:
            return ""
        if client is None or not is_registered(address, client.post_logout_uris):
            raise AddressRefused("The address to go to afterwards is not registered.")
        state = parameters.find("state")
        return add_answer(address, {"state": state} if state else {})

    def _is_about(
        self, hint: dict[str, Any], client: Client | None, current: Authentication
    ) -> bool:
        if client is None or not hint:
            return False
        is_person = hint.get("sub") == self.ground.subject_of(client, current.person)
        sid = self.ground.sid_of(client, current.session)
        return is_person and hint.get("sid", sid) == sid
