"""Cookies of an app."""

from curtilage.identity.relying.cookies import (
    cookie_name,
    drop_cookie,
    login_cookie,
    read_cookies,
    set_cookie,
)


def test_cookies_are_read_strictly() -> None:
    assert read_cookies(["a=1; b=2=3", "c=4"]) == {"a": "1", "b": "2=3", "c": "4"}
    assert read_cookies(["a=1; a=2; b=3"]) == {"b": "3"}
    assert read_cookies(["a=1", "a=1"]) == {}
    assert read_cookies([]) == {} == read_cookies([";;=x"])
    assert read_cookies(["a=" + "x" * 17_000]) == {}


def test_a_name_keeps_other_hosts_and_other_ports_out() -> None:
    assert cookie_name("app", base="https://a.example:8443") == "__Host-app"
    assert cookie_name("app", base="http://localhost:8000") == "app-8000"
    assert cookie_name("app", base="http://localhost") == "app"
    assert login_cookie("app", "a") != login_cookie("app", "b")


def test_a_cookie_is_taken_away_as_it_was_set() -> None:
    name, value = drop_cookie("app", is_secure=True)
    assert (name, value) == (
        "set-cookie",
        "app=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0",
    )
    assert set_cookie("app", "x", is_secure=False, life=None)[1] == (
        "app=x; Path=/; HttpOnly; SameSite=Lax"
    )
