"""Apps and sign-in providers behind the pages of the console."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal
from curtilage.identity.models import MANAGEMENT_RIGHTS
from curtilage.identity.oauth.errors import UnknownClient
from curtilage.identity.oauth.models.clients import (
    SECRETS,
    AuthMethod,
    Client,
    GrantType,
    Resource,
)
from curtilage.identity.oauth.rules.registration import verify_client
from curtilage.identity.oauth.service.clients import RegisteredClient, apply_wish
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.providers.errors import UnknownProvider
from curtilage.identity.providers.views import OverseenProvider
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id

SECRET = "hFav71j9et6aIRCFr1XMEVaM3Co9YBsS1InUHB5VgKg"
GATEWAY = Resource(
    "https://ai.orchard.example/v1", "The AI gateway", {"models:call": "Call AI models for you"}
)
NAMES = ("Orchard notes", "Rechnungsprüfung der Abteilung für Briefe", "Desk", "Nightly export")


def a_client(number: int, **given: Any) -> Client:
    """The app of that number."""
    defaults: dict[str, Any] = {
        "id": fixed_id(number),
        "tenant": TENANT,
        "name": NAMES[number % 4],
        "created_at": START - timedelta(days=100 - number),
        "method": AuthMethod.BASIC,
        "redirect_uris": (f"https://app-{number}.orchard.example/callback",),
        "scopes": frozenset({"openid", "email", "models:call"}),
        "resources": (GATEWAY.uri,),
    }
    return Client(**(defaults | given))


def some_clients() -> list[Client]:
    """One of each kind."""
    machine = frozenset({GrantType.CLIENT})
    return [
        a_client(1, method=AuthMethod.NONE, is_dynamic=True),
        a_client(2, is_first_party=True),
        a_client(3, revoked_at=START),
        a_client(4, grant_types=machine, redirect_uris=(), scopes=frozenset({"models:call"})),
    ]


@dataclass
class FakeClients:
    """Apps in a list; the secret of a new one is the same each time."""

    kept: list[Client] = field(default_factory=some_clients)

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[Client]:
        newest = sorted(self.kept, key=lambda each: each.id, reverse=True)
        return [each for each in newest if not before or each.id < before][:limit]

    async def count_people(self, actor: Principal, clients: Sequence[str]) -> Mapping[str, int]:
        return {id: 1204 if id == fixed_id(2) else 0 for id in clients}

    async def get(self, actor: Principal, client_id: str) -> Client:
        return self.kept[self._place(client_id)]

    async def register(self, actor: Principal, wish: ClientWish) -> RegisteredClient:
        if wish.scopes & MANAGEMENT_RIGHTS.keys():
            raise DeniedError("A right to manage can be given by somebody who holds it.")
        client = verify_client(apply_wish(a_client(100 + len(self.kept)), wish))
        self.kept.append(client)
        return RegisteredClient(client, SECRET if client.method in SECRETS else "")

    async def change(self, actor: Principal, client_id: str, wish: ClientWish) -> Client:
        place = self._place(client_id)
        self.kept[place] = verify_client(apply_wish(self.kept[place], wish))
        return self.kept[place]

    async def rotate_secret(
        self, actor: Principal, client_id: str, *, overlap: timedelta = timedelta(0)
    ) -> RegisteredClient:
        return RegisteredClient(await self.get(actor, client_id), SECRET)

    async def revoke(self, actor: Principal, client_id: str) -> Client:
        place = self._place(client_id)
        self.kept[place] = replace(self.kept[place], revoked_at=START)
        return self.kept[place]

    def _place(self, client_id: str) -> int:
        for place, each in enumerate(self.kept):
            if each.id == client_id:
                return place
        raise UnknownClient


def some_providers() -> list[OverseenProvider]:
    """One that was never looked at, one that answers, one that does not."""
    staff = OverseenProvider(
        name="staff",
        label="Orchard staff",
        issuer="https://id.orchard.example/realms/staff",
        client_id="curtilage",
        domains=("orchard.example", "a-longer-name-of-letters.orchard.example"),
        tenants=(),
        may_create=True,
        trusts_email=True,
        trusts_mfa=True,
        links=1204,
        state="answers",
        checked_at=START - timedelta(minutes=3),
    )
    return [
        replace(staff, name="google", label="Google", issuer="https://accounts.google.com", domains=(),
                may_create=False, trusts_mfa=False, links=7, state="unknown", checked_at=None),
        replace(staff, name="partner", label="Partner", domains=(), state="fails", links=0,
                issuer="https://login.partner.example", problem="The other side did not answer."),
        staff,
    ]  # fmt: skip


@dataclass
class FakeProviders:
    """Providers as they are configured; one that is looked at answers unless it failed before."""

    kept: list[OverseenProvider] = field(default_factory=some_providers)

    async def list(self, actor: Principal) -> Sequence[OverseenProvider]:
        return self.kept

    async def check(self, actor: Principal, name: str) -> OverseenProvider:
        for place, each in enumerate(self.kept):
            if each.name == name:
                state = "fails" if each.problem else "answers"
                self.kept[place] = replace(each, state=state, checked_at=START)
                return self.kept[place]
        raise UnknownProvider
