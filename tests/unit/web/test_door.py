import logging
from dataclasses import dataclass, field

import httpx
import pytest

from curtilage.core.entropy import SystemEntropy
from curtilage.core.errors import LimitError, UnavailableError
from curtilage.core.models import Principal
from curtilage.core.page import Download, Flash, Leave, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import NavItem, Route
from curtilage.web.app import build_web
from curtilage.web.door import is_local
from curtilage.web.ports import SignedIn
from tests.builders import a_principal
from tests.fakes import FixedIds
from tests.fakes.console import FakeConsole
from tests.fakes.desk import NAME, PASSPHRASE
from tests.fakes.visitor import HTML, ORIGIN, Visitor

SECRET = "the value that must never be seen"


class OneSession:
    """A reader that knows one session, or fails altogether."""

    def __init__(self, principal: Principal, *, broken: bool = False) -> None:
        self.principal, self.broken = principal, broken

    async def read(self, secret: str) -> SignedIn | None:
        if self.broken:
            raise UnavailableError
        return SignedIn(self.principal, "Ada") if secret == "known" else None

    async def keep_language(self, signed_in: SignedIn, language: str) -> None: ...


@dataclass
class Counted:
    """Keeps what the door counts."""

    seen: list[tuple[str, Refusal]] = field(default_factory=list)

    def count(self, at: str, refusal: Refusal) -> None:
        self.seen.append((at, refusal))


def a_client(
    *routes: Route,
    principal: Principal | None = None,
    broken: bool = False,
    origin: str = ORIGIN,
    nav: tuple[NavItem, ...] = (),
    counted: Counted | None = None,
) -> httpx.AsyncClient:
    """A browser with a session on an application of these routes only."""
    app = build_web(
        routes=routes,
        nav=nav,
        templates={},
        sessions=OneSession(principal or a_principal(), broken=broken),
        key=b"k" * 32,
        entropy=SystemEntropy(),
        ids=FixedIds(),
        origins=[origin],
        refusals=counted,
    )
    name = "__Host-curtilage-session" if origin.startswith("https") else "curtilage-session"
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=origin,
        headers=HTML,
        cookies={name: "known"},
    )


async def test_a_page_that_needs_a_right_sends_strangers_to_sign_in_and_back() -> None:
    answer = await Visitor().get("/console/ledger")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/console/ledger"


async def test_a_part_of_a_page_sends_the_whole_page_to_sign_in() -> None:
    answer = await Visitor().get("/console/live/new?since=x", hx_request="true")
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login"


async def test_a_program_is_told_that_it_must_sign_in() -> None:
    answer = await Visitor().get("/console/ledger", accept="application/json")
    assert answer.status_code == 401
    assert answer.json()["code"] == "web.sign-in-needed"


async def test_a_signed_in_person_without_the_right_is_refused_by_name() -> None:
    async def endpoint(visit: Visit) -> Page:
        raise AssertionError("the endpoint must not run")

    client = a_client(Route("GET", "/vault", endpoint, "vault:read"))
    answer = await client.get("/vault")
    assert answer.status_code == 403
    assert "vault:read" in answer.text


async def test_the_navigation_names_only_places_that_may_be_opened() -> None:
    async def endpoint(visit: Visit) -> Page:
        return Page("web/problem.html", {"code": "x", "title": "x", "hint": "", "status": 1})

    client = a_client(
        Route("GET", "/mine", endpoint, "mine:read"),
        Route("GET", "/theirs", endpoint, "theirs:read"),
        principal=a_principal(rights=frozenset({"mine:read"})),
        nav=(
            NavItem("Mine", "/mine", "activity", "m", 2),
            NavItem("Theirs", "/theirs", "activity", "t", 1),
        ),
    )
    text = (await client.get("/nowhere")).text
    assert 'href="/mine"' in text
    assert "/theirs" not in text


async def test_a_form_without_a_token_changes_nothing() -> None:
    visitor = Visitor()
    await visitor.get("/login")
    answer = await visitor.post("/login", token="", name=NAME, passphrase=PASSPHRASE)
    assert answer.status_code == 403
    assert visitor.console.desk.tries == 0


async def test_a_form_with_the_token_of_another_browser_changes_nothing() -> None:
    console = FakeConsole()
    stolen = await Visitor(console).token("/login")
    visitor = Visitor(console)
    await visitor.get("/login")
    answer = await visitor.post("/login", token=stolen, name=NAME, passphrase=PASSPHRASE)
    assert answer.status_code == 403
    assert console.desk.tries == 0


