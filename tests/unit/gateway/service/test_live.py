"""Model calls for people: names instead of pseudonyms, counts instead of values."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from curtilage.core.authority import Authority
from curtilage.core.errors import DeniedError
from curtilage.core.models import TenantId
from curtilage.gateway import records
from curtilage.gateway.errors import UnknownRequest
from curtilage.gateway.rows import ExchangePage, ExchangeRow, Wanted, make_row
from curtilage.gateway.search import EVERYTHING, Search
from curtilage.gateway.service.live import LiveService, count_tokens
from curtilage.gateway.views import AppName, Caller, RecordPlace, TokenCounts
from tests.builders import a_principal
from tests.fakes.token_callers import FakeTokenCallers
from tests.unit.gateway.service.exchanges import BLOCKED, a_row, an_ending, an_intent

READER = a_principal(rights=frozenset({"requests:read"}))


class FakeStore:
    """Rows in the order that they are given, newest first; keeps what was asked."""

    def __init__(self, *rows: ExchangeRow) -> None:
        self.rows = rows
        self.asked: list[Any] = []
        self.reached: str | None = None

    async def page(
        self, tenant: TenantId, wanted: Wanted, *, before: str | None, limit: int
    ) -> ExchangePage:
        self.asked.append((tenant, before, wanted, limit))
        return ExchangePage(self.rows[:limit], self.reached)

    async def since(self, tenant: TenantId, *, after: str, limit: int) -> Sequence[ExchangeRow]:
        self.asked.append((tenant, after, limit))
        return self.rows[:limit]

    async def find(self, tenant: TenantId, request_id: str) -> ExchangeRow | None:
        self.asked.append((tenant, request_id))
        return next((row for row in self.rows if row.id == request_id), None)


class FakePlaces:
    """The intent of every request is covered, its outcome is not yet."""

    async def find_places(self, request_id: str) -> Sequence[RecordPlace]:
        return [
            RecordPlace(request_id, "gw-0", 1, is_covered=True),
            RecordPlace(f"{request_id}-end", "gw-0", 2, is_covered=False),
        ]


async def callers() -> Sequence[Caller]:
    return [Caller("key-000001", "letters", "actor-1"), Caller("key-000002", "Helpdesk", "a-2")]


def a_service(*rows: ExchangeRow) -> LiveService:
    titles = {"EMAIL_ADDRESS": "E-mail address"}
    by_token = FakeTokenCallers(
        {"actor-7": "p-7"}, {"p-7": "Ada Quill"}, {"app-1": AppName("app-1", "Notes")}
    )
    return LiveService(FakeStore(*rows), FakePlaces(), Authority(), callers, titles, by_token)


async def test_a_row_says_who_what_and_how_much() -> None:
    page = await a_service(a_row()).page(READER, EVERYTHING, after=None, limit=5)
    (row,) = page.rows
    assert (row.who, row.purpose, row.model, row.protocol, row.streamed) == (
        "letters", "assist", "gpt-4o", "openai.chat", True,
    )  # fmt: skip
    assert (row.outcome, row.overhead_ms) == ("completed", 0.412)
    assert [(count.title, count.treatment, count.count) for count in row.counts] == [
        ("E-mail address", "token", 2), ("SEC_GITHUB", "token", 1),
    ]  # fmt: skip
    assert page.older is None


async def test_a_full_page_says_where_to_go_on() -> None:
    service = a_service(*(a_row(number) for number in (4, 3, 2, 1)))
    page = await service.page(READER, Search(outcome="failed"), after="x", limit=3)
    assert len(page.rows) == 3
    assert page.older == page.rows[-1].id == a_row(2).id
    assert service.store.asked == [(READER.tenant, "x", Wanted(outcome="failed"), 4)]  # type: ignore[attr-defined]


async def test_a_caller_whose_key_is_gone_has_no_name() -> None:
    row = make_row(an_intent(actor="actor-9"), None)
    (shown,) = (await a_service(row).page(READER, EVERYTHING, after=None, limit=5)).rows
    assert shown.who == "a caller no longer known"
    assert (shown.outcome, shown.overhead_ms) == ("pending", None)


async def test_who_came_with_a_token_is_a_person_by_an_app_and_no_name() -> None:
    intent = an_intent(actor="actor-7", actor_kind="person", facts={"app": "app-1"})
    row = make_row(intent, None)
    manager = a_principal(rights=frozenset({"requests:read", "people:manage", "clients:manage"}))
    for reader, paths in (
        (READER, ("", "")),
        (manager, ("/console/people/p-7", "/console/apps/app-1")),
    ):
        service = a_service(row)
        page = (await service.page(reader, EVERYTHING, after=None, limit=5)).rows
        newer = await service.newer(reader, since="r-1", limit=5)
        one = (await service.get(reader, row.id)).row
        for shown in (*page, *newer, one):
            assert shown.who == "a person by Notes"
            assert (shown.asker.person_path, shown.asker.app_path) == paths
            assert "Ada" not in repr(shown)


async def test_newer_rows_are_asked_for_behind_the_newest_one_shown() -> None:
    service = a_service(a_row(2))
    (row,) = await service.newer(READER, since="r-1", limit=7)
    assert row.id == a_row(2).id
    assert service.store.asked == [(READER.tenant, "r-1", 7)]  # type: ignore[attr-defined]


async def test_one_call_is_told_as_a_line_of_its_records() -> None:
    row = a_row(mangled=1, unknown=2, first_byte_us=1500)
    exchange = await a_service(row).get(READER, row.id)
    assert (exchange.status, exchange.duration_ms, exchange.first_byte_ms) == (200, 90.0, 1.5)
    assert (exchange.restored, exchange.mangled, exchange.unknown_tokens) == (2, 1, 2)
    assert (exchange.upstream, exchange.policy, exchange.code) == (
        "openai", "balanced@1", "permitted",
    )  # fmt: skip
    assert exchange.reason == "The policy permits this purpose at this destination."
    intent, ending = exchange.steps
    assert intent.detail == "3 texts scanned"
    assert intent.place is not None and intent.place.is_covered
    assert ending.kind == "exchange.completed"
    assert ending.place is not None and ending.place.number == 2


@pytest.mark.parametrize(
    ("slots", "said"), [(0, "0 texts scanned"), (1, "1 text scanned"), (2, "2 texts scanned")]
)
async def test_texts_are_counted_as_people_speak(slots: int, said: str) -> None:
    intent = an_intent(facts={"route": "openai.chat", "slots": slots})
    row = make_row(intent, an_ending(intent))
    assert (await a_service(row).get(READER, row.id)).steps[0].detail == said


async def test_a_reply_from_the_cache_says_that_it_is_one() -> None:
    intent = an_intent(facts={"route": "openai.chat", "upstream": "openai", "cache": "hit"})
    row = make_row(intent, an_ending(intent))
    assert (await a_service(row).get(READER, row.id)).is_cached
    assert not (await a_service(a_row(2)).get(READER, a_row(2).id)).is_cached
    assert count_tokens([row]) == [], "no model was asked"


async def test_hostile_text_is_told_with_what_was_done() -> None:
    facts = {"route": "openai.chat", "hostile": {"PROMPT_INJECTION": 2}, "hostile_action": "strip"}
    row = make_row(an_intent(facts=facts), None)
    shown = await a_service(row).get(READER, row.id)
    assert shown.hostile == [("PROMPT_INJECTION", 2)]
    assert "cut out" in shown.hostile_done


async def test_what_a_reply_held_is_told_apart() -> None:
    intent = an_intent(facts={"route": "openai.chat"})
    facts = {"hostile_reply": {"EXFILTRATION": 1}, "hostile_reply_action": "strip"}
    row = make_row(intent, an_ending(intent, **facts))
    shown = await a_service(row).get(READER, row.id)
    assert shown.hostile == [] and shown.hostile_reply == [("EXFILTRATION", 1)]
    assert "cut out of the reply" in shown.hostile_reply_done


async def test_a_call_under_way_has_one_record() -> None:
    row = make_row(an_intent(), None)
    exchange = await a_service(row).get(READER, row.id)
    assert len(exchange.steps) == 1
    assert (exchange.status, exchange.duration_ms, exchange.restored) == (None, None, 0)


@pytest.mark.parametrize(
    "kind", [records.REFUSED, records.FAILED, records.ABORTED, records.UNKNOWN]
)
async def test_every_ending_has_its_words(kind: str) -> None:
    row = a_row(1, kind, reason="gateway.upstream-failed")
    exchange = await a_service(row).get(READER, row.id)
    assert exchange.steps[1].detail == "The provider did not answer as its protocol says."
    assert exchange.steps[1].title


async def test_what_was_blocked_is_told_with_what_was_found() -> None:
    row = make_row(BLOCKED, an_ending(BLOCKED, records.REFUSED, reason="gateway.content-blocked"))
    exchange = await a_service(row).get(READER, row.id)
    assert exchange.row.scanned
    assert [(count.type, count.treatment) for count in exchange.row.counts] == [
        ("EMAIL_ADDRESS", "token"), ("SEC_GITHUB", "block"),
    ]  # fmt: skip
    assert exchange.reason == "The policy blocks what was found: SEC_GITHUB."
    assert exchange.code == "gateway.content-blocked"
    assert [step.title for step in exchange.steps] == [
        "Asked, scanned, decided", "Refused; nothing left",
    ]  # fmt: skip


async def test_what_was_not_scanned_is_told_apart_from_what_held_nothing() -> None:
    facts = {"route": "openai.chat", "policy": "strict@1"}
    intent = an_intent(decision={}, facts=facts)
    refused = {"reason": "gateway.purpose-not-held", "overhead_us": 0}
    row = make_row(intent, an_ending(intent, records.REFUSED, **refused))
    exchange = await a_service(row).get(READER, row.id)
    assert not exchange.row.scanned and exchange.policy == "strict@1"
    assert exchange.row.overhead_ms is None
    assert exchange.steps[0].title == "Asked; turned away before anything was scanned"
    assert exchange.reason == "The key does not hold this purpose."
    listed = make_row(intent, an_ending(intent))
    (step, _) = (await a_service(listed).get(READER, listed.id)).steps
    assert step.title == "Asked; there is no text in it to scan"


async def test_what_was_found_in_a_request_refused_as_a_whole_was_refused() -> None:
    decision = {"effect": "refuse", "reason": "purpose.unknown", "policy": "balanced@1"}
    intent = an_intent(decision={**decision, "consent": 0, "treatments": {}})
    row = make_row(intent, an_ending(intent, records.REFUSED, reason="gateway.policy-refused"))
    exchange = await a_service(row).get(READER, row.id)
    assert {count.treatment for count in exchange.row.counts} == {"refused"}
    assert (exchange.code, exchange.reason) == (
        "purpose.unknown", "The policy does not know the purpose.",
    )  # fmt: skip


async def test_a_request_that_nobody_made_is_unknown() -> None:
    with pytest.raises(UnknownRequest):
        await a_service().get(READER, "none")


async def test_it_takes_the_right_to_read_requests() -> None:
    service, stranger = a_service(a_row()), a_principal()
    with pytest.raises(DeniedError):
        await service.page(stranger, EVERYTHING, after=None, limit=1)
    with pytest.raises(DeniedError):
        await service.newer(stranger, since="", limit=1)
    with pytest.raises(DeniedError):
        await service.get(stranger, "r-1")
    assert service.store.asked == []  # type: ignore[attr-defined]


def a_reply(model: str, **ending: Any) -> ExchangeRow:
    return replace(a_row(), facts={"model": model}, ending=ending)


def test_tokens_are_counted_by_model_and_only_where_a_reply_came() -> None:
    rows = [
        a_reply("small", restored={"EMAIL_ADDRESS": 2, "PERSON": 1}, mangled=4),
        a_reply("large", restored={}, unknown=1),
        a_reply("small", restored={"PERSON": 1}, withheld=2),
        a_reply("small", reason="idle"),
        a_reply("small"),
    ]
    assert count_tokens(rows) == [
        TokenCounts("small", 2, restored=4, mangled=4, unknown=0, withheld=2),
        TokenCounts("large", 1, restored=0, mangled=0, unknown=1, withheld=0),
    ]


async def test_tokens_are_for_who_may_read_requests_and_of_the_newest_only() -> None:
    rows = [a_reply("small", restored={"PERSON": 1}) for _ in range(3)]
    (found,) = await a_service(*rows).tokens(READER, recent=2)
    assert found.requests == 2
    with pytest.raises(DeniedError):
        await a_service().tokens(a_principal(), recent=2)


async def test_a_key_is_looked_for_by_the_pseudonym_that_the_ledger_knows() -> None:
    service = a_service()
    await service.page(READER, Search(key="key-000002", kind="IBAN"), after=None, limit=1)
    await service.page(READER, Search(key="gone"), after=None, limit=1)
    first, second = (asked[2] for asked in service.store.asked)  # type: ignore[attr-defined]
    assert first == Wanted(actors=["a-2"], kind="IBAN")
    assert second == Wanted(actors=[])


async def test_a_search_that_stopped_says_how_far_back_it_looked() -> None:
    service = a_service(a_row())
    service.store.reached = "019cadd5-11c0-7000-8000-000000000000"  # type: ignore[attr-defined]
    page = await service.page(READER, Search(kind="IBAN"), after=None, limit=5)
    assert page.older == "019cadd5-11c0-7000-8000-000000000000"
    assert page.reached is not None and page.reached.year == 2026


async def test_choices_are_in_the_order_of_their_titles() -> None:
    choices = await a_service().choices(READER)
    assert choices.keys == [
        ("key-000002", "Helpdesk"), ("key-000001", "letters"),
    ]  # fmt: skip
    assert choices.kinds == [("EMAIL_ADDRESS", "E-mail address")]
