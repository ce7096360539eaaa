"""An app that relies on an issuer, and a browser before it: all in memory."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from curtilage.core.door import Call, Reply
from curtilage.identity.relying.build import MemorySessions, build_doors
from curtilage.identity.relying.doors import Doors
from curtilage.identity.relying.models import SessionRecord, Standing
from curtilage.identity.relying.session import Session
from tests.fakes import FixedClock, FixedEntropy
from tests.fakes.clock import START
from tests.fakes.issuer import FakeIssuer
from tests.signed_tokens import CLIENT, ISSUER

BASE = "https://notes.example"
SECRET_KEY = "a key for tests of sign-in that is long enough"
COOKIE = "__Host-curtilage-app"
PAGES = (("accept", "text/html"),)


def some_doors(issuer: FakeIssuer, **given: Any) -> Doors:
    options: dict[str, Any] = {
        "base_url": BASE,
        "store": MemorySessions(),
        "fetcher": issuer,
        "clock": issuer.clock,
        "entropy": FixedEntropy(),
        **given,
    }
    key = options.pop("secret_key", SECRET_KEY)
    secret = options.pop("client_secret", "client secret")
    return build_doors(ISSUER, CLIENT, secret, key, **options)


@dataclass
class House:
    """The doors of an app, and one browser with its cookies."""

    issuer: FakeIssuer = field(default_factory=lambda: FakeIssuer(FixedClock()))
    options: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = PAGES

    def __post_init__(self) -> None:
        self.doors = some_doors(self.issuer, **self.options)

    def call(self, path: str, method: str = "GET", **given: Any) -> Call:
        target, _, query = path.partition("?")
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = given.pop("headers", self.headers) + ((("cookie", jar),) if jar else ())
        return Call(method, target, headers, query.encode(), **given)

    async def send(self, path: str, method: str = "GET", **given: Any) -> Reply:
        reply = await self.doors.answer(self.call(path, method, **given))
        for name, value in reply.headers:
            if name == "set-cookie":
                self._take(value)
        return reply

    def _take(self, header: str) -> None:
        pair, *attributes = header.split("; ")
        name, _, value = pair.partition("=")
        self.cookies.pop(name, None)
        if "Max-Age=0" not in attributes:
            self.cookies[name] = value

    async def begin(self, path: str = "/auth/login") -> dict[str, str]:
        """What the browser is sent to the issuer with."""
        reply = await self.send(path)
        assert reply.status == 303, reply
        query = urlsplit(dict(reply.headers)["location"]).query
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        self.issuer.nonce = asked["nonce"]
        return asked

    async def come_back(self, asked: dict[str, str], **given: str | None) -> Reply:
        answer = {"code": "a-code", "state": asked["state"], "iss": ISSUER, **given}
        kept = {name: value for name, value in answer.items() if value is not None}
        return await self.send(f"/auth/callback?{urlencode(kept)}")

    async def sign_in(self, path: str = "/auth/login") -> Reply:
        return await self.come_back(await self.begin(path))

    async def session(self) -> Session | None:
        return await self.doors.find_session(self.call("/"))


def location_of(reply: Reply) -> str:
    return dict(reply.headers)["location"]


def a_record(**given: Any) -> SessionRecord:
    """Ada's session of an hour."""
    defaults: dict[str, Any] = {
        "standing": Standing("ada", "aal1", ("pwd",), START, frozenset({"openid"})),
        "name": "Ada Quill",
        "sid": "sid-1",
        "made_at": START,
        "ends_at": START + timedelta(hours=1),
        "access_token": "access",
        "access_ends_at": START + timedelta(minutes=10),
        "refresh_token": "refresh",
        "id_token": "id",
    }
    return SessionRecord(**(defaults | given))
