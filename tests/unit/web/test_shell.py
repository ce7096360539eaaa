import pytest

from curtilage.core.page import Page
from curtilage.core.slice import NavItem
from curtilage.web.shell import Frame, Shell
from curtilage.web.static import Assets
from curtilage.web.templates import build_environment
from tests.fakes import FixedEntropy

LEDGER = NavItem("Ledger", "/console/ledger", "scroll-text", "e", 1)
PROBLEM = {"code": "x", "title": "A title", "hint": "", "status": 400}


def a_frame(path: str = "/") -> Frame:
    return Frame(path=path, nonce="n", csrf="c", look="auto", nav=(LEDGER,), signed_in=None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/console/ledger", True),
        ("/console/ledger/checks/7", True),
        ("/console/ledgers", False),
        ("/console", False),
    ],
)
def test_the_navigation_says_where_one_is(path: str, *, expected: bool) -> None:
    assert a_frame(path).is_here(LEDGER) is expected


def test_headers_of_a_page_add_and_never_weaken(entropy: FixedEntropy) -> None:
    shell = Shell({"en": build_environment({}, Assets.load())}, entropy, secure=True)
    headers = {
        "Content-Security-Policy": "default-src *",
        "X-Extra": "kept",
        "Cache-Control": "public",
    }
    answer = shell.render(Page("web/problem.html", PROBLEM, headers=headers), a_frame())
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-extra"] == "kept"


def test_a_nonce_has_enough_bits_to_be_unguessable(entropy: FixedEntropy) -> None:
    shell = Shell({"en": build_environment({}, Assets.load())}, entropy, secure=False)
    first, second = shell.new_nonce(), shell.new_nonce()
    assert first != second
    assert len(first) == 24
