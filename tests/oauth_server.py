"""The authorization server on a socket, and a browser for the person before it."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn

from curtilage.app.migrations import SCRIPTS
from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.oauth_house import OAuthHouse, an_oauth_house, handle_of, token_of

T = TypeVar("T")
LIMIT = 60


class ServedHouse:
    """The server in a thread with a loop of its own."""

    def __init__(self, listener: socket.socket, folder: Path, url: str, **settings: Any) -> None:
        self.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._listener = listener
        self._folder = folder
        self._url = url
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="oauth")
        self.house: OAuthHouse

    def start(self) -> None:
        self._thread.start()
        self.run(self._start())

    async def _start(self) -> None:
        database = open_database(self._url, self._folder)
        await migrate(database, SCRIPTS)
        self.house = an_oauth_house(
            database,
            clock=SystemClock(),
            origin=self.origin,
            issuer=self.origin,
            **self._settings,
        )
        await self.house.oauth.keys.keep_up()
        config = uvicorn.Config(
            self.house.app, log_level="error", ws="none", http="h11", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.should_exit = True
        await self._serving
        await self.house.database.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT)

    def register(self, **given: Any) -> RegisteredClient:
        return self.run(self.house.register(**given))

    def url(self, name: str) -> str:
        return f"{self.origin}/oauth2/{name}"

    @contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.origin, headers={"accept": "text/html"}) as browser:
            yield browser

    def approve(self, address: str) -> str:
        """Open what an app sends somebody to, allow it; gives where the browser is sent."""
        with self.browser() as browser:
            answer = self.follow(browser, browser.get(address))
            if answer.status_code == 200:
                data = {
                    "_csrf": token_of(answer),
                    "request": handle_of(answer),
                    "decision": "allow",
                }
                answer = self.follow(browser, browser.post("/oauth2/continue", data=data))
            assert answer.status_code == 303, answer.text
            return str(answer.headers["location"])

    def follow(self, browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
        while answer.status_code == 303 and answer.headers["location"].startswith("/"):
            answer = browser.get(answer.headers["location"])
        if "refresh" in answer.headers:  # a page that sends on to an app
            location = answer.headers["refresh"].partition("url=")[2]
            return httpx.Response(303, headers={"location": location})
        return answer

    def approve_device(self, page: str, user_code: str) -> None:
        """Sign in, type the code, say yes."""
        with self.browser() as browser:
            answer = self.follow(browser, browser.get(page))
            form = {"_csrf": token_of(answer), "user_code": user_code}
            answer = browser.post("/device", data=form)
            form = {"_csrf": token_of(answer), "user_code": user_code, "decision": "allow"}
            answer = browser.post("/device", data=form)
            assert "connected" in answer.text


@contextmanager
def serving(folder: Path, url: str = "sqlite", **settings: Any) -> Iterator[ServedHouse]:
    """A server inside the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        served = ServedHouse(listener, folder, url, **settings)
        served.start()
        try:
            yield served
        finally:
            served.stop()