async def test_a_token_from_before_signing_in_is_worth_nothing_after() -> None:
    visitor = Visitor()
    before = await visitor.token("/login")
    await visitor.sign_in()
    assert (await visitor.post("/logout", token=before)).status_code == 403
    assert len(visitor.console.desk.live) == 1


async def test_a_form_sent_by_another_site_changes_nothing() -> None:
    visitor = Visitor()
    token = await visitor.token("/login")
    fields = {"_csrf": token, "name": NAME, "passphrase": PASSPHRASE}
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await visitor.client.post("/login", data=fields, headers=headers)
        assert answer.status_code == 403
    assert visitor.console.desk.tries == 0
    assert (await visitor.client.post("/login", data=fields)).status_code == 303


async def test_another_host_name_is_refused_before_anything_else() -> None:
    answer = await Visitor().get("/login", host="rebound.example")
    assert answer.status_code == 421
    assert "<form" not in answer.text.split("<main", 1)[1]


async def test_pages_say_only_what_strangers_may_know_about_unknown_addresses() -> None:
    answer = await Visitor().get("/<script>alert(1)</script>?x=<script>")
    assert answer.status_code == 404
    assert "alert(1)" not in answer.text


async def test_a_wrong_method_is_a_page_too() -> None:
    visitor = Visitor()
    answer = await visitor.client.delete("/login")
    assert answer.status_code == 405
    assert "does not answer" in answer.text


async def test_a_bug_shows_and_logs_nothing_of_what_it_saw(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def endpoint(visit: Visit) -> Page:
        raise RuntimeError(SECRET)

    with caplog.at_level(logging.DEBUG):
        answer = await a_client(Route("GET", "/bug", endpoint, "")).get("/bug")
    assert answer.status_code == 500
    assert "Reference" in answer.text
    assert SECRET not in answer.text + caplog.text
    assert "RuntimeError" in {record.__dict__.get("code") for record in caplog.records}


async def test_a_page_with_a_hole_in_it_is_a_bug(caplog: pytest.LogCaptureFixture) -> None:
    async def endpoint(visit: Visit) -> Page:
        return Page("web/problem.html", {"code": "x"})

    answer = await a_client(Route("GET", "/hole", endpoint, "")).get("/hole")
    assert answer.status_code == 500
    assert "UndefinedError" in {record.__dict__.get("code") for record in caplog.records}


async def test_an_endpoint_must_give_one_of_the_known_answers() -> None:
    async def endpoint(visit: Visit) -> str:
        return "<p>by hand</p>"

    answer = await a_client(Route("GET", "/odd", endpoint, "")).get("/odd")
    assert answer.status_code == 500
    assert "by hand" not in answer.text


async def test_the_error_page_works_when_the_session_store_does_not() -> None:
    async def endpoint(visit: Visit) -> Page:
        raise AssertionError("the endpoint must not run")

    answer = await a_client(Route("GET", "/any", endpoint, ""), broken=True).get("/any")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


async def test_a_program_gets_a_problem_document() -> None:
    async def endpoint(visit: Visit) -> Page:
        raise LimitError("Too many at once.", hint="Wait a little.", retry_after=7)

    client = a_client(Route("GET", "/api/busy", endpoint, ""))
    answer = await client.get("/api/busy", headers={"accept": "*/*"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/limit",
        "title": "A limit was reached",
        "status": 429,
        "detail": "Too many at once.",
        "instance": answer.json()["instance"],
        "code": "limit",
        "hint": "Wait a little.",
    }


async def test_a_sentence_is_shown_once_on_the_next_page() -> None:
    async def go(visit: Visit) -> SeeOther:
        return SeeOther("/nowhere", flash=Flash("<b>Done</b>", "attention"))

    client = a_client(Route("GET", "/go", go, ""))
    answer = await client.get("/go")
    assert answer.status_code == 303
    first, second = await client.get("/nowhere"), await client.get("/nowhere")
    assert "&lt;b&gt;Done&lt;/b&gt;" in first.text
    assert "Done" not in second.text


async def test_a_move_never_leads_to_another_site() -> None:
    async def go(visit: Visit) -> SeeOther:
        return SeeOther(visit.query["to"])

    client = a_client(Route("GET", "/go", go, ""))
    for target in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        answer = await client.get("/go", params={"to": target})
        assert answer.headers["location"] == "/"
    assert (await client.get("/go?to=/console/live?a=b")).headers["location"] == "/console/live?a=b"


@pytest.mark.parametrize("location", ["/", "/a/b?c=d#e", "/login?next=/x"])
def test_a_path_of_ours_is_local(location: str) -> None:
    assert is_local(location)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "a",
        "//x",
        "/\\x",
        "/a\\b",
        "/\t/x",
        "/\n",
        "https://x",
        "javascript:x",
        "/ä",
        "/" * 2001,
    ],
)
def test_anything_else_is_not(location: str) -> None:
    assert not is_local(location)


