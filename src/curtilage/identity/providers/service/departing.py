"""Sends somebody to a provider: what the way there and back is bound to."""

from dataclasses import dataclass
from urllib.parse import urlencode

from curtilage.identity.people.models import CeremonyKind, Session
from curtilage.identity.people.service.mail_sign_in import hash_browser
from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.models import Intent, Provider
from curtilage.identity.providers.service.ground import ProviderGround
from curtilage.identity.providers.views import Departure
from curtilage.identity.providers.wire.request import (
    WITHIN,
    Secrets,
    callback_path,
    encode_request,
)
from curtilage.identity.wire.pkce import mint_code_verifier
from curtilage.identity.wire.secrets import mint_secret

LONGEST_ONWARD = 2000


@dataclass(frozen=True, slots=True)
class Departing:
    """Each way begins here, for one browser or for one session."""

    ground: ProviderGround

    async def sign_in(self, name: str, *, browser: str, onward: str, hint: str = "") -> Departure:
        """To sign in, in this browser. Raises `UnknownProvider`, `ProviderRefused`, PeerError."""
        if not browser:
            raise ProviderRefused(ProviderReason.BROWSER)
        provider = self.ground.get(name)
        carried = {"next": onward[:LONGEST_ONWARD]}
        return await self._send(
            provider, Intent.SIGN_IN, carried, browser=hash_browser(browser), hint=hint
        )

    async def connect(self, name: str, session: Session) -> Departure:
        """To connect an account there. Raises `ProveAgain` besides."""
        provider = self.ground.get(name)
        await self.ground.guard.require_fresh(session)
        return await self._send(provider, Intent.CONNECT, {"session": session.id})

    async def again(self, name: str, session: Session, *, onward: str) -> Departure:
        """To prove oneself once more, where the provider can be asked for that."""
        provider = self.ground.get(name)
        if not provider.preset.tells_when:
            raise ProviderRefused(ProviderReason.STALE)
        carried = {"session": session.id, "next": onward[:LONGEST_ONWARD]}
        return await self._send(provider, Intent.AGAIN, carried)

    async def _send(
        self,
        provider: Provider,
        intent: Intent,
        carried: dict[str, str],
        *,
        browser: bytes = b"",
        hint: str = "",
    ) -> Departure:
        ground = self.ground
        metadata = await ground.calls.load_metadata(provider)
        nonce, verifier = mint_secret(ground.entropy).text, mint_code_verifier(ground.entropy)
        carried |= {
            "provider": provider.name,
            "intent": intent.value,
            "nonce": nonce,
            "verifier": verifier,
            "begun": str(int(ground.clock.now().timestamp())),
        }
        state = await ground.ceremonies.begin(
            ground.tenant, CeremonyKind.PROVIDER, within=WITHIN, browser=browser, carried=carried
        )
        parameters = encode_request(
            provider,
            Secrets(state, nonce, verifier),
            redirect_uri=ground.address_of(callback_path(provider.name)),
            intent=intent,
            hint=hint,
        )
        glue = "&" if "?" in metadata.authorization_endpoint else "?"
        location = f"{metadata.authorization_endpoint}{glue}{urlencode(parameters)}"
        return Departure(provider.label, location)
