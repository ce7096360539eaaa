"""API keys and groups of them. A key is shown once, in the answer that made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curtilage.core.clock import Clock
from curtilage.core.door import Call, Endpoint, Operation
from curtilage.core.models import Principal
from curtilage.identity.management import schemas
from curtilage.identity.management.doors import Doors, encode_rows
from curtilage.identity.management.wire.bodies import (
    parse_budgets,
    parse_group,
    parse_key_request,
    parse_limits,
    parse_nothing,
    parse_overlap,
    parse_paging,
)
from curtilage.identity.models import MANAGE_KEYS
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.keys import OVERLAP, CreatedKey, KeyService
from curtilage.identity.wire.shown_keys import encode_group, encode_key


@dataclass(frozen=True, slots=True)
class KeyApi:
    """Doors to keys and their groups."""

    doors: Doors
    keys: KeyService
    budgets: BudgetService
    clock: Clock

    def endpoints(self) -> Sequence[Endpoint]:
        """What these doors answer."""
        one = "/api/keys/{id}"
        return (
            self.doors.at(
                "GET", "/api/keys", "keys-list", self.list,
                Operation(MANAGE_KEYS, "Keys, the newest first, revoked ones too; never the keys themselves",
                          schemas.rows("keys", schemas.KEY), query=schemas.PAGED),
            ),
            self.doors.at(
                "POST", "/api/keys", "keys-create", self.create,
                Operation(MANAGE_KEYS, "Make a key, shown this once. Each call makes another",
                          schemas.MADE_KEY, schemas.KEY_REQUEST, status=201),
            ),
            self.doors.at("GET", one, "keys-show", self.show, Operation(MANAGE_KEYS, "One key", schemas.KEY)),
            self.doors.at(
                "PUT", f"{one}/limits", "keys-limit", self.limit,
                Operation(MANAGE_KEYS, "Put other budgets and another group in place of a key's",
                          schemas.KEY, schemas.LIMITS),
            ),
            self.doors.at(
                "POST", f"{one}/rotate", "keys-rotate", self.rotate,
                Operation(MANAGE_KEYS, "A key in place of one, shown this once; the old one works on for `overlap_seconds`, a day unless given",
                          schemas.MADE_KEY, schemas.OVERLAP, status=201, needs_body=False),
            ),
            self.doors.at(
                "POST", f"{one}/revoke", "keys-revoke", self.revoke,
                Operation(MANAGE_KEYS, "Make a key worthless; again changes nothing", schemas.KEY),
            ),
            self.doors.at(
                "GET", "/api/key-groups", "groups-list", self.list_groups,
                Operation(MANAGE_KEYS, "Groups of keys, the oldest first",
                          schemas.gives(groups=schemas.listed(schemas.GROUP))),
            ),
            self.doors.at(
                "POST", "/api/key-groups", "groups-create", self.create_group,
                Operation(MANAGE_KEYS, "Make a group; a name that is taken is refused",
                          schemas.GROUP, schemas.NEW_GROUP, status=201),
            ),
            self.doors.at(
                "PUT", "/api/key-groups/{id}/budgets", "groups-limit", self.limit_group,
                Operation(MANAGE_KEYS, "Put other budgets in place of a group's",
                          schemas.GROUP, schemas.NEW_BUDGETS),
            ),
        )  # fmt: skip

    async def list(self, actor: Principal, call: Call) -> Any:
        """Keys, a page of them."""
        paging, at = parse_paging(call.query), self.clock.now()
        found = await self.keys.page(actor, before=paging.after, limit=paging.limit + 1)
        return encode_rows("keys", [encode_key(each, at) for each in found], paging)

    async def create(self, actor: Principal, call: Call) -> Any:
        """A new key, once."""
        return self._made(await self.keys.create(actor, parse_key_request(call.body)))

    async def show(self, actor: Principal, call: Call) -> Any:
        """One key."""
        return encode_key(await self.keys.get(actor, call.params["id"]), self.clock.now())

    async def limit(self, actor: Principal, call: Call) -> Any:
        """Other budgets, another group."""
        wish = parse_limits(call.body)
        id = call.params["id"]
        key = await self.keys.limit(actor, id, budgets=wish.budgets, group=wish.group)
        return encode_key(key, self.clock.now())

    async def rotate(self, actor: Principal, call: Call) -> Any:
        """The key that comes after one, once."""
        overlap = parse_overlap(call.body, usual=OVERLAP)
        return self._made(await self.keys.rotate(actor, call.params["id"], overlap=overlap))

    async def revoke(self, actor: Principal, call: Call) -> Any:
        """The end of a key."""
        parse_nothing(call.body)
        return encode_key(await self.keys.revoke(actor, call.params["id"]), self.clock.now())

    async def list_groups(self, actor: Principal, _: Call) -> Any:
        """Groups of keys."""
        return {"groups": [encode_group(each) for each in await self.budgets.list_groups(actor)]}

    async def create_group(self, actor: Principal, call: Call) -> Any:
        """A new group."""
        wish = parse_group(call.body)
        return encode_group(await self.budgets.create_group(actor, wish.name, wish.budgets))

    async def limit_group(self, actor: Principal, call: Call) -> Any:
        """Other budgets for a group."""
        budgets = parse_budgets(call.body)
        group = await self.budgets.limit_group(actor, budgets=budgets, id=call.params["id"])
        return encode_group(group)

    def _made(self, created: CreatedKey) -> dict[str, Any]:
        return {"key": encode_key(created.key, self.clock.now()), "secret": created.text}
