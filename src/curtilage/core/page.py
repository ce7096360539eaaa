"""What a page is asked and what it answers, before the shell knows HTTP.

A slice's `pages.py` takes a `Visit` and gives a `Page`, a `SeeOther`, a `Leave` or a
`Download`. So a slice needs no framework, and the shell alone sees cookies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curtilage.core.models import Principal
from curtilage.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Page:
    """A template with what it shows.

    `template` is `<slice>/<file>`; a file whose name begins with `_` is a
    fragment and is rendered without the shell. `context` holds plain data.
    `forms_lead_to` are origins of others that an answer to its forms may redirect to
    (Content-Security-Policy 3 §6.4.1: `form-action` is asked at redirects as well).
    `refused` says what was, where the status does not.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    forms_lead_to: tuple[str, ...] = ()
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Flash:
    """One sentence about what just happened, shown on the next page.

    `tone` is `good`, `attention`, `danger` or `information`.
    """

    text: str
    tone: str = "good"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that begins with this answer; the shell puts it into the cookie."""

    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SeeOther:
    """Go on to `location`, a path of our own (RFC 9110 §15.4.4)."""

    location: str
    flash: Flash | None = None
    begins: NewSession | None = None
    ends_session: bool = False
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Go on to another site. Whoever makes one has judged the address: it is registered."""

    location: str = field(repr=False)  # may carry a code
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes that are not a page: a file to keep, or data for a program."""

    body: bytes = field(repr=False)
    media_type: str
    filename: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is asked. `form` and `body` hold what was typed: never log them.

    `session` is the secret of the cookie, for the one slice that ends sessions. `browser`
    names this browser while nobody is signed in: by a cookie that it has, or gets with the
    page that is shown; `agent` is what it calls itself, at most 256 characters.
    `fragment` says that a part of a page asks for itself again. `language` is the tag of the
    one that the answer is in.
    """

    principal: Principal | None
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    session: str = field(default="", repr=False)
    fragment: bool = False
    peer: str = ""
    browser: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)
    language: str = "en"

    @property
    def actor(self) -> Principal:
        """Who asks, on a page that the shell shows to signed-in people only."""
        assert self.principal is not None, "a public page has no actor"
        return self.principal
