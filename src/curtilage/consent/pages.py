"""Policies in the console: which there are, their versions, what a change changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curtilage.consent.errors import NoReason
from curtilage.consent.service import APPROVE, LONGEST_REASON, PROPOSE, READ
from curtilage.consent.views import SHOWN, PolicyReading
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say

HOME = "/console/policies"
ROWS = 25
USUAL = "24"
TIMES: Mapping[str, str] = {
    USUAL: say("The last day"),
    "168": say("The last week"),
    "720": say("The last month"),
}


@dataclass(frozen=True, slots=True)
class PolicyPages:
    """Doors to policies. Each calls one service method."""

    policies: PolicyReading

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        one = HOME + "/{name}"
        return (
            Route("GET", HOME, self.show_list, READ, "consent.policies"),
            Route("GET", one, self.show_policy, READ, "consent.policy"),
            Route("GET", f"{one}/compare", self.compare, READ, "consent.policy-compare"),
            Route("POST", f"{one}/propose", self.propose, PROPOSE, "consent.policy-propose"),
            Route("POST", f"{one}/approve", self.approve, APPROVE, "consent.policy-approve"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Policies"), HOME, "file-check", "p", 35),)

    async def show_list(self, visit: Visit) -> Page:
        """What decides, what else is on offer, and what was changed lately."""
        hours = visit.query.get("hours", "")
        hours = hours if hours in TIMES else USUAL
        found = await self.policies.overview(visit.actor, int(hours))
        context = {
            "found": found,
            "versions": found.versions[:ROWS],
            "shown": SHOWN,
            "times": TIMES.items(),
            "hours": hours,
        }
        return Page("consent/policies.html", context)

    async def show_policy(self, visit: Visit) -> Page:
        """One policy: its versions, and what waits for somebody."""
        return await self._page(visit, visit.params["name"])

    async def compare(self, visit: Visit) -> Page:
        """What became stricter or looser between two sides."""
        found = await self.policies.compare(
            visit.actor,
            visit.params["name"],
            visit.query.get("before", ""),
            visit.query.get("after", ""),
        )
        return Page("consent/compare.html", {"found": found})

    async def propose(self, visit: Visit) -> Page | SeeOther:
        """Put forward what the file holds now."""
        name, reason = visit.params["name"], visit.form.get("reason", "")
        try:
            version = await self.policies.propose(visit.actor, name, reason)
        except NoReason:
            problem = say(
                "Say why in a sentence, in at most {most} characters", most=LONGEST_REASON
            )
            return await self._page(visit, name, {"reason": problem}, reason)
        short = version[:SHOWN]
        said = say(
            "{policy} {version} is put forward. Another administrator approves it.",
            policy=name,
            version=short,
        )
        return SeeOther(f"{HOME}/{name}", flash=Flash(said))

    async def approve(self, visit: Visit) -> SeeOther:
        """Let a version come into force that somebody else put forward."""
        name, version = visit.params["name"], visit.form.get("version", "")
        await self.policies.approve(visit.actor, version)
        short = version[:SHOWN]
        said = say(
            "{policy} {version} is approved. It decides as soon as its file holds it.",
            policy=name,
            version=short,
        )
        return SeeOther(f"{HOME}/{name}", flash=Flash(said))

    async def _page(
        self, visit: Visit, name: str, problems: dict[str, str] | None = None, reason: str = ""
    ) -> Page:
        found = await self.policies.show(visit.actor, name)
        context = {
            "found": found,
            "versions": found.versions[:ROWS],
            "shown": SHOWN,
            "problems": problems or {},
            "reason": reason[:LONGEST_REASON],
        }
        return Page("consent/policy.html", context, status=422 if problems else 200)
