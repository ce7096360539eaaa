import gzip
import hashlib
import re
from pathlib import Path

import pytest

import curtilage
from curtilage.web.static import FOLDER, Assets
from tests.fakes.visitor import Visitor

ROOT = Path(curtilage.__file__).parent
TEMPLATES = sorted(ROOT.rglob("templates/*.html"))
LISTED = re.compile(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", re.MULTILINE)


def test_an_assets_name_changes_with_its_bytes(tmp_path: Path) -> None:
    names = set()
    for body in ("one", "two"):
        (tmp_path / "a.css").write_text(body)
        names.add(Assets.load(tmp_path).url("a.css"))
    assert len(names) == 2
    assert all(re.fullmatch(r"/static/a\.[0-9a-f]{12}\.css", name) for name in names)


def test_notes_for_people_are_not_served() -> None:
    assert "VENDORED.md" not in Assets.load().by_name


async def test_an_asset_may_be_kept_for_ever_and_does_nothing_by_itself() -> None:
    visitor = Visitor()
    url = Assets.load().url("htmx.js")
    answer = await visitor.get(url, accept_encoding="gzip")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]
    plain = await visitor.get(url, accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content == (FOLDER / "htmx.js").read_bytes()


@pytest.mark.parametrize(
    "name", ["htmx.js", "htmx.000000000000.js", "..%2fapp.py", "VENDORED.md", "%00"]
)
async def test_any_other_name_is_not_there(name: str) -> None:
    assert (await Visitor().get(f"/static/{name}")).status_code == 404


def test_files_from_elsewhere_are_the_ones_that_were_read() -> None:
    listed = dict(LISTED.findall((FOLDER / "VENDORED.md").read_text()))
    assert set(listed) == {"htmx.js", "icons.svg"}
    for name, expected in listed.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected, name


def test_the_sprite_holds_the_icons_that_are_used_and_no_others() -> None:
    held = set(re.findall(r'<symbol id="([^"]+)"', (FOLDER / "icons.svg").read_text()))
    sources = [path.read_text() for path in [*TEMPLATES, *ROOT.rglob("*pages.py")]]
    sources += [(ROOT / "web" / "kit.py").read_text()]
    words = set(re.findall(r'"([a-z][a-z-]+)"', "\n".join(sources)))
    asked = set(re.findall(r'icon\("([^"]+)"', "\n".join(sources)))
    assert asked <= held
    assert held <= words


def test_style_and_script_are_small_on_the_wire() -> None:
    total = sum(len(asset.zipped) for asset in Assets.load().by_name.values())
    assert total < 30_000
    for asset in Assets.load().by_name.values():
        assert gzip.decompress(asset.zipped) == asset.body


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: f"{path.parent.parent.name}/{path.name}"
)
def test_templates_hold_no_handler_no_style_and_no_way_around_escaping(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"\sstyle\s*=|<style", text)
    assert not re.search(r"\|\s*safe|autoescape|Markup|hx-on|hx-vals=.js|javascript:", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert not re.search(r"\s[a-z-]+=\{\{", text), "an attribute without quotes"
    for script in re.findall(r"<script[^>]*>", text):
        assert 'nonce="{{ shell.nonce }}"' in script
    for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
        assert "csrf(shell)" in form
