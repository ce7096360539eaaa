"""Corrections in the console: said on *Try it*, listed and withdrawn here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from curtilage.consent.correcting import MANAGE, Said
from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.reading import Names
from curtilage.core.errors import InputError
from curtilage.core.models import Principal
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.core.words import join_sentences, say

HOME = "/console/corrections"
LIVES = ("30", "90", "365")  # days
SAID = {
    Verdict.NOT_PERSONAL: say(
        "It is not personal. In sessions that begin from now on it leaves as it is."
    ),
    Verdict.MISSED: say("It will be found, in every session, within a second."),
}
KEPT = say("The words around it are kept, sealed, as a case.")


class Correcting(Protocol):
    """The use cases that these pages call."""

    async def say(self, actor: Principal, said: Said) -> Correction: ...

    async def list(self, actor: Principal) -> Sequence[Correction]: ...

    async def withdraw(self, actor: Principal, id: str) -> Correction: ...

    async def forget_texts(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CorrectionPages:
    """Doors to corrections. `names` tells what people are called, `titles` what types are."""

    corrections: Correcting
    names: Names
    titles: Mapping[str, str]

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("GET", HOME, self.show, MANAGE, "consent.corrections"),
            Route("POST", HOME, self.say, MANAGE, "consent.corrections-say"),
            Route("POST", HOME + "/{id}/withdraw", self.withdraw, MANAGE, "consent.correction-end"),
        )

    async def show(self, visit: Visit) -> Page:
        """What was said and holds, the newest first."""
        kept = await self.corrections.list(visit.actor)
        names = await self.names([each.author for each in kept])
        context = {"kept": kept, "names": names, "titles": self.titles}
        return Page("consent/corrections.html", context)

    async def say(self, visit: Visit) -> SeeOther:
        """Keep what somebody says about a value. The value itself is kept nowhere, unless its
        words may be: then sealed."""
        verdict, days = visit.form.get("verdict", ""), visit.form.get("days", "")
        if verdict not in set(Verdict) or days not in LIVES:
            raise InputError("Expected a verdict and a number of days that are offered.")
        said = Said(
            verdict=Verdict(verdict),
            qualified=visit.form.get("qualified", ""),
            value=visit.form.get("value", ""),
            reason=visit.form.get("reason", ""),
            life=timedelta(days=int(days)),
            text=visit.form.get("around", "") if visit.form.get("keep") == "yes" else "",
        )
        made = await self.corrections.say(visit.actor, said)
        told = join_sentences(SAID[made.verdict], KEPT if made.is_case else "")
        return SeeOther(HOME, flash=Flash(told))

    async def withdraw(self, visit: Visit) -> SeeOther:
        """End one now."""
        await self.corrections.withdraw(visit.actor, visit.params["id"])
        return SeeOther(HOME, flash=Flash(say("It is withdrawn. Detection decides again.")))
