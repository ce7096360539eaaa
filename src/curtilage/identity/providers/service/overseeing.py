"""Providers as an administrator sees them: they come from the settings, none is changed.

Whether one answers is known after somebody looked; it is kept in memory, of this process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from curtilage.core.authority import Authority
from curtilage.core.errors import PeerError, UnavailableError
from curtilage.core.models import Principal
from curtilage.identity.models import READ_SETTINGS
from curtilage.identity.providers.models import Provider
from curtilage.identity.providers.service.ground import ProviderGround
from curtilage.identity.providers.views import OverseenProvider

AGAIN = timedelta(seconds=5)  # whoever presses the button often asks the provider no oftener


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody saw who looked: "" for a provider that answers as it should."""

    at: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Overseeing:
    """For who may read the settings."""

    ground: ProviderGround
    authority: Authority
    looks: dict[str, Look] = field(default_factory=dict)

    async def list(self, actor: Principal) -> Sequence[OverseenProvider]:
        """All that are configured, by name, with how many accounts are linked."""
        self.authority.require(actor, READ_SETTINGS, tenant=self.ground.tenant)
        async with self.ground.database.read() as connection:
            links = await self.ground.links.count_by_issuer(connection, self.ground.tenant)
        known = sorted(self.ground.providers.values(), key=lambda each: each.name)
        return [self._see(each, links) for each in known]

    async def check(self, actor: Principal, name: str) -> OverseenProvider:
        """Ask one for its document now. Raises `UnknownProvider`."""
        self.authority.require(actor, READ_SETTINGS, tenant=self.ground.tenant)
        provider, last = self.ground.get(name), self.looks.get(name)
        if last is None or self.ground.clock.now() - last.at >= AGAIN:
            self.looks[name] = Look(self.ground.clock.now(), await self._ask(provider))
        return next(each for each in await self.list(actor) if each.name == name)

    async def _ask(self, provider: Provider) -> str:
        """What is wrong with it, "" for nothing."""
        try:
            await self.ground.calls.look(provider)
        except (PeerError, UnavailableError) as refusal:
            return refusal.detail
        return ""

    def _see(self, provider: Provider, links: Mapping[str, int]) -> OverseenProvider:
        look = self.looks.get(provider.name)
        return OverseenProvider(
            name=provider.name,
            label=provider.label,
            issuer=provider.issuer,
            client_id=provider.client_id,
            domains=tuple(sorted(provider.domains)),
            tenants=tuple(sorted(provider.tenants)),
            may_create=provider.may_create,
            trusts_email=provider.trusts_email,
            trusts_mfa=provider.trusts_mfa,
            links=sum(count for issuer, count in links.items() if _is_of(issuer, provider)),
            state="unknown" if look is None else "fails" if look.problem else "answers",
            checked_at=look.at if look else None,
            problem=look.problem if look else "",
        )


def _is_of(issuer: str, provider: Provider) -> bool:
    """Whether a link's issuer is the provider's, or one of its tenants'."""
    if issuer == provider.issuer or not provider.tenants:
        return issuer == provider.issuer
    head, _, version = provider.issuer.rpartition("/")
    base = head.rpartition("/")[0]
    return any(issuer == f"{base}/{tenant}/{version}" for tenant in provider.tenants)
