"""The pictures of the documentation can be taken, and each page has one."""

import re
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
    names = {path.name for path in taken}
    assert names == {path.name for path in IMAGES.glob("*.png")}, "none comes from elsewhere"
    pages = [path.read_text(encoding="utf-8") for path in IMAGES.parent.rglob("*.md")]
    shown = set(re.findall(r"images/([\w-]+\.png)", "\n".join(pages)))
    assert shown and shown <= names
    for path in taken:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < LARGEST
