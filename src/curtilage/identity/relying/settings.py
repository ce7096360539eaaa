"""How an app signs people in: its name at the issuer, its paths, its keys."""

from dataclasses import dataclass, field
from datetime import timedelta

from curtilage.identity.oauth.settings import verify_issuer
from curtilage.identity.relying.errors import RelyingSetup
from curtilage.identity.relying.rules import choose_onward, is_base

SHORTEST_KEY = 32  # characters; `python -c "import secrets; print(secrets.token_urlsafe(32))"`
LOGIN_LIFE = timedelta(minutes=10)
TOKEN_MARGIN = timedelta(seconds=30)  # a token that ends within this is no fresh one


@dataclass(frozen=True, slots=True)
class RelyingSettings:
    """What `SessionMiddleware` takes. Raises `RelyingSetup` for what cannot work.

    `secret_keys`: the first seals, all open, so that a key can be changed. `base_url` may
    be "" only while the app is reached as localhost."""

    issuer: str
    client_id: str
    secret_keys: tuple[str, ...] = field(repr=False)
    client_secret: str = field(default="", repr=False)
    base_url: str = ""
    scope: str = "openid profile"
    resource: str = ""
    redirect_path: str = "/auth/callback"
    login_path: str = "/auth/login"
    logout_path: str = "/auth/logout"
    backchannel_path: str = "/auth/backchannel"
    after_logout: str = "/"
    cookie: str = "curtilage-app"
    life: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        verify_issuer(self.issuer)
        _expect(self.client_id, "client_id is missing; `curtilage clients create` gives one.")
        keys = self.secret_keys
        long = keys and all(len(each) >= SHORTEST_KEY for each in keys)
        _expect(long, "secret_key needs 32 random characters or more.")
        _expect("openid" in self.scope.split(), "scope needs `openid` to sign people in.")
        _expect(
            not self.base_url or is_base(self.base_url),
            "base_url is an https address without query or slash at its end.",
        )
        distinct = {*self.paths}
        _expect(len(distinct) == len(self.paths), "The four paths are four different ones.")
        _expect(all(each != "/" == each[:1] for each in distinct), "A path begins with a slash.")
        for each in (*self.paths, self.after_logout):
            _expect(choose_onward(each) == each, "A path is one of this app, in plain ASCII.")
        plain = self.cookie.replace("-", "").replace("_", "")
        _expect(plain.isascii() and plain.isalnum(), "The cookie's name has letters and dashes.")
        _expect(timedelta() < self.idle <= self.life, "A session lives at least as it may idle.")

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.redirect_path, self.login_path, self.logout_path, self.backchannel_path)


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise RelyingSetup(otherwise)
