"""The pictures of the documentation can be taken, and each page has one."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.screenshots import IMAGES, SHOWN, SIZES, take

LARGEST = 250_000


def test_each_page_is_pictured_in_every_size_and_look(
    chromium: Browser, module_site: Site, tmp_path: Path
) -> None:
    taken = take(chromium, module_site, tmp_path)
    assert len(taken) == len(SHOWN) * len(SIZES) * 2
    assert {path.name for path in taken} <= {path.name for path in IMAGES.glob("*.png")}
    for path in taken:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < LARGEST
