"""What the pages of providers work with, for the one tenant they serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance, Session
from curtilage.identity.people.rules import is_signed_in
from curtilage.identity.people.views import Arrival, Offer
from curtilage.identity.providers.models import Intent
from curtilage.identity.providers.rules.realms import find_realm
from curtilage.identity.providers.service.connecting import Connecting
from curtilage.identity.providers.service.departing import Departing
from curtilage.identity.providers.service.ground import ProviderGround
from curtilage.identity.providers.service.returning import Return, Returning
from curtilage.identity.providers.service.signing_in import SigningIn
from curtilage.identity.providers.views import Back, Departure, ListedLink


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `views.ProviderDesk`, and with it `people.desk_ports.Elsewhere`."""

    ground: ProviderGround
    departing: Departing
    returning: Returning
    signing_in: SigningIn
    connecting: Connecting

    @property
    def offers(self) -> Sequence[Offer]:
        return [Offer(each.name, each.label) for each in self.ground.providers.values()]

    @property
    def has_realms(self) -> bool:
        return any(each.domains for each in self.ground.providers.values())

    def find_realm(self, typed: str) -> str:
        found = find_realm(self.ground.providers.values(), typed)
        return found.name if found else ""

    async def list_again(self, session: str, level: Assurance = Assurance.NONE) -> Sequence[Offer]:
        found = await self.ground.sessions.find(self.ground.tenant, session)
        return () if found is None else await self.connecting.list_again(found, level)

    async def leave(self, name: str, *, browser: str, onward: str, hint: str = "") -> Departure:
        own = hint if self.find_realm(hint) == name else ""  # an address goes to its own realm
        return await self.departing.sign_in(name, browser=browser, onward=onward, hint=own)

    async def leave_to_connect(self, name: str, session: str) -> Departure:
        return await self.departing.connect(name, await self._get(session))

    async def leave_again(self, name: str, session: str, *, onward: str) -> Departure:
        return await self.departing.again(name, await self._get(session), onward=onward)

    async def come_back(self, name: str, given: Mapping[str, str], arrival: Arrival) -> Back:
        found = await self.returning.finish(name, given, arrival)
        label = found.provider.label
        if found.session is None:
            done = await self.signing_in.sign_in(found.provider, found.identity, arrival)
            return Back(label, Intent.SIGN_IN, found.onward, done.session)
        return await self._further(found, found.session)

    async def _further(self, found: Return, session: Session) -> Back:
        label = found.provider.label
        if found.intent is Intent.AGAIN:
            further = await self.connecting.prove(found.identity, session)
            return Back(label, found.intent, found.onward, further)
        await self.connecting.connect(found.provider, found.identity, session)
        return Back(label, Intent.CONNECT)

    async def list_links(self, session: str) -> Sequence[ListedLink]:
        return await self.connecting.list_of(await self._get(session))

    async def remove(self, session: str, id: str) -> None:
        await self.connecting.remove(await self._get(session), id)

    async def _get(self, secret: str) -> Session:
        """Raises `ProveAgain` for a session that ended since the shell looked."""
        found = await self.ground.sessions.find(self.ground.tenant, secret)
        if found is None or not is_signed_in(found):
            raise ProveAgain
        return found
