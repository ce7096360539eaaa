"""The paths that sign people in and out, for whichever framework carries them."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote

from curtilage.core.door import Call, Reply
from curtilage.core.errors import CurtilageError
from curtilage.identity.relying.cookies import (
    LOGIN_SUFFIX,
    MOST_LOGINS,
    cookie_name,
    drop_cookie,
    login_cookie,
    read_cookies,
    set_cookie,
)
from curtilage.identity.relying.errors import (
    ForeignHost,
    LoginReason,
    LoginRefused,
    LogoutRefused,
    NotSignedIn,
    SessionOver,
    StepUpNeeded,
)
from curtilage.identity.relying.host import find_base
from curtilage.identity.relying.replies import (
    NO_STORE,
    encode_challenge,
    encode_logout_page,
    encode_problem,
    encode_problem_page,
    lead_to_login,
    see_other,
)
from curtilage.identity.relying.rules import (
    HOME,
    choose_acr,
    choose_age,
    choose_onward,
    path_of,
    wants_page,
)
from curtilage.identity.relying.service import Answer, RelyingService
from curtilage.identity.relying.session import Session
from curtilage.identity.relying.sessions import Sessions
from curtilage.identity.relying.settings import LOGIN_LIFE, RelyingSettings
from curtilage.identity.relying.wire.kept import Boxes

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_BYTES = 32_768  # of a body or a query; a logout token has at most half of it
MOST_FIELDS = 32
IN_PATHS = "/:@!$&'()*+,;=~"  # RFC 3986 §3.3; paths in a `Call` are decoded
OWN_SITE = ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the app is for this request, and what its browser keeps."""

    base: str
    is_secure: bool
    cookie: str
    cookies: dict[str, str] = field(repr=False)

    @property
    def secret(self) -> str:
        return self.cookies.get(self.cookie, "")

    @property
    def prefix(self) -> str:
        return path_of(self.base)


