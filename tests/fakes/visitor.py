"""A browser without a screen: keeps cookies, fills in forms, follows nothing."""

import re
from html import unescape
from typing import Any

import httpx

from tests.fakes.console import FakeConsole
from tests.fakes.desk import NAME, PASSPHRASE

ORIGIN = "http://console.example"
TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')
HTML = {"accept": "text/html,application/xhtml+xml"}


class Visitor:
    """Somebody at a browser, on the console given or a new one: what has `build`."""

    def __init__(self, console: Any = None, *, origin: str = ORIGIN, dev: bool = True) -> None:
        self.console = console or FakeConsole()
        app = self.console.build(origin, dev=dev)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=origin, headers=HTML
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=named(headers))

    async def post(
        self, path: str, *, token: str | None = None, page: str = "/login", **fields: str
    ) -> httpx.Response:
        """Send a form with the token of `page`, or with `token`; "" sends none."""
        found = await self.token(page) if token is None else token
        data = fields | ({"_csrf": found} if found else {})
        return await self.client.post(path, data=data)

    async def token(self, page: str) -> str:
        """The token in the forms of a page."""
        match = TOKEN.search((await self.get(page)).text)
        assert match is not None, "the page has no form"
        return unescape(match.group(1))

    async def sign_in(self) -> "Visitor":
        answer = await self.post("/login", name=NAME, passphrase=PASSPHRASE, next="/console/live")
        assert answer.status_code == 303, answer.text
        return self


def named(headers: dict[str, str]) -> dict[str, str]:
    """`sec_fetch_site="none"` as the header `sec-fetch-site: none`."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
