"""Renders a Page: layout, navigation, nonce, headers. The only place that does.

Templates see their own context and one more name, `shell`. A fragment gets the
same names and no layout around it.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment
from starlette.responses import HTMLResponse

from curtilage.core.entropy import Entropy
from curtilage.core.page import Flash, Page
from curtilage.core.slice import NavItem
from curtilage.web.headers import page_headers
from curtilage.web.languages import ENGLISH, Language
from curtilage.web.ports import SignedIn

NONCE_BYTES = 18  # CSP 3 §7.1 asks for at least 128 bits


@dataclass(frozen=True, slots=True)
class Frame:
    """What the shell knows about one visit; templates see it as `shell`."""

    path: str
    nonce: str
    csrf: str = field(repr=False)
    look: str
    nav: Sequence[NavItem]
    signed_in: SignedIn | None
    flash: Flash | None = None
    dev: bool = False
    language: Language = ENGLISH
    languages: Sequence[Language] = ()
    here: str = field(default="", repr=False)  # path and query, where the page can be had again

    def is_here(self, item: NavItem) -> bool:
        """Whether a place of the navigation is the page or one above it."""
        return self.path == item.path or self.path.startswith(item.path + "/")


@dataclass(frozen=True, slots=True)
class Shell:
    """Turns pages into answers. An environment for each language, by its tag."""

    environments: Mapping[str, Environment]
    entropy: Entropy
    secure: bool

    def new_nonce(self) -> str:
        """A value that no markup from elsewhere can know."""
        return b64encode(self.entropy.token_bytes(NONCE_BYTES)).decode()

    def render(self, page: Page, frame: Frame) -> HTMLResponse:
        """The page as an answer, with its headers. Headers of the page add, never weaken."""
        template = self.environments[frame.language.tag].get_template(page.template)
        markup = template.render(page.context, shell=frame)
        return HTMLResponse(markup, status_code=page.status, headers=self._headers(page, frame))

    def _headers(self, page: Page, frame: Frame) -> Mapping[str, str]:
        ours = page_headers(nonce=frame.nonce, secure=self.secure, forms_lead_to=page.forms_lead_to)
        spoken = {"content-language": frame.language.tag, "vary": "accept-language, cookie"}
        return {**{name.lower(): value for name, value in page.headers.items()}, **ours, **spoken}