@dataclass(frozen=True, slots=True)
class Doors:
    """Paths in a `Call` are the app's own, without what it is mounted under."""

    settings: RelyingSettings
    service: RelyingService
    sessions: Sessions
    boxes: Boxes

    def local_path(self, path: str) -> str:
        """The app's own part of a path, where `base_url` says that it is mounted under one."""
        prefix = path_of(self.settings.base_url)
        return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path

    def is_ours(self, path: str) -> bool:
        """Whether `answer` answers this path, and the app never sees it."""
        return path in self.settings.paths

    def may_know(self, call: Call) -> bool:
        """Whether to ask `find_session` at all. Raises `ForeignHost`."""
        return bool(call.values("cookie")) and bool(self._place(call).secret)

    async def find_session(self, call: Call) -> Session | None:
        """Who is signed in. Raises `ForeignHost`, and what the store raises."""
        if not self.may_know(call):
            return None
        return await self.sessions.find(self._place(call).secret)

    async def answer(self, call: Call) -> Reply:
        """The answer of one of our paths; errors are answers too."""
        settings = self.settings
        doors = {
            ("GET", settings.login_path): self._begin,
            ("GET", settings.redirect_path): self._finish,
            ("GET", settings.logout_path): self._ask_logout,
            ("POST", settings.logout_path): self._logout,
            ("POST", settings.backchannel_path): self._end_by_token,
        }
        door = doors.get((call.method, call.path))
        if door is None:
            return Reply(b"", "text/plain", 405, NO_STORE)
        try:
            return await door(call)
        except CurtilageError as error:
            return self._tell(error, call)

    def refuse(self, error: CurtilageError, call: Call) -> Reply:
        """How the app turns somebody away: to the sign-in where a person waits for a page."""
        mends = isinstance(error, NotSignedIn | SessionOver | StepUpNeeded)
        if not mends or not self._is_page(call):
            return encode_challenge(error) if mends else encode_problem(error)
        prefix = self._place(call).prefix
        onward = HOME
        if call.method != "POST":  # a form is not sent again by itself
            query = f"?{call.query.decode('latin-1')}" if call.query else ""
            onward = choose_onward(quote(prefix + call.path, safe=IN_PATHS) + query)
        login = prefix + self.settings.login_path
        if isinstance(error, StepUpNeeded):
            return lead_to_login(login, onward=onward, acr=error.acr, max_age=error.max_age)
        return lead_to_login(login, onward=onward)

    async def _begin(self, call: Call) -> Reply:
        place, asked = self._place(call), _parse(call.query)
        begun = await self.service.begin(
            redirect_uri=place.base + self.settings.redirect_path,
            onward=choose_onward(asked.get("next", HOME)),
            acr=choose_acr(asked.get("acr", "")),
            max_age=choose_age(asked.get("max_age", "")),
        )
        name = login_cookie(place.cookie, begun.login.state)
        value = self.boxes.seal_login(begun.login, place=name)
        waiting = [each for each in place.cookies if each.startswith(place.cookie + LOGIN_SUFFIX)]
        headers = (
            *(drop_cookie(each, is_secure=place.is_secure) for each in waiting[MOST_LOGINS - 1 :]),
            set_cookie(name, value, is_secure=place.is_secure, life=LOGIN_LIFE),
        )
        return see_other(begun.location, headers)

    async def _finish(self, call: Call) -> Reply:
        place, given = self._place(call), _parse(call.query)
        name = login_cookie(place.cookie, given.get("state", ""))
        login = self.boxes.find_login(place.cookies.get(name, ""), place=name)
        gone = drop_cookie(name, is_secure=place.is_secure)
        answer = Answer(
            state=given.get("state", ""),
            code=given.get("code", ""),
            issuer=given.get("iss", ""),
            error=given.get("error", ""),
        )
        try:
            secret, login = await self.service.finish(
                answer,
                login,
                redirect_uri=place.base + self.settings.redirect_path,
                previous=place.secret,
            )
        except CurtilageError as error:
            page = place.prefix + self.settings.login_path
            return encode_problem_page(error, login=page, headers=(gone,) if login else ())
        made = set_cookie(place.cookie, secret, is_secure=place.is_secure, life=self.settings.life)
        return see_other(login.onward, (gone, made))

    async def _ask_logout(self, call: Call) -> Reply:
        origin = "/".join(self.settings.issuer.split("/")[:3])
        path = self._place(call).prefix + self.settings.logout_path
        return encode_logout_page(path, onward_origin=origin)

    async def _logout(self, call: Call) -> Reply:
        """End the session here, then at the issuer. Only for a form of this very app."""
        place = self._place(call)
        self._refuse_foreign_form(call, place)
        record = await self.sessions.forget(place.secret)
        gone = drop_cookie(place.cookie, is_secure=place.is_secure)
        onward = place.base + self.settings.after_logout
        try:
            location = await self.service.logout_location(record, onward=onward)
        except CurtilageError:  # here it is over all the same
            location = ""
        return see_other(location or onward, (gone,))

    async def _end_by_token(self, call: Call) -> Reply:
        """OIDC Back-Channel Logout §2.5 and §2.8."""
        kinds = [each.partition(";")[0].strip().lower() for each in call.values("content-type")]
        if kinds != [FORM_TYPE]:
            raise LogoutRefused
        await self.service.end_by_token(_parse(call.body).get("logout_token", ""))
        return Reply(b"", "text/plain", 200, NO_STORE)

    def _refuse_foreign_form(self, call: Call, place: _Place) -> None:
        """Who sends it says so in Origin or Sec-Fetch-Site; who says neither is refused."""
        origins, sites = call.values("origin"), call.values("sec-fetch-site")
        own = "/".join(place.base.split("/")[:3])
        if origins and origins != [own]:
            raise LogoutRefused
        if not origins and not (len(sites) == 1 and sites[0] in OWN_SITE):
            raise LogoutRefused

    def _tell(self, error: CurtilageError, call: Call) -> Reply:
        if not self._is_page(call) or isinstance(error, ForeignHost):
            return encode_problem(error)
        path = self._place(call).prefix + self.settings.login_path
        return encode_problem_page(error, login=path)

    def _is_page(self, call: Call) -> bool:
        mode = "".join(call.values("sec-fetch-mode"))
        return wants_page(call.method, accept=call.values("accept"), mode=mode)

    def _place(self, call: Call) -> _Place:
        base = find_base(self.settings.base_url, call)
        is_secure = base.startswith("https://")
        name = cookie_name(self.settings.cookie, base=base)
        return _Place(base, is_secure, name, read_cookies(call.values("cookie")))


def _parse(raw: bytes) -> dict[str, str]:
    """Parameters by name. Raises `LoginRefused` for one that is there twice, and for no form."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise LoginRefused(LoginReason.PARAMETERS) from None
    given = dict(pairs)
    if len(raw) > MOST_BYTES or len(given) != len(pairs):
        raise LoginRefused(LoginReason.PARAMETERS)
    return given
