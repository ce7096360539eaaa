"""Two people in two browsers over the real services: a value is asked for, agreed to, seen once."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from tests.identity_house import a_house
from tests.reveal_house import ADDRESS, REASON, a_reveal_house


@dataclass(frozen=True)
class Office:
    """Where it is served, the secrets of those who work there, and whose address it is."""

    origin: str
    ida: str
    ida_weak: str
    ben: str
    ada: str

    def sit_down(self, chromium: Browser, secret: str, *, script: bool) -> BrowserContext:
        """A browser in which somebody is signed in."""
        context = chromium.new_context(
            base_url=self.origin, java_script_enabled=script, locale="en-GB"
        )
        context.add_cookies([{"name": "curtilage-session", "value": secret, "url": self.origin}])
        return context


@contextmanager
def opened_office(folder: Path) -> Iterator[Office]:
    """The pages over a database of their own, on a free port of this machine."""
    made: list[Office] = []
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve(listener: socket.socket, origin: str) -> None:
        database = open_database("sqlite", folder)
        await migrate(database, SCRIPTS)
        house = a_house(database, folder)
        team = await a_reveal_house(house)
        seats = [
            await team.seat(team.ida),
            await team.seat(team.ida, strong=False),
            await team.seat(team.ben),
        ]
        made.append(Office(origin, *(each.session for each in seats), team.ada.id))
        config = uvicorn.Config(
            team.build(origin), log_level="error", ws="none", http="h11", lifespan="off"
        )
        servers.append(uvicorn.Server(config))
        ready.set()
        await servers[0].serve(sockets=[listener])
        house.identity.close()
        await database.close()

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before the server does waits
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener, origin)))
        thread.start()
        try:
            assert ready.wait(30), "the pages did not start"
            yield made[0]
        finally:
            for server in servers:
                server.should_exit = True
            thread.join()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened_office(tmp_path) as made:
        yield made


def ask(page: Page, office: Office) -> str:
    """From the masked address to the request; gives its path."""
    page.goto(f"/console/people/{office.ada}")
    expect(page.get_by_text("a…@orchard.example")).to_be_visible()
    page.get_by_role("link", name="Show the address").click()
    page.get_by_label("What you need it for").fill(REASON)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Asked. Somebody else decides now.")).to_be_visible()
    return page.url.removeprefix(office.origin)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_whole_way_of_a_value(chromium: Browser, office: Office, script: bool) -> None:
    ida = office.sit_down(chromium, office.ida, script=script).new_page()
    ben = office.sit_down(chromium, office.ben, script=script).new_page()
    path = ask(ida, office)
    ben.goto("/console/reveals")
    expect(ben.get_by_role("heading", name="Waiting for you")).to_be_visible()
    ben.get_by_role("link", name="A person's address").first.click()
    expect(ben.get_by_text(REASON)).to_be_visible()
    ben.get_by_role("button", name="Approve…").click()
    ben.get_by_role("button", name="Approve", exact=True).click()
    expect(ben.get_by_role("heading", name="Ben approved")).to_be_visible()
    ida.goto(path)
    ida.get_by_role("button", name="Open…").click()
    ida.get_by_role("button", name="See the value").click()
    value = ida.get_by_text(ADDRESS)
    expect(value).to_be_hidden()
    ida.get_by_text("Show it").click()
    expect(value).to_be_visible()
    ida.goto(path)
    expect(ida.get_by_text("Seen", exact=True)).to_be_visible()
    expect(ida.get_by_role("button", name="Open…")).to_have_count(0)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        ida.go_back()  # what was shown is kept by no browser


def test_one_factor_does_not_get_as_far_as_the_form(chromium: Browser, office: Office) -> None:
    ida = office.sit_down(chromium, office.ida_weak, script=True).new_page()
    ida.goto(f"/console/people/{office.ada}")
    ida.get_by_role("link", name="Show the address").click()
    expect(ida.get_by_role("heading", name="Say again who you are")).to_be_visible()
    expect(ida.get_by_text("nothing that is strong enough for this")).to_be_visible()
    expect(ida.get_by_label("What you need it for")).to_have_count(0)
