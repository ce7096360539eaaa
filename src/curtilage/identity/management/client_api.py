"""Apps: registered, changed, revoked; their secrets are shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from curtilage.core.door import Call, Endpoint, Operation
from curtilage.core.models import Principal
from curtilage.identity.management import schemas
from curtilage.identity.management.doors import Doors, encode_rows
from curtilage.identity.management.wire.bodies import (
    parse_client,
    parse_nothing,
    parse_overlap,
    parse_paging,
)
from curtilage.identity.management.wire.shapes import encode_client
from curtilage.identity.oauth.models.clients import MANAGE_CLIENTS
from curtilage.identity.oauth.service.clients import ClientService, RegisteredClient


@dataclass(frozen=True, slots=True)
class ClientApi:
    """Doors to apps."""

    doors: Doors
    clients: ClientService

    def endpoints(self) -> Sequence[Endpoint]:
        """What these doors answer."""
        one, made = "/api/clients/{id}", schemas.MADE_CLIENT
        return (
            self.doors.at(
                "GET", "/api/clients", "clients-list", self.list,
                Operation(MANAGE_CLIENTS, "Apps, the newest first, revoked ones too",
                          schemas.rows("clients", schemas.CLIENT), query=schemas.PAGED),
            ),
            self.doors.at(
                "POST", "/api/clients", "clients-register", self.register,
                Operation(MANAGE_CLIENTS, "Register an app; its secret is shown this once. Each call makes another",
                          made, schemas.METADATA, status=201),
            ),
            self.doors.at(
                "GET", one, "clients-show", self.show,
                Operation(MANAGE_CLIENTS, "One app", schemas.CLIENT),
            ),
            self.doors.at(
                "PUT", one, "clients-change", self.change,
                Operation(MANAGE_CLIENTS, "Put other metadata in place of all of an app's; its secret stays",
                          schemas.CLIENT, schemas.METADATA),
            ),
            self.doors.at(
                "POST", f"{one}/secret", "clients-secret", self.rotate,
                Operation(MANAGE_CLIENTS, "A new secret, shown this once; the old one works on for `overlap_seconds`",
                          made, schemas.OVERLAP, needs_body=False),
            ),
            self.doors.at(
                "POST", f"{one}/revoke", "clients-revoke", self.revoke,
                Operation(MANAGE_CLIENTS, "End an app and all that it was granted; again changes nothing",
                          schemas.CLIENT),
            ),
        )  # fmt: skip

    async def list(self, actor: Principal, call: Call) -> Any:
        """Apps, a page of them."""
        paging = parse_paging(call.query)
        found = await self.clients.page(actor, before=paging.after, limit=paging.limit + 1)
        return encode_rows("clients", [encode_client(each) for each in found], paging)

    async def register(self, actor: Principal, call: Call) -> Any:
        """A new app."""
        return _encode_made(await self.clients.register(actor, parse_client(call.body)))

    async def show(self, actor: Principal, call: Call) -> Any:
        """One app."""
        return encode_client(await self.clients.get(actor, call.params["id"]))

    async def change(self, actor: Principal, call: Call) -> Any:
        """Other metadata."""
        wish = parse_client(call.body)
        return encode_client(await self.clients.change(actor, call.params["id"], wish))

    async def rotate(self, actor: Principal, call: Call) -> Any:
        """A new secret, once."""
        overlap = parse_overlap(call.body, usual=timedelta(0))
        made = await self.clients.rotate_secret(actor, call.params["id"], overlap=overlap)
        return _encode_made(made)

    async def revoke(self, actor: Principal, call: Call) -> Any:
        """The end of an app."""
        parse_nothing(call.body)
        return encode_client(await self.clients.revoke(actor, call.params["id"]))


def _encode_made(made: RegisteredClient) -> dict[str, Any]:
    return {"client": encode_client(made.client), "client_secret": made.secret or None}
