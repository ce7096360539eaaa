"""Pictures of the pages for the documentation: `python -m tests.browser.screenshots`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, launched, served
from tests.browser.places import PUBLIC, SIGNED_IN
from tests.fakes.account import some_passkeys

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZES = ((1280, 800), (390, 844))
SHOWN = (
    "sign-in",
    "live",
    "live-search",
    "request",
    "try-result",
    "ledger",
    "check",
    "explain",
    "proof",
    "keys",
    "apps",
    "app",
    "providers",
    "usage",
    "upstreams",
    "tokens",
    "account",
    "add-passkey",
    "add-app",
    "say-again",
    "policies",
    "policy",
    "policy-compare",
    "reveals",
    "reveal-waiting",
    "kit",
)

WHOLE = ("try-result", "account", "add-app", "say-again")


def take(browser: Browser, site: Site, folder: Path) -> list[Path]:
    """Each page, light and dark, wide and narrow. The clock and zone are fixed."""
    taken: list[Path] = []
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            site.console.reset()
            site.console.account.held += some_passkeys()
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="en-GB",
                timezone_id="Europe/Berlin",
                reduced_motion="reduce",
                base_url=site.origin,
            )
            page = context.new_page()
            for name, go in _ordered():
                if name == SHOWN[1]:
                    site.sign_in(page)
                go(page)
                page.evaluate("document.activeElement.blur()")
                path = folder / f"{name}-{width}-{scheme}.png"
                tall = page.evaluate("document.documentElement.scrollHeight")
                # Whole pages where the end matters; a tall window, so that what sticks stays put.
                page.set_viewport_size(
                    {"width": width, "height": tall if name in WHOLE else height}
                )
                page.screenshot(path=path, animations="disabled")
                page.set_viewport_size({"width": width, "height": height})
                taken.append(path)
            context.close()
    return taken


def _ordered() -> list[tuple[str, Callable[[Page], None]]]:
    places: Mapping[str, Callable[[Page], None]] = {**PUBLIC, **SIGNED_IN}
    return [(name, places[name]) for name in SHOWN]


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    with served() as site, launched() as browser:
        for path in take(browser, site, IMAGES):
            print(path.name, path.stat().st_size)
