"""Reads who visits from cookies, and writes cookies back. No decisions here."""

from dataclasses import dataclass, field

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from curtilage.core.entropy import Entropy
from curtilage.core.page import Flash, SeeOther
from curtilage.web.choosing import choose_tag, look_up, parse_locales
from curtilage.web.cookies import LOOKS, Cookies
from curtilage.web.csrf import issue_token, verify_token
from curtilage.web.flash import encode_flash, find_flash
from curtilage.web.languages import ENGLISH, Language, Languages
from curtilage.web.ports import SessionReader, SignedIn

FORM_COOKIE_BYTES = 24
LOCALES = "ui_locales"  # OpenID Connect Core §3.1.2.1; the first page of a request has it
LONGEST_COOKIE = 512  # ours are under 100 characters; a longer one is not ours


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the cookies of one request say."""

    signed_in: SignedIn | None
    session: str = field(repr=False)
    form_secret: str = field(repr=False)
    is_new: bool = False
    flash: Flash | None = None
    look: str = "auto"
    language: Language = ENGLISH

    @property
    def bound_to(self) -> str:
        """The cookie that forms of this visit are bound to."""
        return self.session if self.signed_in else self.form_secret


@dataclass(frozen=True, slots=True)
class Visiting:
    """Knows our cookies and how forms are bound to them."""

    sessions: SessionReader
    key: bytes = field(repr=False)
    entropy: Entropy
    secure: bool
    languages: Languages = Languages()  # noqa: RUF009 -- frozen

    @property
    def cookies(self) -> Cookies:
        return Cookies(self.secure)

    async def read(self, request: Request) -> Visitor:
        """Who visits; a visitor without a form cookie gets one with the answer."""
        session = self._cookie(request, self.cookies.session)
        known = self._cookie(request, self.cookies.form)
        signed_in = await self.sessions.read(session) if session else None
        look = self._cookie(request, self.cookies.look)
        return Visitor(
            signed_in=signed_in,
            session=session,
            form_secret=known or self.entropy.token_bytes(FORM_COOKIE_BYTES).hex(),
            is_new=not known and signed_in is None,
            flash=find_flash(self.key, request.cookies.get(self.cookies.flash, "")),
            look=look if look in LOOKS else "auto",
            language=self.language_of(request),
        )

    def language_of(self, request: Request) -> Language:
        """The one language of an answer; see `choosing` for what comes first."""
        tag = choose_tag(
            self.languages.tags,
            chosen=self._cookie(request, self.cookies.language),
            asked=_asked(request) or self._cookie(request, self.cookies.asked),
            accepted=",".join(request.headers.getlist("accept-language")),
        )
        return self.languages.find(tag) or self.languages.first

    def keep_asked(self, response: Response, request: Request) -> None:
        """Remember what an app asked for, on all pages until the browser is closed."""
        asked = look_up(self.languages.tags, parse_locales(_asked(request)))
        if asked and asked != self._cookie(request, self.cookies.asked):
            self.cookies.put(response, self.cookies.asked, asked)

    def token(self, visitor: Visitor) -> str:
        """A form token for this visit."""
        return issue_token(self.key, visitor.bound_to, self.entropy)

    def verify(self, visitor: Visitor, claimed: str) -> None:
        """Raise ForgedForm unless the form came from a page of this visit."""
        verify_token(self.key, "" if visitor.is_new else visitor.bound_to, claimed)

    def after_page(self, response: Response, visitor: Visitor) -> None:
        """A page was shown: keep the form cookie, and say the flash only once."""
        if visitor.is_new:
            self.cookies.put(response, self.cookies.form, visitor.form_secret)
        if visitor.flash is not None:
            self.cookies.drop(response, self.cookies.flash)

    def after_move(self, response: Response, move: SeeOther, visitor: Visitor) -> None:
        """Somebody is sent on: begin or end the session, pass the flash on in their language."""
        if move.begins is not None:
            self.cookies.put(
                response,
                self.cookies.session,
                move.begins.secret,
                expires_at=move.begins.expires_at,
            )
            self.cookies.drop(response, self.cookies.form)
        if move.ends_session:
            self.cookies.drop(response, self.cookies.session)
        if move.flash is not None:
            said = Flash(visitor.language.tell(move.flash.text), move.flash.tone)
            self.cookies.put(response, self.cookies.flash, encode_flash(self.key, said))

    def _cookie(self, request: Request, name: str) -> str:
        raw = request.cookies.get(name, "")
        return raw if len(raw) <= LONGEST_COOKIE else ""


def _asked(request: Request) -> str:
    return QueryParams(request.scope.get("query_string", b"")).get(LOCALES, "")
