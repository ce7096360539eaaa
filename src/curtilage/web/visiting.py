"""Reads who visits from cookies, and writes cookies back. No decisions here."""

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from curtilage.core.entropy import Entropy
from curtilage.core.page import Flash, SeeOther
from curtilage.web.cookies import LOOKS, Cookies
from curtilage.web.csrf import issue_token, verify_token
from curtilage.web.flash import encode_flash, find_flash
from curtilage.web.ports import SessionReader, SignedIn

FORM_COOKIE_BYTES = 24
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
        )

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

    def after_move(self, response: Response, move: SeeOther) -> None:
        """Somebody is sent on: begin or end the session, pass the flash on."""
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
            self.cookies.put(response, self.cookies.flash, encode_flash(self.key, move.flash))

    def _cookie(self, request: Request, name: str) -> str:
        raw = request.cookies.get(name, "")
        return raw if len(raw) <= LONGEST_COOKIE else ""
