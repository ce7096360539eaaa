"""Apps in the console: which there are, what each may do, new secrets, the end of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from curtilage.core.errors import DeniedError, InputError
from curtilage.core.models import Principal
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.identity.oauth.client_forms import KINDS, read_changed, read_new, wish_of
from curtilage.identity.oauth.models.clients import (
    MANAGE_CLIENTS,
    SECRETS,
    AuthMethod,
    Client,
    GrantType,
    Resource,
)
from curtilage.identity.oauth.rules.scopes import describe_scopes
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.client_metadata import ClientWish

HOME = "/console/apps"
ROWS = 25
FIRST = "curtilage clients create Notes --redirect-uri https://notes.example/callback"
PROVES: Mapping[AuthMethod, str] = {
    AuthMethod.NONE: say("nothing: it runs on people's devices"),
    AuthMethod.BASIC: say("a secret"),
    AuthMethod.POST: say("a secret, in the form"),
    AuthMethod.KEY: say("a key of its own"),
}
MAY: Mapping[GrantType, str] = {
    GrantType.CODE: say("sign people in"),
    GrantType.REFRESH: say("stay signed in for them"),
    GrantType.CLIENT: say("act for itself"),
    GrantType.DEVICE: say("connect devices without a browser"),
}
OVERLAPS: Mapping[str, tuple[str, timedelta]] = {
    "0": (say("At once"), timedelta(0)),
    "1": (say("In an hour"), timedelta(hours=1)),
    "24": (say("In a day"), timedelta(days=1)),
    "168": (say("In a week"), timedelta(days=7)),
}


class ClientDesk(Protocol):
    """What these pages do with apps."""

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[Client]: ...

    async def count_people(self, actor: Principal, clients: Sequence[str]) -> Mapping[str, int]: ...

    async def get(self, actor: Principal, client_id: str) -> Client: ...

    async def register(self, actor: Principal, wish: ClientWish) -> RegisteredClient: ...

    async def change(self, actor: Principal, client_id: str, wish: ClientWish) -> Client: ...

    async def rotate_secret(
        self, actor: Principal, client_id: str, *, overlap: timedelta = timedelta(0)
    ) -> RegisteredClient: ...

    async def revoke(self, actor: Principal, client_id: str) -> Client: ...


@dataclass(frozen=True, slots=True)
class ClientPages:
    """Doors to apps. `issuer` is what an app is given to find all else."""

    clients: ClientDesk
    issuer: str
    resources: tuple[Resource, ...] = ()

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        one = f"{HOME}/{{id}}"
        return (
            Route("GET", HOME, self.list, MANAGE_CLIENTS, "oauth.clients"),
            Route("POST", HOME, self.register, MANAGE_CLIENTS, "oauth.clients-register"),
            Route("GET", one, self.show, MANAGE_CLIENTS, "oauth.client"),
            Route("POST", f"{one}/change", self.change, MANAGE_CLIENTS, "oauth.client-change"),
            Route("POST", f"{one}/secret", self.rotate, MANAGE_CLIENTS, "oauth.client-secret"),
            Route("POST", f"{one}/revoke", self.revoke, MANAGE_CLIENTS, "oauth.client-revoke"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Apps"), HOME, "app-window", "a", 42),)

    async def list(self, visit: Visit) -> Page:
        """Apps, the newest first, and the form that registers one."""
        return await self._list_page(visit)

    async def register(self, visit: Visit) -> Page:
        """Register an app and show its secret, this once."""
        try:
            made = await self.clients.register(visit.actor, read_new(visit.form, self.resources))
        except (InputError, DeniedError) as refusal:
            return await self._list_page(visit, _problems_of(refusal), visit.form)
        return self._made_page(made, is_new=True)

    async def show(self, visit: Visit) -> Page:
        """One app: its facts, and what can be done."""
        return await self._client_page(visit)

    async def change(self, visit: Visit) -> Page | SeeOther:
        """Keep what the form says; what it has no field for stays."""
        client = await self.clients.get(visit.actor, visit.params["id"])
        wish = read_changed(wish_of(client), visit.form, self.resources)
        try:
            await self.clients.change(visit.actor, client.id, wish)
        except (InputError, DeniedError) as refusal:
            return await self._client_page(visit, _problems_of(refusal), visit.form)
        said = say(
            "The app {name} is changed. Tokens that it has already stay as they are.",
            name=wish.name,
        )
        return SeeOther(_path(client.id), flash=Flash(said))

    async def rotate(self, visit: Visit) -> Page:
        """A new secret, shown this once."""
        overlap = OVERLAPS.get(visit.form.get("overlap", ""), OVERLAPS["0"])[1]
        try:
            made = await self.clients.rotate_secret(
                visit.actor, visit.params["id"], overlap=overlap
            )
        except (InputError, DeniedError) as refusal:
            return await self._client_page(visit, _problems_of(refusal, "overlap"))
        return self._made_page(made, is_new=False)

    async def revoke(self, visit: Visit) -> SeeOther:
        """End an app and all that it was granted."""
        client = await self.clients.revoke(visit.actor, visit.params["id"])
        said = say(
            "The app {name} is revoked. All that it was granted has ended.", name=client.name
        )
        return SeeOther(_path(client.id), flash=Flash(said))

    async def _list_page(
        self,
        visit: Visit,
        problems: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Page:
        after = visit.query.get("after", "")
        found = await self.clients.page(visit.actor, before=after, limit=ROWS + 1)
        shown = found[:ROWS]
        people = await self.clients.count_people(visit.actor, [each.id for each in shown])
        context: dict[str, Any] = {
            "rows": [{"client": each, "people": people[each.id]} for each in shown],
            "older": shown[-1].id if len(found) > ROWS else "",
            "after": after,
            "may": MAY,
            "first": FIRST,
            "kinds": [(name, kind.words) for name, kind in KINDS.items()],
            "problems": problems or {},
            **self._form(typed or {"scopes": "openid profile email"}),
        }
        return Page("oauth/clients.html", context, status=422 if problems else 200)

    async def _client_page(
        self,
        visit: Visit,
        problems: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Page:
        client = await self.clients.get(visit.actor, visit.params["id"])
        people = await self.clients.count_people(visit.actor, [client.id])
        context: dict[str, Any] = {
            "client": client,
            "path": _path(client.id),
            "people": people[client.id],
            "proves": PROVES[client.method],
            "may": [MAY[each] for each in GrantType if client.may(each)],
            "scopes": describe_scopes(sorted(client.scopes), self.resources),
            "has_secret": client.method in SECRETS,
            "overlaps": [(key, words) for key, (words, _) in OVERLAPS.items()],
            "issuer": self.issuer,
            "problems": problems or {},
            **self._form(typed or self._typed_of(client)),
        }
        return Page("oauth/client.html", context, status=422 if problems else 200)

    def _typed_of(self, client: Client) -> Mapping[str, str]:
        """What stands in the fields of a form about this app."""
        uris = enumerate(each.uri for each in self.resources)
        return {
            "name": client.name,
            "redirects": "\n".join(client.redirect_uris),
            "logouts": "\n".join(client.post_logout_uris),
            "scopes": " ".join(sorted(client.scopes)),
            **({"first_party": "1"} if client.is_first_party else {}),
            **{f"resource-{number}": "1" for number, uri in uris if uri in client.resources},
        }

    def _form(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """Fields that both forms have, with what was typed or is kept."""
        named = [(f"resource-{number}", each) for number, each in enumerate(self.resources)]
        blank = dict.fromkeys(("kind", "name", "redirects", "logouts", "scopes"), "")
        return {"typed": {**blank, **typed}, "resources": named}

    def _made_page(self, made: RegisteredClient, *, is_new: bool) -> Page:
        context = {
            "client": made.client,
            "secret": made.secret,
            "path": _path(made.client.id),
            "issuer": self.issuer,
            "is_new": is_new,
        }
        return Page("oauth/client_made.html", context)


def _problems_of(refusal: InputError | DeniedError, field: str = "") -> dict[str, str]:
    """The refusal beside the field that it is about."""
    is_about_address = getattr(refusal, "is_about_address", False)
    is_right = isinstance(refusal, DeniedError)
    place = field or ("redirects" if is_about_address else "scopes" if is_right else "name")
    return {place: refusal.told}


def _path(id: str) -> str:
    return f"{HOME}/{id}"
