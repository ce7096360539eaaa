import pytest
from starlette.responses import Response

from curtilage.web.cookies import Cookies
from tests.fakes.clock import START


@pytest.mark.parametrize(
    ("secure", "name"), [(True, "__Host-curtilage-form"), (False, "curtilage-form")]
)
def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(name: str, *, secure: bool) -> None:
    cookies, response = Cookies(secure), Response()
    cookies.put(response, cookies.form, "value", expires_at=START)
    line = response.headers["set-cookie"]
    assert line.startswith(f"{name}=value;")
    for flag in ("HttpOnly", "Path=/", "SameSite=lax", "expires=Mon, 02 Mar 2026 09:30:00 GMT"):
        assert flag in line
    assert ("Secure" in line) is secure
    assert "Domain" not in line


def test_a_cookie_is_taken_back_with_the_flags_it_was_set_with() -> None:
    cookies, response = Cookies(secure=True), Response()
    cookies.drop(response, cookies.session)
    line = response.headers["set-cookie"]
    assert line.startswith("__Host-curtilage-session=")
    for flag in ("Max-Age=0", "Secure", "HttpOnly", "Path=/"):
        assert flag in line
