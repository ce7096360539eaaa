"""Takes somebody back from a provider: whom it named, once every check held.

The state is used up before anything else is asked: of two who bring it, one goes on.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from curtilage.core.db import outbox
from curtilage.core.models import Event
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.models import Ceremony, CeremonyKind, Session
from curtilage.identity.people.rules import is_signed_in
from curtilage.identity.people.service.ceremonies import Carried
from curtilage.identity.people.service.mail_sign_in import hash_browser
from curtilage.identity.people.views import Arrival
from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.models import Grant, Identity, Intent, Metadata, Provider
from curtilage.identity.providers.service.ground import ProviderGround
from curtilage.identity.providers.wire.answers import TokenAnswer
from curtilage.identity.providers.wire.callback import Callback, parse_callback, verify_callback
from curtilage.identity.providers.wire.id_tokens import Expected, VerifiedIdToken, verify_id_token
from curtilage.identity.providers.wire.identities import needs_userinfo, read_identity
from curtilage.identity.providers.wire.request import callback_path


@dataclass(frozen=True, slots=True)
class Return:
    """Who came back from where, what for, and where they go on. `session` began the way,
    unless that was to sign in."""

    provider: Provider
    identity: Identity = field(repr=False)
    intent: Intent
    onward: str = "/"
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Returning:
    """The one way back."""

    ground: ProviderGround

    async def finish(self, name: str, given: Mapping[str, str], arrival: Arrival) -> Return:
        """Whom the provider named. Raises `UnknownProvider`, `ProviderRefused`, PeerError."""
        provider, callback = self.ground.get(name), parse_callback(given)
        found = await self._find(callback)
        carried = self.ground.ceremonies.open(found)
        session = await self._verify_bound(found, carried, arrival)
        await self._use_up(found)
        try:
            if carried["provider"] != provider.name:  # mix-up: somebody else's answer
                raise ProviderRefused(ProviderReason.ISSUER)
            identity = await self._identify(provider, callback, carried)
        except ProviderRefused as refusal:
            await self._record(provider, refusal)
            raise
        onward = carried.get("next", "/")
        return Return(provider, identity, Intent(carried["intent"]), onward, session)

    async def _find(self, callback: Callback) -> Ceremony:
        try:
            return await self.ground.ceremonies.find(
                self.ground.tenant, CeremonyKind.PROVIDER, callback.state
            )
        except CeremonyOver:
            raise ProviderRefused(ProviderReason.STATE) from None

    async def _verify_bound(
        self, found: Ceremony, carried: Carried, arrival: Arrival
    ) -> Session | None:
        """By the browser that began to sign in, or by the session that began the rest."""
        if carried["intent"] == Intent.SIGN_IN:
            ours = hash_browser(arrival.browser)
            if not ours or not hmac.compare_digest(found.browser, ours):
                raise ProviderRefused(ProviderReason.BROWSER)
            return None
        session = await self.ground.sessions.find(self.ground.tenant, arrival.previous)
        if session is None or session.id != carried["session"] or not is_signed_in(session):
            raise ProviderRefused(ProviderReason.BROWSER)
        return session

    async def _use_up(self, found: Ceremony) -> None:
        try:
            async with self.ground.database.begin() as connection:
                await self.ground.ceremonies.end(connection, found)
        except CeremonyOver:
            raise ProviderRefused(ProviderReason.STATE) from None

    async def _identify(self, provider: Provider, callback: Callback, carried: Carried) -> Identity:
        calls = self.ground.calls
        metadata = await calls.load_metadata(provider)
        code = verify_callback(callback, provider, metadata).code
        redirect_uri = self.ground.address_of(callback_path(provider.name))
        answer = await calls.exchange(
            provider, metadata, Grant(code, carried["verifier"], redirect_uri)
        )
        token = await self._verify(provider, metadata, answer, carried)
        told: Mapping[str, object] = {}
        if metadata.userinfo_endpoint and needs_userinfo(provider, token):
            told = await calls.load_userinfo(metadata, answer.access_token, subject=token.subject)
        return read_identity(provider, token, told)

    async def _verify(
        self, provider: Provider, metadata: Metadata, answer: TokenAnswer, carried: Carried
    ) -> VerifiedIdToken:
        """With keys as they were read lately; read again, once, for a key they do not hold."""
        expected = self._expect(answer, carried)
        keys = await self.ground.calls.load_keys(metadata)
        try:
            return verify_id_token(
                answer.id_token, provider, metadata, keys=keys, expected=expected
            )
        except ProviderRefused as refusal:
            if refusal.reason is not ProviderReason.KEY:
                raise
        keys = await self.ground.calls.load_keys(metadata, again=True)
        return verify_id_token(answer.id_token, provider, metadata, keys=keys, expected=expected)

    def _expect(self, answer: TokenAnswer, carried: Carried) -> Expected:
        again = carried["intent"] == Intent.AGAIN
        begun = datetime.fromtimestamp(int(carried["begun"]), UTC)
        return Expected(
            nonce=carried["nonce"],
            access_token=answer.access_token,
            now=self.ground.clock.now(),
            asked_again_at=begun if again else None,
        )

    async def _record(self, provider: Provider, refusal: ProviderRefused) -> None:
        event = Event(
            id=self.ground.ids.new(),
            at=self.ground.clock.now(),
            kind="session.failed",
            tenant=self.ground.tenant,
            facts={"how": "provider", "provider": provider.name, "why": refusal.reason.value},
        )
        async with self.ground.database.begin() as connection:
            await outbox.record(connection, event)
