"""Every call of every route leaves one intent and one outcome, however it goes."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson
import pytest

from curtilage.consent.models import Policy
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.authority import Authority
from curtilage.core.models import Event, Sealed
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.service.explain import ExplainService
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.views import Explanation
from curtilage.vault.seal import open_event_part
from tests.builders import a_principal
from tests.fakes.dataplane import StaticSnapshots, event_key
from tests.fakes.provider import (
    DONE,
    Break,
    Hold,
    Script,
    chat_delta,
    chat_reply,
    message_reply,
    message_stream,
    stream,
    whole,
)
from tests.integration.gateway.leaving import leave_once_sent
from tests.integration.processes import eventually
from tests.integration.service import RunningService

TEXT = [{"role": "user", "content": "Mail ada@orchard.example."}]


@dataclass(frozen=True, slots=True)
class Route:
    path: str
    body: dict[str, Any]
    reply: Any
    stream: list[Any] | None = None


ROUTES = {
    "openai.chat": Route(
        "/v1/chat/completions",
        {"model": "gpt-4.1-mini", "messages": TEXT},
        chat_reply("Hello."),
        [chat_delta({"content": "Hello."}, finish="stop"), DONE],
    ),
    "openai.embeddings": Route(
        "/v1/embeddings",
        {"model": "text-embedding-3-small", "input": "Mail ada@orchard.example."},
        {
            "object": "list",
            "data": [],
            "model": "x",
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        },
    ),
    "anthropic.messages": Route(
        "/v1/messages",
        {"model": "claude-sonnet-4-5", "max_tokens": 5, "messages": TEXT},
        message_reply("Hello."),
        message_stream("Hello."),
    ),
    "anthropic.count_tokens": Route(
        "/v1/messages/count_tokens",
        {"model": "claude-sonnet-4-5", "messages": TEXT},
        {"input_tokens": 3},
    ),
}
WAYS = [
    (name, streamed)
    for name, route in ROUTES.items()
    for streamed in ((False, True) if route.stream else (False,))
]
OUTCOMES = ("completed", "refused", "failed", "failed by the provider", "broken", "aborted")


def _body(route: Route, streamed: bool, outcome: str) -> dict[str, Any]:
    body = {**route.body, "stream": True} if streamed else dict(route.body)
    return {**body, "model": "no-such-model"} if outcome == "refused" else body


def _script(route: Route, streamed: bool, outcome: str) -> Script:
    if outcome == "failed by the provider":
        return whole(
            {"error": {"message": "no", "type": "server_error"}}, "500 Internal Server Error"
        )
    if outcome == "failed":
        return [Break()]
    if outcome == "aborted":
        return [Hold()]
    if streamed:
        assert route.stream
        pieces = route.stream[:-1] if outcome == "broken" else route.stream
        return stream(*pieces, *([Break()] if outcome == "broken" else []), end=outcome != "broken")
    (reply,) = whole(route.reply)
    assert isinstance(reply, bytes)
    return [reply[:-1], Break()] if outcome == "broken" else [reply]


def _exchanges(service: RunningService, known: set[str]) -> list[Event]:
    return [
        event
        for event in service.events()
        if event.kind.startswith("exchange.") and event.facts.get("intent", event.id) not in known
    ]


def _known(service: RunningService) -> set[str]:
    return {str(event.facts.get("intent", event.id)) for event in service.events()}


def _two(service: RunningService, known: set[str]) -> list[Event]:
    found = _exchanges(service, known)
    return found if len(found) >= 2 else []


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize(("name", "streamed"), WAYS)
def test_one_intent_and_one_outcome(
    service: RunningService, client: httpx.Client, name: str, streamed: bool, outcome: str
) -> None:
    route = ROUTES[name]
    known = _known(service)
    service.provider.script = _script(route, streamed, outcome)
    body = _body(route, streamed, outcome)
    if outcome == "aborted":
        leave_once_sent(service, service.key(), route.path, body)
    else:
        client.post(route.path, json=body)
    intent, ended = eventually(lambda: _two(service, known))
    expected = "failed" if outcome in ("broken", "failed by the provider") else outcome
    assert (intent.kind, ended.kind) == ("exchange.intended", f"exchange.{expected}")
    assert ended.facts["intent"] == intent.id
    assert intent.facts["route"] == name
    assert (ended.actor, ended.purpose) == (intent.actor, "assist")
    assert intent.actor


def test_a_list_of_models_is_recorded_too(service: RunningService, client: httpx.Client) -> None:
    known = _known(service)
    reply = client.get("/v1/models")
    intent, ended = _exchanges(service, known)
    assert intent.id == reply.headers["x-curtilage-request-id"]
    assert (intent.facts["route"], ended.kind) == ("openai.models", "exchange.completed")


REFUSED_LISTS = {
    "gateway.unknown-model": ("/v1/models/mirror-2", {}, 404),
    "gateway.purpose-not-held": ("/v1/models", {"x-curtilage-purpose": "code"}, 403),
}


@pytest.mark.parametrize("reason", REFUSED_LISTS)
@pytest.mark.parametrize("family", ["openai", "anthropic"])
def test_a_list_of_models_that_is_refused_is_recorded(
    service: RunningService, family: str, reason: str
) -> None:
    known = _known(service)
    path, headers, status = REFUSED_LISTS[reason]
    spoken = {"anthropic-version": "2023-06-01"} if family == "anthropic" else {}
    with service.client(service.key(models=frozenset({"mirror"})), **spoken) as client:
        reply = client.get(path, headers=headers)
    assert reply.status_code == status
    intent, ended = _exchanges(service, known)
    assert intent.id == reply.headers["x-curtilage-request-id"] == ended.facts["intent"]
    assert (intent.facts["route"], ended.kind) == (f"{family}.models", "exchange.refused")
    assert (ended.facts["status"], ended.facts["reason"]) == (status, reason)


@contextmanager
def _under(service: RunningService, policy: Policy) -> Iterator[None]:
    """The worker serves `policy` meanwhile."""
    gateway, services = service.worker.gateway, service.worker.gateway.services
    snapshot = replace(services.snapshots.current(), policy=policy)
    gateway.services = replace(services, snapshots=StaticSnapshots(snapshot))
    try:
        yield
    finally:
        gateway.services = services


PASSWORD = "tr0ub4dor-and-3-staples"  # invented


def test_what_is_blocked_is_recorded_and_explained_by_its_rule(
    service: RunningService, client: httpx.Client
) -> None:
    strict = PolicyShelf().load("strict")
    said = f"Mail ada@orchard.example. password={PASSWORD}"
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": said}]}
    with _under(service, strict):
        reply = client.post("/v1/chat/completions", json=body)
    assert reply.status_code == 400 and "SEC_PASSWORD_ASSIGN" in reply.text
    request_id = reply.headers["x-curtilage-request-id"]
    intent, ended = service.events(request_id)
    assert intent.facts["found"] == {"EMAIL_ADDRESS": 1, "SEC_PASSWORD_ASSIGN": 1}
    assert [intent.facts[name] for name in ("model", "upstream", "destination", "stream")] == [
        "gpt-4.1-mini", "openai", "external", False,
    ]  # fmt: skip
    assert PASSWORD not in repr((intent, ended)) and "orchard" not in repr((intent, ended))
    told = _explain(service, strict, request_id)
    assert (told.effect, told.code, told.status) == ("refuse", "gateway.content-blocked", 400)
    assert {(reason.treatment, reason.rule) for reason in told.reasons} == {
        ("block", "rule 1: secret"), ("token", "default"),
    }  # fmt: skip


UNREAD: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "gateway.purpose-not-held": ({}, {"x-curtilage-purpose": "marketing"}),
    "gateway.unscannable-content": (
        {"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", UNREAD)
def test_what_was_not_scanned_is_not_recorded_as_holding_nothing(
    service: RunningService, client: httpx.Client, reason: str
) -> None:
    more, headers = UNREAD[reason]
    body = {"model": "gpt-4.1-mini", "messages": TEXT, **more}
    reply = client.post("/v1/chat/completions", json=body, headers=headers)
    request_id = reply.headers["x-curtilage-request-id"]
    intent, _ = service.events(request_id)
    assert not {"slots", "found"} & set(intent.facts)
    told = _explain(service, PolicyShelf().load("balanced"), request_id)
    assert (told.effect, told.code, told.scanned) == ("refuse", reason, None)
    assert told.policy.startswith("balanced@") and told.reason != reason


def _explain(service: RunningService, policy: Policy, request_id: str) -> Explanation:
    reader = LedgerReader(service.folder / "data" / "ledger")
    explainer = ExplainService(reader, lambda: {policy.name: policy}, _none_kept, {}, Authority())
    tenant = service.control.vault.tenant()
    asking = a_principal(tenant=tenant, rights=frozenset({"requests:read"}))
    return asyncio.run(explainer.explain(asking, request_id))


async def _none_kept(references: Collection[str]) -> dict[str, Policy]:
    return {}


class NoRoutes(RouteTable):
    """A table with a fault of ours in it."""

    def __init__(self) -> None:
        super().__init__((), {})

    def patterns(self, protocol: str) -> list[tuple[str, str]]:
        raise RuntimeError(f"holds a value of {protocol}")


def test_a_list_of_models_that_fails_is_recorded(
    service: RunningService, client: httpx.Client
) -> None:
    known, gateway = _known(service), service.worker.gateway
    listing = gateway.models
    broken = StaticSnapshots(replace(listing.snapshots.current(), routes=NoRoutes()))
    gateway.models = replace(listing, snapshots=broken)
    try:
        reply = client.get("/v1/models")
    finally:
        gateway.models = listing
    assert reply.status_code == 500 and "holds a value" not in reply.text
    assert reply.json()["error"]["code"] == "gateway.internal"
    intent, ended = _exchanges(service, known)
    assert (intent.facts["route"], ended.kind) == ("openai.models", "exchange.failed")
    assert (ended.facts["status"], ended.facts["reason"]) == (500, "gateway.internal")


NOT_ADMITTED: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "no key": lambda client: client.post("/v1/chat/completions", headers={"authorization": ""}),
    "an unknown key": lambda client: client.post(
        "/v1/chat/completions", headers={"authorization": "Bearer cur_" + "0" * 49}
    ),
    "an unserved path": lambda client: client.post("/v1/moderations", json={}),
    "an unserved method": lambda client: client.get("/v1/chat/completions"),
}


@pytest.mark.parametrize("what", NOT_ADMITTED)
def test_who_is_turned_away_at_the_door_is_counted_in_the_ledger(
    service: RunningService, client: httpx.Client, what: str
) -> None:
    def counted() -> int:
        sums = [
            event.facts["counts"] for event in service.events() if event.kind == "caller.rejected"
        ]
        return sum(sum(counts.values()) for counts in sums if isinstance(counts, dict))  # type: ignore[arg-type]

    before = counted()
    assert NOT_ADMITTED[what](client).status_code in (401, 404, 405)
    eventually(lambda: counted() == before + 1)


LOG_LIKE = {
    "metadata": {"log": "off", "event": "exchange.completed"},
    "user": "no-log",
    "store": False,
    "extra": {"kind": "exchange.refused", "tenant": "other", "no_log": True},
}


def test_a_caller_cannot_write_or_silence_records(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Hello."))
    headers = {"x-curtilage-log": "off", "x-no-log": "true", "x-curtilage-request-id": "mine"}
    body = {"model": "gpt-4.1-mini", "messages": TEXT, **LOG_LIKE}
    reply = client.post("/v1/chat/completions", json=body, headers=headers)
    request_id = reply.headers["x-curtilage-request-id"]
    assert request_id != "mine"
    intent, ended = service.events(request_id)
    raw = b"".join(
        record.raw for record in LedgerReader(service.folder / "data" / "ledger").trail(request_id)
    )
    assert b"no_log" not in raw and b"no-log" not in raw and b"mine" not in raw
    assert ended.kind in ("exchange.completed", "exchange.refused")
    assert intent.tenant == service.control.vault.tenant()


def test_who_asked_is_sealed_and_opens_with_the_key_of_the_scope(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Hello."))
    body = {"model": "gpt-4.1-mini", "messages": TEXT}
    reply = client.post(
        "/v1/chat/completions", json=body, headers={"x-curtilage-session": "chat-9"}
    )
    request_id = reply.headers["x-curtilage-request-id"]
    reader = LedgerReader(service.folder / "data" / "ledger")
    record = reader.get(request_id)
    box = reader.read_box(record)
    assert box is not None and record.event.sealed is not None
    assert b"chat-9" not in record.raw and b"chat-9" not in box and b"127.0.0.1" not in record.raw
    sealed = Sealed(record.event.sealed.commitment, box)
    session = next(reversed(service.worker.gateway.services.sessions._open.values()))
    opened = orjson.loads(open_event_part(event_key(session), sealed, request_id))
    assert (opened["session"], opened["address"]) == ("chat-9", "127.0.0.1")


@pytest.mark.slow
def test_a_thousand_quick_calls_leave_two_thousand_records(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Hello."))
    known = _known(service)
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hello."}]}
    ids = [
        client.post("/v1/chat/completions", json=body).headers["x-curtilage-request-id"]
        for _ in range(1000)
    ]
    events = _exchanges(service, known)
    assert len(set(ids)) == 1000 and len(events) == 2000
    assert {event.id for event in events if event.kind == "exchange.intended"} == set(ids)
    assert {event.facts["intent"] for event in events if event.kind == "exchange.completed"} == set(
        ids
    )
    assert service.verify().holds
