"""Where signing in goes next, and what its pages say on the way. Pure."""

from urllib.parse import quote

from curtilage.core.errors import LimitError
from curtilage.core.page import Visit
from curtilage.core.words import say, say_count
from curtilage.identity.people.models import Assurance, Step
from curtilage.identity.people.views import Arrival

SECOND, AGAIN = "/login/second", "/login/again"
ENROL, NEW_PASSPHRASE = "/login/enrol", "/login/passphrase"


def second_of(onward: str) -> str:
    """Where the second factor is asked for, and where it goes on from there."""
    return f"{SECOND}?next={quote(onward, safe='/')}"


def step_of(step: Step, onward: str) -> str:
    """The page of a step, and where it goes on from there."""
    page = ENROL if step is Step.ENROL else NEW_PASSPHRASE
    return f"{page}?next={quote(onward, safe='/')}"


def again_of(onward: str, level: Assurance = Assurance.NONE) -> str:
    """Where one says again who one is, and where that goes on from there.

    With a level, by something that reaches it."""
    asked = f"&acr={level.acr}" if level else ""
    return f"{AGAIN}?next={quote(onward)}{asked}"


def arrival_of(visit: Visit) -> Arrival:
    """From where a visit is."""
    return Arrival(visit.peer, visit.agent, visit.session, visit.browser, visit.language)


def say_wait(limit: LimitError) -> str:
    """How long to wait, in a sentence."""
    if limit.retry_after is None:
        return say("There were too many tries; wait a while and try again")
    return say_count(
        "There were too many tries; try again in {count} second",
        "There were too many tries; try again in {count} seconds",
        limit.retry_after,
    )