async def test_a_file_is_handed_over_as_a_file() -> None:
    async def endpoint(visit: Visit) -> Download:
        return Download(b"<script>", "text/html", 'a "b"\r\n.txt')

    answer = await a_client(Route("GET", "/file", endpoint, "")).get("/file")
    assert answer.content == b"<script>"
    assert (
        answer.headers["content-disposition"]
        == "attachment; filename*=UTF-8''a%20%22b%22%0D%0A.txt"
    )
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_program_without_a_session_needs_no_form_token() -> None:
    seen: list[bytes] = []

    async def endpoint(visit: Visit) -> Download:
        seen.append(visit.body)
        return Download(b"{}", "application/json")

    client = a_client(Route("POST", "/api/scan", endpoint, ""))
    with_session = await client.post("/api/scan", json={"text": "x"})
    client.cookies.clear()
    without = await client.post("/api/scan", json={"text": "x"})
    assert (with_session.status_code, without.status_code) == (400, 200)
    assert len(seen) == 1


async def test_who_asks_with_the_wrong_method_is_told_the_right_ones() -> None:
    """All of an address (RFC 9110 §15.5.6), also where several routes share it."""

    async def endpoint(visit: Visit) -> Page: ...  # type: ignore[empty-body]

    client = a_client(
        Route("GET", "/both/{id}", endpoint, ""),
        Route("POST", "/both/{id}", endpoint, ""),
        Route("GET", "/other", endpoint, ""),
    )
    answer = await client.put("/both/7")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


PLAIN = {"code": "x", "title": "x", "hint": "", "status": 1}
WRONG = Refusal("wrong", "an-app")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Page("web/problem.html", PLAIN), None),
        (SeeOther("/"), None),
        (Download(b"x", "text/plain"), None),
        (Page("web/problem.html", PLAIN, status=401), Refusal("401")),
        (Page("web/problem.html", PLAIN, status=401, refused=WRONG), WRONG),
        (Page("web/problem.html", PLAIN, refused=WRONG), WRONG),
        (SeeOther("/", refused=WRONG), WRONG),
        (Leave("https://app.orchard.example", WRONG), WRONG),
        (Download(b"x", "text/plain", status=404), Refusal("404")),
        (LimitError(), Refusal("limit")),
        (ValueError(SECRET), Refusal("internal")),
    ],
)
async def test_each_answer_that_refuses_is_counted_under_its_route(
    answer: Page | SeeOther | Leave | Download | Exception, code: Refusal | None
) -> None:
    async def endpoint(visit: Visit) -> Page | SeeOther | Leave | Download:
        if isinstance(answer, Exception):
            raise answer
        return answer

    counted = Counted()
    client = a_client(Route("GET", "/x/{id}", endpoint, "", "x.show"), counted=counted)
    await client.get(f"/x/{SECRET}?{SECRET}")
    assert counted.seen == ([] if code is None else [("x.show", code)])


async def test_what_no_route_answers_is_counted_in_one_place() -> None:
    counted = Counted()
    client = a_client(counted=counted)
    for number in range(3):
        await client.get(f"/nothing/{number}")
    assert counted.seen == [("no-route", Refusal("web.unknown-page"))] * 3


async def test_who_brings_a_session_that_is_none_is_counted_and_who_brings_none_is_not() -> None:
    async def endpoint(visit: Visit) -> Page:
        raise AssertionError("the endpoint must not run")

    counted = Counted()
    client = a_client(Route("GET", "/vault", endpoint, "vault:read", "vault"), counted=counted)
    client.cookies.clear()
    assert (await client.get("/vault")).status_code == 303
    assert counted.seen == []
    client.cookies.set("curtilage-session", "forged")
    assert (await client.get("/vault")).status_code == 303
    assert counted.seen == [("vault", Refusal("web.sign-in-needed"))]
