import re

import pytest

from curtilage.web.headers import page_headers
from tests.fakes.console import FakeConsole
from tests.fakes.desk import NAME, PASSPHRASE
from tests.fakes.ids import fixed_id
from tests.fakes.visitor import TOKEN, Visitor

PAGES = (
    "/console/live",
    "/console/try",
    "/console/ledger",
    "/console/keys",
    "/console/_kit",
    f"/console/live/{fixed_id(3)}",
    f"/console/live/{fixed_id(3)}/row",
    f"/console/ledger/checks/{fixed_id(7)}",
    f"/console/ledger/records/{fixed_id(7)}",
    f"/console/ledger/explain?request={fixed_id(7)}",
    "/nowhere",
    "/problems/denied",
)
SECURE = "https://console.example"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_carries_every_header(path: str) -> None:
    visitor = await Visitor().sign_in()
    headers = (await visitor.get(path)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy.pop("script-src").startswith("'nonce-")
    assert policy.pop("style-src").startswith("'self' 'nonce-")
    assert policy == {
        "default-src": "'none'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "font-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_nobody_else_and_stays_light(path: str) -> None:
    """60 kB with style, script and icons, as they cross the wire (the look of every page)."""
    visitor = await Visitor().sign_in()
    text = (await visitor.get(path)).text
    linked = re.findall(r'\s(?:src|href|action)="([^"#]*)', text)
    assert all(link == "" or link.startswith("/") for link in linked)
    weight = len(text.encode())
    for asset in {link for link in linked if link.startswith("/static/")}:
        answer = await visitor.get(asset, accept_encoding="gzip")
        weight += int(answer.headers["content-length"])
    assert weight <= 60_000


async def test_no_two_answers_share_a_nonce_or_a_token() -> None:
    visitor = await Visitor().sign_in()
    pages = [await visitor.get("/console/live") for _ in range(3)]
    assert len({page.headers["content-security-policy"] for page in pages}) == 3
    assert len({TOKEN.findall(page.text)[0] for page in pages}) == 3
    for page in pages:
        nonce = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
        assert nonce is not None
        scripts = re.findall(r"<script ([^>]*)>", page.text)
        assert scripts
        assert all(f'nonce="{nonce[1]}"' in script for script in scripts)


async def test_over_https_cookies_are_bound_to_the_host_and_the_browser_is_told_to_stay() -> None:
    visitor = Visitor(FakeConsole(), origin=SECURE)
    answer = await visitor.post("/login", name=NAME, passphrase=PASSPHRASE, next="/")
    session = next(
        line for line in answer.headers.get_list("set-cookie") if "session=" in line.split(";")[0]
    )
    assert session.startswith("__Host-curtilage-session=")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert flag in session
    assert "Domain" not in session
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


def test_a_form_may_lead_to_origins_that_its_page_names_and_to_nothing_else() -> None:
    named = page_headers(nonce="n", secure=True, forms_lead_to=("https://app.example", "app:"))
    assert "form-action 'self' https://app.example app:;" in named["content-security-policy"]
    for hostile in ("https://a.example; script-src *", "'unsafe-inline'", "*", "https://a b"):
        with pytest.raises(ValueError, match="expected an origin"):
            page_headers(nonce="n", secure=True, forms_lead_to=(hostile,))
