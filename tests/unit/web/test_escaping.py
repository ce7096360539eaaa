"""Hostile values in every field of every page render inert."""

from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from curtilage.core.errors import NotFoundError
from curtilage.core.models import Principal
from curtilage.gateway.search import Search
from curtilage.gateway.usage.models import By, Period, UsageView
from curtilage.gateway.views import Exchange, LiveChoices, LivePage, LiveRow, TryResult
from curtilage.ledger.views import Explanation, LedgerCheck, LedgerState, RecordProof
from curtilage.web.ports import SignedIn
from tests.fakes.console import FakeConsole
from tests.fakes.desk import FakeDesk
from tests.fakes.ids import fixed_id
from tests.fakes.keys import TEAM, FakeKeys, a_key
from tests.fakes.ledger import PROBLEM, FakeLedger
from tests.fakes.live import FakeLive
from tests.fakes.tryit import FakeTryIt
from tests.fakes.usage import FakeUsage
from tests.fakes.visitor import Visitor

HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\u202e"
KEPT = {"outcome", "state", "kind", "treatment", "wrote", "left", "came_back"}


def poison(value: Any) -> Any:
    """The same data with hostile text in every string that a person could have chosen."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple | list):
        return type(value)(poison(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            item.name: poison(getattr(value, item.name))
            for item in fields(value)
            if item.name not in KEPT and not isinstance(getattr(value, item.name), datetime)
        }
        return replace(value, **changed)
    return value


class HostileLive(FakeLive):
    async def choices(self, actor: Principal) -> LiveChoices:
        return poison(await super().choices(actor))

    async def page(self, actor: Principal, search: Search, **asked: Any) -> LivePage:
        return poison(await super().page(actor, search, **asked))

    async def newer(self, actor: Principal, **asked: Any) -> list[LiveRow]:
        return poison(list(await super().newer(actor, **asked)))

    async def get(self, actor: Principal, request_id: str) -> Exchange:
        return poison(await super().get(actor, request_id))


class HostileTryIt(FakeTryIt):
    async def run(self, actor: Principal, **asked: Any) -> TryResult:
        return poison(await super().run(actor, **asked))


class HostileLedger(FakeLedger):
    async def state(self, actor: Principal) -> LedgerState:
        return poison(await super().state(actor))

    async def check(self, actor: Principal, check_id: str) -> LedgerCheck:
        return replace(poison(await super().check(actor, check_id)), problems=(poison(PROBLEM),))

    async def prove(self, actor: Principal, record_id: str) -> RecordProof:
        return poison(await super().prove(actor, record_id))

    async def explain(self, actor: Principal, request_id: str) -> Explanation:
        return poison(await super().explain(actor, request_id))


class HostileUsage(FakeUsage):
    async def overview(self, actor: Principal, by: By, period: Period, *, limit: int) -> UsageView:
        view = await super().overview(actor, by, period, limit=limit)
        return UsageView(poison(view.rows), [replace(day, currency=HOSTILE) for day in view.days])


def hostile_keys() -> FakeKeys:
    return FakeKeys([a_key(1, name=HOSTILE, group=replace(TEAM, name=HOSTILE))])


class HostileDesk(FakeDesk):
    async def read(self, secret: str) -> SignedIn | None:
        found = await super().read(secret)
        return replace(found, name=HOSTILE) if found else None


def hostile() -> Visitor:
    live = HostileLive(FakeConsole().live.rows)
    return Visitor(
        FakeConsole(
            live, HostileTryIt(), HostileLedger(), HostileDesk(), hostile_keys(), HostileUsage()
        )
    )


class Tags(HTMLParser):
    """Reads a page as a browser would, and keeps what none of our templates writes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.surprising: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in {"img", "iframe", "object"} or any(name.startswith("on") for name in names):
            self.surprising.append(tag)
        if tag == "script" and "nonce" not in names:
            self.surprising.append(tag)


def assert_inert(text: str) -> None:
    assert "<img" not in text
    assert "<script>" not in text
    assert "\u202e" not in text
    if "alert" in text:
        assert "{{7*7}}" in text or "%7B%7B7%2A7%7D%7D" in text
    assert not Tags(text).surprising


@pytest.mark.parametrize(
    "path",
    [
        "/console/live",
        f"/console/live/new?since={fixed_id(58)}",
        f"/console/live/{fixed_id(3)}",
        f"/console/live/{fixed_id(3)}/row",
        "/console/keys",
        "/console/usage",
        "/console/usage?by=%22%3E%3Cimg%20src=x%3E",
        "/console/ledger",
        f"/console/ledger/checks/{fixed_id(7)}",
        f"/console/ledger/records/{fixed_id(7)}",
        f"/console/ledger/explain?request={fixed_id(7)}",
        "/console/ledger/explain?request=%22%3E%3Cimg%20src=x%3E",
    ],
)
async def test_hostile_values_of_services_are_text(path: str) -> None:
    visitor = await hostile().sign_in()
    assert_inert((await visitor.get(path)).text)


async def test_a_hostile_text_is_shown_as_the_text_it_is() -> None:
    visitor = await Visitor().sign_in()
    text = f"</textarea>{HOSTILE} ada.quill@orchard.example <script>alert(1)</script>"
    answer = await visitor.post(
        "/console/try", page="/console/try", text=text, purpose="assist", policy="strict"
    )
    assert answer.status_code == 200
    assert "<img" not in answer.text
    assert "<script>" not in answer.text
    assert answer.text.count("</textarea>") == 1
    assert "⟨U+202E⟩" in answer.text.split("</textarea>")[1]


async def test_what_was_typed_into_a_name_comes_back_as_text() -> None:
    visitor = Visitor()
    answer = await visitor.post("/login", name=HOSTILE, passphrase="sesame", next=HOSTILE)
    assert answer.status_code == 401
    assert "<img" not in answer.text
    assert "sesame" not in answer.text


async def test_what_is_not_there_is_not_named() -> None:
    class Missing(FakeLive):
        async def get(self, actor: Principal, request_id: str) -> Exchange:
            raise NotFoundError

    visitor = await Visitor(FakeConsole(live=Missing([]))).sign_in()
    answer = await visitor.get("/console/live/<img src=x>")
    assert answer.status_code == 404
    assert "img" not in answer.text.split("<main")[1]
