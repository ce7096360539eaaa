"""A browser and a console, for each module of tests a new one.

Playwright's event loop owns the thread while it lives, so nothing here outlives
a module: the asynchronous tests of others may come next.
"""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from curtilage.web.languages import Languages
from tests.fakes.console import FakeConsole
from tests.fakes.desk import NAME, PASSPHRASE

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-background-networking"]


expect.set_options(timeout=20_000)  # milliseconds until what must show counts as not shown


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(180))  # a browser on a busy machine


class Site:
    """A served console: its address, and what is behind it."""

    def __init__(self, console: FakeConsole, origin: str) -> None:
        self.console = console
        self.origin = origin

    def sign_in(self, page: Page, path: str = "/console/live") -> None:
        """Sign in through the page, as a person does."""
        page.goto(f"{self.origin}/login?next={path}")
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Passphrase").fill(PASSPHRASE)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"**{path}")


@contextmanager
def served(languages: Languages | None = None) -> Iterator[Site]:
    """The console over the fakes, on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        console = FakeConsole()
        config = uvicorn.Config(
            console.build(origin, languages=languages),
            log_level="error",
            ws="none",
            http="h11",
            lifespan="off",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Site(console, origin)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium, without its calls home."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("Chromium is missing: apt-get install chromium")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def module_site() -> Iterator[Site]:
    with served() as site:
        yield site


@pytest.fixture
def site(module_site: Site) -> Site:
    """The console as it was at the start."""
    module_site.console.reset()
    return module_site


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    """A page signed in, on *Live*."""
    made = context.new_page()
    site.sign_in(made)
    return made


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists():
        pytest.skip("axe-core is missing: npm ci --ignore-scripts --prefix tests/browser/axe")
    return AXE.read_text()
