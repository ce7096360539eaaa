"""Apps that people allowed something, as the pages of people show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.models import Principal, PrincipalId
from curtilage.identity.oauth.models.clients import Resource
from curtilage.identity.oauth.rules.scopes import describe_scopes
from curtilage.identity.oauth.service.consents import ConsentService
from curtilage.identity.people.views import ConnectedApp


@dataclass(frozen=True, slots=True)
class ConnectedApps:
    """Implements `people.desk_ports.AppsOfPeople`. `own` is where somebody sees their own."""

    consents: ConsentService
    resources: tuple[Resource, ...]
    own: str

    async def list_apps(self, actor: Principal, person: PrincipalId) -> Sequence[ConnectedApp]:
        return [
            ConnectedApp(
                each.consent.client,
                each.client.name if each.client else "",
                [text for _, text in describe_scopes(sorted(each.consent.scopes), self.resources)],
                each.consent.given_at,
            )
            for each in await self.consents.list_of(actor, person)
        ]

    async def end_app(self, actor: Principal, person: PrincipalId, app: str) -> None:
        await self.consents.revoke_of(actor, person, app)
