"""What the pages of joining and of the first start share: how one will sign in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curtilage.core.page import Page, Visit
from curtilage.core.words import say
from curtilage.identity.people.views import JoinOffer, Made, PasskeyOffer

BY_PASSKEY, BY_MAILBOX = "passkey", "mailbox"
NOT_MADE = say("That passkey could not be kept; make it again, or choose another way")


@dataclass(frozen=True, slots=True)
class FirstForm:
    """One of these pages, as it is shown."""

    template: str
    offer: JoinOffer
    name: str = field(default="", repr=False)
    problems: Mapping[str, str] = field(default_factory=dict)

    def page(self) -> Page:
        context = {"problems": self.problems, "name": self.name, "offer": self.offer}
        return Page(self.template, context, status=422 if self.problems else 200)


def show_making(offer: PasskeyOffer, *, action: str, name: str) -> Page:
    """The button that makes the first passkey."""
    return Page("people/first_passkey.html", {"offer": offer, "action": action, "name": name})


def made_of(visit: Visit) -> Made:
    """What the browser answered."""
    form = visit.form
    return Made(form.get("ceremony", ""), form.get("passkey", ""), visit.browser, visit.agent)


def is_made(visit: Visit) -> bool:
    """Whether the form comes from the button that makes one."""
    return "ceremony" in visit.form
