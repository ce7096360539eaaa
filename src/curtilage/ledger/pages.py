"""The ledger's pages: state, verification, one proof, one explanation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.page import Download, Page, SeeOther, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.ledger.views import Explainer, LedgerReader

READ = "ledger:read"
VERIFY = "ledger:verify"
TEXT = "text/plain"
REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # RFC 9562 §4


@dataclass(frozen=True, slots=True)
class LedgerPages:
    """Doors to what can be proved."""

    ledger: LedgerReader
    explainer: Explainer

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("GET", "/console/ledger", self.show_state, READ, "ledger.state"),
            Route("POST", "/console/ledger/checks", self.begin_check, VERIFY, "ledger.verify"),
            Route("GET", "/console/ledger/checks/{id}", self.show_check, READ, "ledger.check"),
            Route("GET", "/console/ledger/records/{id}", self.show_proof, READ, "ledger.proof"),
            Route(
                "GET",
                "/console/ledger/proofs/{id}",
                self.hand_over_proof,
                READ,
                "ledger.file",
                TEXT,
            ),
            Route("GET", "/console/ledger/explain", self.show_reasons, READ, "ledger.explain"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Ledger"), "/console/ledger", "scroll-text", "e", 30),)

    async def show_state(self, visit: Visit) -> Page:
        """Writers, the newest checkpoint, the last anchor."""
        return Page("ledger/ledger.html", {"state": await self.ledger.state(visit.actor)})

    async def begin_check(self, visit: Visit) -> SeeOther:
        """Start a verification and go to its page."""
        return SeeOther(f"/console/ledger/checks/{await self.ledger.begin_check(visit.actor)}")

    async def show_check(self, visit: Visit) -> Page:
        """A verification, under way or done. A part of the page asks again by itself."""
        check = await self.ledger.check(visit.actor, visit.params["id"])
        template = "ledger/_check.html" if visit.fragment else "ledger/check.html"
        return Page(template, {"check": check})

    async def show_proof(self, visit: Visit) -> Page:
        """One record and its proof."""
        proof = await self.ledger.prove(visit.actor, visit.params["id"])
        return Page("ledger/proof.html", {"proof": proof})

    async def hand_over_proof(self, visit: Visit) -> Download:
        """The proof as the file that `verify a proof` in the docs reads."""
        proof = await self.ledger.prove(visit.actor, visit.params["id"])
        name = f"proof-{proof.record_id}.txt"
        return Download(proof.proof.encode(), "text/plain; charset=utf-8", name)

    async def show_reasons(self, visit: Visit) -> Page:
        """Why one request was treated so, by the id that its reply carried."""
        claimed = visit.query.get("request", "").strip().lower()
        if not REQUEST_ID.fullmatch(claimed):
            problem = say(
                "Enter a request id: 36 characters, as in the header x-curtilage-request-id"
            )
            return Page("ledger/explain.html", {"problems": {"request": problem}}, status=422)
        found = await self.explainer.explain(visit.actor, claimed)
        return Page("ledger/explain.html", {"problems": {}, "explanation": found})
