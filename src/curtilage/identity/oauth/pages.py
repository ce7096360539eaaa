"""The pages that people see on their way: consent, devices, signing out, their apps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from curtilage.core.errors import LimitError
from curtilage.core.page import Flash, Leave, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.core.words import join_list, say
from curtilage.identity.oauth.errors import TooManyCodes, UnknownDeviceCode
from curtilage.identity.oauth.forms import LOGOUT_FIELDS, lead_through
from curtilage.identity.oauth.models.clients import Client, Resource
from curtilage.identity.oauth.models.requests import Authentication, AuthorizationRequest, Step
from curtilage.identity.oauth.ports import Authentications
from curtilage.identity.oauth.rules.addresses import host_of, origin_of
from curtilage.identity.oauth.rules.registration import leads_here_only
from curtilage.identity.oauth.rules.scopes import OFFLINE, describe_scopes
from curtilage.identity.oauth.service.authorize import AuthorizeService
from curtilage.identity.oauth.service.consents import ConsentService
from curtilage.identity.oauth.service.devices import DeviceService
from curtilage.identity.oauth.service.logout import LogoutAsk, LogoutService
from curtilage.identity.oauth.service.outcomes import Answered, Asked
from curtilage.identity.oauth.settings import GRANT_LIFE
from curtilage.identity.oauth.wire.parameters import Parameters

Shown = Page | SeeOther | Leave
PROVED = "proved"  # in the address that one comes back to from proving who one is


@dataclass(frozen=True, slots=True)
class OAuthPages:
    """Doors for people."""

    authorize: AuthorizeService
    devices: DeviceService
    logout: LogoutService
    consents: ConsentService
    authentications: Authentications
    resources: tuple[Resource, ...]
    sign_in: str = "/login"
    account: str = "/account"

    @property
    def root(self) -> str:
        return self.authorize.ground.settings.path

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer. All are public: each asks for a session itself."""
        oauth = f"{self.root}/oauth2"
        return (
            Route("GET", f"{oauth}/continue", self.show, "", "oauth.continue"),
            Route("POST", f"{oauth}/continue", self.decide, "", "oauth.decide"),
            Route("GET", f"{oauth}/logout", self.show_logout, "", "oauth.logout"),
            Route("POST", f"{oauth}/logout/confirm", self.sign_out, "", "oauth.sign-out"),
            Route("GET", f"{self.root}/device", self.show_device, "", "oauth.device"),
            Route("POST", f"{self.root}/device", self.decide_device, "", "oauth.device-decide"),
            Route("GET", f"{oauth}/apps", self.show_apps, "", "oauth.apps"),
            Route("POST", f"{oauth}/apps/revoke", self.revoke_app, "", "oauth.apps-revoke"),
            Route("POST", f"{oauth}/apps/narrow", self.narrow_app, "", "oauth.apps-narrow"),
        )

    async def show(self, visit: Visit) -> Shown:
        """The next step of an app's request."""
        handle = visit.query.get("request", "")
        shown = self._go_on(handle, await self.authorize.look(handle, visit.session))
        return _send_on(shown) if isinstance(shown, Leave) and PROVED in visit.query else shown

    async def decide(self, visit: Visit) -> Shown:
        """What the person answered. Anything but the one button is a no."""
        handle = visit.form.get("request", "")
        allows = visit.form.get("decision") == "allow"
        return self._go_on(
            handle, await self.authorize.answer(handle, visit.session, allows=allows)
        )

    def _go_on(self, handle: str, outcome: Asked | Answered) -> Shown:
        if isinstance(outcome, Answered):
            return Leave(outcome.location, outcome.refused)
        step = outcome.step
        if step.step is Step.ASK:
            return self._consent_page(handle, outcome.request, outcome.client)
        extra = [("again", "1")] if step.again else []
        if step.acr:
            extra.append(("acr", step.acr))
        onward = f"{self.root}/oauth2/continue?request={quote(handle)}&{PROVED}=1"
        return SeeOther(lead_through(self.sign_in, onward, extra))

    def _consent_page(self, handle: str, request: AuthorizationRequest, client: Client) -> Page:
        named = [each for each in self.resources if each.uri in request.resources]
        context = {
            "handle": handle,
            "apps": f"{self.root}/oauth2/apps",
            "action": f"{self.root}/oauth2/continue",
            "client": client.name,
            "scopes": [text for _, text in describe_scopes(request.consented_scopes, named)],
            "details": [each.words for each in request.details],
            "resources": join_list([each.name or each.uri for each in named]),
            "days": GRANT_LIFE.days,
            "stays": OFFLINE in request.scopes,
            "host": host_of(request.redirect_uri),
            "is_local": leads_here_only(client),
            "is_dynamic": client.is_dynamic,
        }
        leads = (origin_of(request.redirect_uri),)
        return Page("oauth/consent.html", context, forms_lead_to=leads)

    async def show_logout(self, visit: Visit) -> Shown:
        """Sign out at an app's wish, after a question unless it proves for whom it asks."""
        given = {name: visit.query[name] for name in LOGOUT_FIELDS if name in visit.query}
        asked = await self.logout.look(_parameters(given), visit.session)
        if asked.must_ask:
            leads = (origin_of(asked.onward),) if asked.onward else ()
            context = {
                "action": f"{self.root}/oauth2/logout/confirm",
                "client": asked.client.name if asked.client else "",
                "fields": given,
            }
            return Page("oauth/logout.html", context, forms_lead_to=leads)
        await self.logout.sign_out(visit.session)
        return self._after_logout(asked)

    async def sign_out(self, visit: Visit) -> Shown:
        """The person said yes."""
        given = {name: visit.form[name] for name in LOGOUT_FIELDS if name in visit.form}
        asked = await self.logout.look(_parameters(given), visit.session)
        await self.logout.sign_out(visit.session)
        return self._after_logout(asked)

    def _after_logout(self, asked: LogoutAsk) -> Shown:
        if asked.onward:
            return Leave(asked.onward)
        return SeeOther(self.sign_in, flash=Flash(say("You are signed out.")), ends_session=True)

    async def show_device(self, visit: Visit) -> Shown:
        """Where the code of a device is typed. A code in the address is only filled in."""
        typed = visit.query.get("user_code", "")[:32]
        if await self._who(visit) is None:
            onward = f"{self.root}/device"
            if typed:
                onward += "?" + urlencode({"user_code": typed})
            return SeeOther(lead_through(self.sign_in, onward))
        return self._device_page(typed)

    async def decide_device(self, visit: Visit) -> Shown:
        """First which device it is, then the decision."""
        person = await self._who(visit)
        if person is None:
            return SeeOther(lead_through(self.sign_in, f"{self.root}/device"))
        typed, decision = visit.form.get("user_code", ""), visit.form.get("decision", "")
        try:
            if decision not in ("allow", "deny"):
                return await self._confirm_device(typed, visit.peer)
            client = await self.devices.decide(
                typed, person, allows=decision == "allow", peer=visit.peer
            )
        except UnknownDeviceCode as refusal:
            return self._device_page(typed[:32], refusal.told, 422)
        except TooManyCodes as refusal:
            return self._device_page("", _wait(refusal), 429)
        context = {"client": client.name, "allowed": decision == "allow"}
        return Page("oauth/device_done.html", context)

    async def _confirm_device(self, typed: str, peer: str) -> Page:
        waiting = await self.devices.find(typed, peer=peer)
        named = [each for each in self.resources if each.uri in waiting.device.resources]
        context = {
            "action": f"{self.root}/device",
            "client": waiting.client.name,
            "user_code": typed,
            "asked_from": waiting.device.asked_from,
            "asked_at": waiting.device.made_at,
            "scopes": [text for _, text in describe_scopes(waiting.device.scopes, named)],
        }
        return Page("oauth/device_confirm.html", context)

    def _device_page(self, typed: str, problem: str = "", status: int = 200) -> Page:
        context = {
            "action": f"{self.root}/device",
            "user_code": typed,
            "problems": {"user_code": problem} if problem else {},
        }
        return Page("oauth/device.html", context, status=status)

    async def show_apps(self, visit: Visit) -> Shown:
        """What the person allowed, app by app."""
        person = await self._who(visit)
        if person is None:
            return SeeOther(lead_through(self.sign_in, f"{self.root}/oauth2/apps"))
        allowed = await self.consents.list(person.person)
        rows = [
            {
                "id": each.consent.client,
                "name": each.client.name if each.client else say("An app that is gone"),
                "scopes": describe_scopes(sorted(each.consent.scopes), self.resources),
                "given_at": each.consent.given_at,
            }
            for each in allowed
        ]
        context: dict[str, Any] = {
            "rows": rows,
            "root": f"{self.root}/oauth2/apps",
            "account": self.account,
        }
        return Page("oauth/apps.html", context)

    async def revoke_app(self, visit: Visit) -> Shown:
        """Take everything back from an app."""
        person = await self._who(visit)
        if person is not None:
            await self.consents.revoke(person.person, visit.form.get("client", ""))
        flash = Flash(say("The app has no access any more."))
        return SeeOther(f"{self.root}/oauth2/apps", flash=flash)

    async def narrow_app(self, visit: Visit) -> Shown:
        """Leave an app some of what it had: the boxes that stay ticked."""
        person = await self._who(visit)
        keeps = frozenset(name[6:] for name in visit.form if name.startswith("scope:"))
        if person is not None:
            await self.consents.narrow(person.person, visit.form.get("client", ""), keeps=keeps)
        flash = Flash(say("The app has less access now; it will ask when it needs more."))
        return SeeOther(f"{self.root}/oauth2/apps", flash=flash)

    async def _who(self, visit: Visit) -> Authentication | None:
        return await self.authentications.find(visit.session) if visit.session else None


def _send_on(leave: Leave) -> Page:
    """A page that sends on to an app.

    Who proves who they are answers a form, and a browser asks its `form-action` of the
    whole way, which ends at the app (CSP 3 §6.4.1)."""
    context = {"location": leave.location, "host": host_of(leave.location)}
    headers = {"refresh": f"0; url={leave.location}"}
    return Page("oauth/leaving.html", context, headers=headers, refused=leave.refused)


def _parameters(given: Mapping[str, str]) -> Parameters:
    return Parameters({name: (value,) for name, value in given.items()})


def _wait(limit: LimitError) -> str:
    return limit.told
