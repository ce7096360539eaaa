"""What becomes of an authorization request, step by step."""

from dataclasses import dataclass, field

from curtilage.core.refusal import Refusal
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import AuthorizationRequest, NextStep


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that waits for its person: the handle is in the browser's address.

    `ui_locales` go with it, so that the first page is in a language that the app asked for."""

    handle: str = field(repr=False)
    ui_locales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """The client is answered: send the browser there. `refused` where that is an error."""

    location: str = field(repr=False)
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person has to decide or do first."""

    step: NextStep
    request: AuthorizationRequest
    client: Client
