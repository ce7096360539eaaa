"""Who may pass, and where people may be sent."""

from datetime import timedelta

import pytest

from curtilage.identity.relying.models import Access, Need, Standing
from curtilage.identity.relying.rules import (
    choose_acr,
    choose_age,
    choose_onward,
    decide_access,
    is_base,
    path_of,
    reaches,
    wants_page,
)
from tests.fakes.clock import START

ADA = Standing(
    "ada", "aal1", ("pwd",), START, frozenset({"openid", "notes"}), frozenset({"assist"})
)


@pytest.mark.requirement(23)
@pytest.mark.parametrize(
    ("need", "access"),
    [
        (Need(), Access.PERMIT),
        (
            Need(acr="aal1", max_age=60, purpose="assist", scopes=frozenset({"notes"})),
            Access.PERMIT,
        ),
        (Need(acr="aal2"), Access.STEP_UP),
        (Need(acr="aal2", purpose="other"), Access.STEP_UP),
        (Need(acr="gold"), Access.STEP_UP),
        (Need(purpose="other"), Access.PURPOSE),
        (Need(scopes=frozenset({"admin"})), Access.SCOPE),
    ],
)
def test_a_need_is_met_or_says_what_is_missing(need: Need, access: Access) -> None:
    assert decide_access(need, ADA, at=START + timedelta(seconds=60)) is access
    assert decide_access(need, None, at=START) is Access.SIGN_IN


def test_a_proof_grows_old() -> None:
    need = Need(max_age=60)
    assert decide_access(need, ADA, at=START + timedelta(seconds=61)) is Access.STEP_UP
    assert decide_access(need, Standing("ada"), at=START) is Access.STEP_UP
    with pytest.raises(ValueError, match="at least 60"):
        Need(max_age=59)


def test_levels_have_an_order_and_other_names_have_none() -> None:
    assert reaches("aal3", "aal2") and reaches("", "") and reaches("gold", "gold")
    assert (
        not reaches("aal1", "aal2") and not reaches("gold", "aal1") and not reaches("aal3", "gold")
    )


@pytest.mark.parametrize("path", ["/", "/notes", "/a/b?c=d&e=%2F%2F", "/a#b"])
def test_a_path_of_the_app_is_kept(path: str) -> None:
    assert choose_onward(path) == path.replace("#b", "#b")


@pytest.mark.parametrize(
    "path", ["//a", "/\\a", "a", "", "/\x00", "/a\n", "/é", "http:/a", "/" * 3]
)
def test_every_other_leads_home(path: str) -> None:
    assert choose_onward(path) == "/"


def test_what_a_link_asks_for_is_read_narrowly() -> None:
    assert choose_acr("aal2") == "aal2" and choose_acr("a b") == "" == choose_acr('"')
    assert choose_age("300") == 300
    assert [choose_age(each) for each in ("", "-1", "1e3", "٣", "99999999")] == [None] * 5


def test_an_app_is_at_https_or_on_this_machine() -> None:
    for good in (
        "https://a.example",
        "https://a.example:8443/app",
        "http://localhost:8000",
        "http://[::1]",
    ):
        assert is_base(good), good
    for bad in (
        "http://a.example", "https://a.example/", "https://a@b", "https://a?b", "ftp://a",
        "https://a/../b?", "", "http://localhost.evil.example",
    ):  # fmt: skip
        assert not is_base(bad), bad
    assert path_of("https://a.example/app/b") == "/app/b"
    assert path_of("https://a.example") == path_of("nothing") == ""


def test_a_page_is_what_a_person_waits_for() -> None:
    html = ["text/html,application/xhtml+xml;q=0.9"]
    assert wants_page("GET", accept=html, mode="navigate") and wants_page(
        "GET", accept=html, mode=""
    )
    assert not wants_page("GET", accept=html, mode="cors")
    assert not wants_page("DELETE", accept=html, mode="")
    assert not wants_page("GET", accept=["*/*"], mode="") and not wants_page(
        "GET", accept=[], mode=""
    )
