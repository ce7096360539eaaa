"""Setting passkeys up on one's own account, and naming them.

The browser makes the key; what it answers comes back as a field of an ordinary form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.errors import ConflictError, InputError, NotFoundError
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.errors import CeremonyOver, ProveAgain
from curtilage.identity.people.account_pages import HOME, RIGHT, prove_first
from curtilage.identity.people.desk_ports import AccountDesk

PASSKEY = f"{HOME}/passkey"
ADDED = say(
    "The passkey is set up. From now on it signs you in; a passphrase alone does not."
    " Make recovery codes in case you lose it."
)


@dataclass(frozen=True, slots=True)
class PasskeyPages:
    """The pages of whoever is signed in that are about passkeys."""

    desk: AccountDesk

    def routes(self) -> Sequence[Route]:
        """Asking is a page of its own, to which one comes back from saying again who one is."""
        return (
            Route("GET", PASSKEY, self.offer, RIGHT, "people.passkey-offer"),
            Route("POST", PASSKEY, self.add, RIGHT, "people.passkey-add"),
            Route("POST", f"{HOME}/ways/{{id}}/name", self.rename, RIGHT, "people.way-name"),
        )

    async def offer(self, visit: Visit) -> Page | SeeOther:
        """What a passkey is, and the button that makes one."""
        try:
            offer = await self.desk.offer_passkey(visit.session)
        except ProveAgain as refusal:
            return prove_first(PASSKEY, refusal)
        except (ConflictError, NotFoundError) as refusal:
            return _back(refusal)
        return Page("people/passkey.html", {"offer": offer, "action": PASSKEY, "next": ""})

    async def add(self, visit: Visit) -> SeeOther:
        """Keep what the browser made."""
        ceremony, answer = visit.form.get("ceremony", ""), visit.form.get("passkey", "")
        try:
            session = await self.desk.add_passkey(
                visit.session, ceremony, answer, agent=visit.agent
            )
        except ProveAgain as refusal:
            return prove_first(PASSKEY, refusal)
        except (CeremonyOver, InputError, ConflictError, NotFoundError) as refusal:
            return _back(refusal)
        return SeeOther(HOME, flash=Flash(ADDED), begins=session)

    async def rename(self, visit: Visit) -> SeeOther:
        """Call a passkey what its owner calls it."""
        label = visit.form.get("label", "")
        try:
            await self.desk.rename_passkey(visit.session, visit.params["id"], label)
        except ProveAgain as refusal:
            return prove_first(HOME, refusal)
        except NotFoundError as refusal:
            return _back(refusal)
        return SeeOther(HOME, flash=Flash(say("It is renamed.")))


def _back(
    refusal: CeremonyOver | InputError | ConflictError | NotFoundError,
) -> SeeOther:
    return SeeOther(HOME, flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code))
