"""What pages call who asked: a key by its name, a person by an app, an app by itself.

Of a person nothing is said but that it was one: their page says more, to who may open it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from curtilage.core.authority import Authority
from curtilage.core.models import Principal, PrincipalKind
from curtilage.core.words import say
from curtilage.gateway.ports import TokenCallers
from curtilage.gateway.rows import ExchangeRow
from curtilage.gateway.views import AppName, Asker
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.oauth.models.clients import MANAGE_CLIENTS

NOBODY_KNOWN = say("a caller no longer known")
NO_PERSON = say("a person no longer known")
NO_APP = say("an app no longer known")


def path_of_person(id: str) -> str:
    """The page about somebody."""
    return f"/console/people/{quote(id, safe='')}"


def path_of_app(id: str) -> str:
    """The page about an app."""
    return f"/console/apps/{quote(id, safe='')}"


@dataclass(frozen=True, slots=True)
class Askers:
    """Names for the callers of some rows, as one reader is told them.

    `people` is empty for who may not open their pages."""

    keys: Mapping[str, str]
    people: Mapping[str, str] = field(default_factory=dict)
    apps: Mapping[str, AppName] = field(default_factory=dict)
    opens_apps: bool = False

    def find(self, row: ExchangeRow) -> Asker:
        """Who asked for this."""
        app_id = str(row.facts.get("app", ""))
        if not app_id:
            return Asker(self.keys.get(row.actor, NOBODY_KNOWN))
        app = self.apps.get(app_id)
        name = app.name if app else NO_APP
        app_path = path_of_app(app.id) if app and self.opens_apps else ""
        if row.actor_kind == PrincipalKind.SERVICE.value:
            return Asker(name, app=name, app_path=app_path)
        who = say("{person} by {app}", person=say("a person"), app=name)
        person = self.people.get(row.actor, "")
        path = path_of_person(person) if person else ""
        return Asker(who, app=name, app_path=app_path, is_person=True, person_path=path)


async def name_askers(
    rows: Sequence[ExchangeRow],
    actor: Principal,
    *,
    keys: Mapping[str, str],
    tokens: TokenCallers,
    authority: Authority,
) -> Askers:
    """What this reader is told of who asked for these."""
    came = [row for row in rows if row.facts.get("app")]
    if not came:
        return Askers(keys)
    held = authority.list_held(actor)
    people: Mapping[str, str] = {}
    if MANAGE_PEOPLE in held:
        people = await tokens.find_people({row.actor for row in came})
    apps = await tokens.name_apps({str(row.facts["app"]) for row in came})
    return Askers(keys, people, apps, MANAGE_CLIENTS in held)
