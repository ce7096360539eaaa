"""The page of usage."""

from dataclasses import replace

from curtilage.gateway.usage.models import Counts, Period, UsageRow
from curtilage.gateway.usage.pages import BARS, chart_of
from tests.fakes.console import FakeConsole
from tests.fakes.usage import FakeUsage
from tests.fakes.visitor import Visitor

WEEK = Period("2026-03-01", "2026-03-07")
DAY = UsageRow("2026-03-05", "EUR", Counts(calls=1, tokens_in=7, tokens_out=3, cost=5_000_000))


async def a_visitor(usage: FakeUsage) -> Visitor:
    return await Visitor(FakeConsole(usage=usage)).sign_in()


async def test_usage_is_shown_by_key_with_a_chart_and_the_same_numbers() -> None:
    text = (await (await a_visitor(FakeUsage())).get("/console/usage")).text
    assert "Helpdesk" in text and "Cost a day in EUR, the last 31 days" in text
    assert text.count("<rect") == BARS
    assert "21.92 EUR" in text
    assert "estimated" in text


async def test_usage_is_shown_by_anything_else_that_is_known() -> None:
    visitor = await a_visitor(FakeUsage())
    assert "mirror" in (await visitor.get("/console/usage?by=model&span=7")).text
    assert "2026-03-02" in (await visitor.get("/console/usage?by=day")).text
    wrong = (await visitor.get("/console/usage?by=planet&span=9999")).text
    assert "Helpdesk" in wrong


async def test_people_and_apps_lead_to_their_pages_where_the_reader_may_open_them() -> None:
    visitor = await a_visitor(FakeUsage())
    text = (await visitor.get("/console/usage?by=person")).text
    assert "By person" in text
    assert '<a href="/console/people/p-1">Ada Quill</a>' in text
    assert "a person (…4f2c1a)" in text and "/4f2c1a" not in text
    assert '<a href="/console/apps/notes">' in (await visitor.get("/console/usage?by=app")).text
    csv = (await visitor.get("/console/usage.csv?by=person")).text
    assert csv.startswith("person,")
    lines = [line.partition(",")[0] for line in csv.splitlines()[1:]]
    assert lines == ["Ada Quill", "a person (…4f2c1a)", "a person no longer known"]


async def test_without_prices_tokens_are_drawn() -> None:
    text = (await (await a_visitor(FakeUsage(currency=""))).get("/console/usage")).text
    assert "Tokens a day" in text
    assert "no price" in text


async def test_without_calls_the_page_teaches_how_to_state_a_price() -> None:
    text = (await (await a_visitor(FakeUsage(days=0))).get("/console/usage?by=day")).text
    assert "Nothing was used in this time" in text
    assert "[[prices]]" in text


async def test_where_nobody_came_with_a_token_it_is_said_where_calls_with_keys_are() -> None:
    visitor = await a_visitor(FakeUsage(days=0))
    text = (await visitor.get("/console/usage?by=person&span=7")).text
    assert "No call came with an access token" in text and "[[prices]]" not in text
    assert 'href="/console/usage?by=key&amp;span=7"' in text


async def test_the_same_sums_are_handed_over_as_csv() -> None:
    reply = await (await a_visitor(FakeUsage())).get("/console/usage.csv?by=model")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.text.startswith("model,calls,refused,")
    assert reply.text.count("\r\n") == 4


async def test_usage_is_for_those_who_signed_in() -> None:
    reply = await Visitor(FakeConsole()).get("/console/usage")
    assert reply.status_code in {303, 401}


def test_a_chart_has_every_day_of_its_time() -> None:
    chart = chart_of([DAY], WEEK)
    assert chart is not None
    assert [value for _, value in chart["values"]] == [0, 0, 0, 0, 5_000_000, 0, 0]
    year = chart_of([DAY], Period("2025-03-08", "2026-03-07"))
    assert year is not None and len(year["values"]) == BARS


def test_a_chart_shows_one_currency_or_tokens() -> None:
    dollars = replace(DAY, currency="USD", counts=Counts(cost=1))
    chart = chart_of([dollars, DAY], WEEK)
    assert chart is not None and chart["currency"] == "EUR"
    assert sum(value for _, value in chart["values"]) == 5_000_000
    tokens = chart_of([replace(DAY, currency="", counts=Counts(tokens_in=7, tokens_out=3))], WEEK)
    assert tokens is not None and sum(value for _, value in tokens["values"]) == 10
    assert chart_of([], WEEK) is None
