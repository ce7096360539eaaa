"""People, where they are signed in, their apps; and the providers they sign in through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curtilage.core.door import Call, Endpoint, Operation
from curtilage.core.models import Principal, PrincipalId
from curtilage.identity.management import schemas
from curtilage.identity.management.doors import Doors, encode_rows
from curtilage.identity.management.wire.bodies import (
    parse_invitation,
    parse_nothing,
    parse_paging,
    parse_roles,
    parse_search,
)
from curtilage.identity.management.wire.shapes import (
    encode_app,
    encode_invitation,
    encode_person,
    encode_provider,
    encode_session,
)
from curtilage.identity.models import MANAGE_PEOPLE, MANAGE_SESSIONS, READ_SETTINGS
from curtilage.identity.oauth.service.consents import ConsentService
from curtilage.identity.people.service.invitations import INVITED_FOR, InvitationService
from curtilage.identity.people.service.leaving import LeavingService
from curtilage.identity.people.service.people import PeopleService
from curtilage.identity.providers.service.overseeing import Overseeing


@dataclass(frozen=True, slots=True)
class PeopleApi:
    """Doors to people."""

    doors: Doors
    people: PeopleService
    invitations: InvitationService
    leaving: LeavingService
    consents: ConsentService
    overseeing: Overseeing

    def endpoints(self) -> Sequence[Endpoint]:
        """What these doors answer."""
        one = "/api/people/{id}"
        person = schemas.PERSON
        return (
            self.doors.at(
                "GET", "/api/people", "people-list", self.list,
                Operation(MANAGE_PEOPLE, "People, in the order in which they came",
                          schemas.rows("people", person), query=schemas.PAGED),
            ),
            self.doors.at(
                "POST", "/api/find-person", "people-search", self.search,
                Operation(MANAGE_PEOPLE, "Whose whole name or address it is; at most one",
                          schemas.gives(people=schemas.listed(person)), schemas.SEARCH),
            ),
            self.doors.at(
                "POST", "/api/invitations", "people-invite", self.invite,
                Operation(MANAGE_PEOPLE, "A link for one new person, shown this once; each call makes another",
                          schemas.INVITED, schemas.INVITATION, status=201),
            ),
            self.doors.at(
                "GET", "/api/invitations", "invitations-list", self.list_invitations,
                Operation(MANAGE_PEOPLE, "Invitations that nobody used yet, the newest first; never their links",
                          schemas.rows("invitations", schemas.WAITING), query=schemas.PAGED),
            ),
            self.doors.at(
                "DELETE", "/api/invitations/{id}", "invitations-withdraw", self.withdraw,
                Operation(MANAGE_PEOPLE, "Take an invitation back: its link lets nobody in any more", status=204),
            ),
            self.doors.at("GET", one, "people-show", self.show, Operation(MANAGE_PEOPLE, "One person", person)),
            self.doors.at(
                "POST", f"{one}/disable", "people-disable", self.disable,
                Operation(MANAGE_PEOPLE, "End all that acts for somebody; again changes nothing", person),
            ),
            self.doors.at(
                "POST", f"{one}/enable", "people-enable", self.enable,
                Operation(MANAGE_PEOPLE, "Let somebody sign in again; again changes nothing", person),
            ),
            self.doors.at(
                "DELETE", one, "people-delete", self.delete,
                Operation(MANAGE_PEOPLE, "Delete somebody's account and destroy their key; it cannot be undone", status=204),
            ),
            self.doors.at(
                "PUT", f"{one}/roles", "people-roles", self.give_roles,
                Operation(MANAGE_PEOPLE, "Let somebody have these roles and no other; their sessions end",
                          person, schemas.ROLES),
            ),
            self.doors.at(
                "GET", f"{one}/sessions", "sessions-list", self.list_sessions,
                Operation(MANAGE_SESSIONS, "Where somebody is signed in, the newest first",
                          schemas.gives(sessions=schemas.listed(schemas.SESSION))),
            ),
            self.doors.at(
                "DELETE", f"{one}/sessions", "sessions-end-all", self.end_sessions,
                Operation(MANAGE_SESSIONS, "Sign somebody out everywhere", schemas.ENDED),
            ),
            self.doors.at(
                "DELETE", f"{one}/sessions/{{session}}", "sessions-end", self.end_session,
                Operation(MANAGE_SESSIONS, "Sign somebody out of one browser", status=204),
            ),
            self.doors.at(
                "GET", f"{one}/apps", "apps-list", self.list_apps,
                Operation(MANAGE_PEOPLE, "Apps that somebody allowed something",
                          schemas.gives(apps=schemas.listed(schemas.APP))),
            ),
            self.doors.at(
                "DELETE", f"{one}/apps/{{client}}", "apps-end", self.end_app,
                Operation(MANAGE_PEOPLE, "Take back all that an app has of somebody", status=204),
            ),
            self.doors.at(
                "GET", "/api/providers", "providers-list", self.list_providers,
                Operation(READ_SETTINGS, "Providers that people sign in through, as configured",
                          schemas.gives(providers=schemas.listed(schemas.PROVIDER))),
            ),
        )  # fmt: skip

    async def list(self, actor: Principal, call: Call) -> Any:
        """People, a page of them."""
        paging = parse_paging(call.query)
        found = await self.people.page(actor, after=paging.after, limit=paging.limit + 1)
        return encode_rows("people", [encode_person(each) for each in found], paging)

    async def search(self, actor: Principal, call: Call) -> Any:
        """Who has this name or address."""
        found = await self.people.find(actor, parse_search(call.body))
        return {"people": [] if found is None else [encode_person(found)]}

    async def invite(self, actor: Principal, call: Call) -> Any:
        """A link, once."""
        wish = parse_invitation(call.body)
        made = await self.invitations.invite(actor, address=wish.address, roles=wish.roles)
        lives = int(INVITED_FOR.total_seconds())
        return {"id": made.id, "link": made.link, "expires_in_seconds": lives}

    async def list_invitations(self, actor: Principal, call: Call) -> Any:
        """Invitations that wait, a page of them."""
        paging = parse_paging(call.query)
        found = await self.invitations.page(actor, before=paging.after, limit=paging.limit + 1)
        return encode_rows("invitations", [encode_invitation(each) for each in found], paging)

    async def withdraw(self, actor: Principal, call: Call) -> None:
        """One invitation less."""
        await self.invitations.withdraw(actor, call.params["id"])

    async def show(self, actor: Principal, call: Call) -> Any:
        """One person."""
        return encode_person(await self.people.show(actor, _id(call)))

    async def disable(self, actor: Principal, call: Call) -> Any:
        """Nothing acts for somebody any more."""
        parse_nothing(call.body)
        await self.people.disable(actor, _id(call))
        return await self.show(actor, call)

    async def enable(self, actor: Principal, call: Call) -> Any:
        """Somebody may sign in again."""
        parse_nothing(call.body)
        await self.people.enable(actor, _id(call))
        return await self.show(actor, call)

    async def delete(self, actor: Principal, call: Call) -> None:
        """Somebody is gone."""
        await self.leaving.delete(actor, _id(call))

    async def give_roles(self, actor: Principal, call: Call) -> Any:
        """Other roles."""
        await self.people.give_roles(actor, _id(call), parse_roles(call.body))
        return await self.show(actor, call)

    async def list_sessions(self, actor: Principal, call: Call) -> Any:
        """Where somebody is signed in."""
        found = await self.people.list_sessions(actor, _id(call))
        return {"sessions": [encode_session(each) for each in found]}

    async def end_sessions(self, actor: Principal, call: Call) -> Any:
        """Somebody is signed in nowhere."""
        return {"ended": await self.people.end_sessions(actor, _id(call))}

    async def end_session(self, actor: Principal, call: Call) -> None:
        """One browser less."""
        await self.people.end_session(actor, _id(call), call.params["session"])

    async def list_apps(self, actor: Principal, call: Call) -> Any:
        """What somebody allowed."""
        await self.people.show(actor, _id(call))  # who is not there has no apps to speak of
        found = await self.consents.list_of(actor, _id(call))
        names = [each.client.name if each.client else None for each in found]
        return {
            "apps": [
                encode_app(each.consent, name) for each, name in zip(found, names, strict=True)
            ]
        }

    async def end_app(self, actor: Principal, call: Call) -> None:
        """An app has nothing of somebody any more."""
        await self.consents.revoke_of(actor, _id(call), call.params["client"])

    async def list_providers(self, actor: Principal, _: Call) -> Any:
        """Who else is believed when somebody signs in."""
        return {"providers": [encode_provider(each) for each in await self.overseeing.list(actor)]}


def _id(call: Call) -> PrincipalId:
    return PrincipalId(call.params["id"])
