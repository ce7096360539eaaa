import csv
import io
import re
from dataclasses import replace

import pytest

from curtilage.gateway.pages import LONGEST_TEXT, ROWS, encode_csv
from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.live import (
    EMAIL,
    OBSERVED,
    SECRET,
    FakeLive,
    a_row,
    a_row_by_token,
    an_unread_row,
    many_rows,
)
from tests.fakes.visitor import Visitor


async def a_visitor(rows: int) -> Visitor:
    return await Visitor(FakeConsole(live=FakeLive(many_rows(rows)))).sign_in()


async def test_an_empty_list_teaches_the_first_request() -> None:
    text = (await (await a_visitor(0)).get("/console/live")).text
    assert "No request has passed yet" in text
    assert "curl http://console.example/v1/chat/completions" in text


async def test_pages_walk_through_every_request_once() -> None:
    visitor = await a_visitor(2 * ROWS + 3)
    path, seen = "/console/live", 0
    while True:
        text = (await visitor.get(path)).text
        seen += text.count("data-row>")
        if ">Older" not in text:
            break
        path = text.split('<a class="button" href="/console/live?after=')[1].split('"')[0]
        path = "/console/live?after=" + path
    assert seen == 2 * ROWS + 3


@pytest.mark.parametrize("after", ["", "x", "../x", "'; drop", fixed_id(1).upper()])
async def test_a_place_that_is_no_id_is_the_beginning(after: str) -> None:
    visitor = await a_visitor(3)
    answer = await visitor.get(f"/console/live?after={after}")
    assert answer.text.count("data-row>") == 3


async def test_one_outcome_can_be_looked_at_alone() -> None:
    visitor = await a_visitor(40)
    text = (await visitor.get("/console/live?outcome=refused")).text
    table = text.split("<tbody")[1]
    assert "Refused" in table
    assert "Completed" not in table
    assert "hx-get" not in table
    assert (await visitor.get("/console/live?outcome=nonsense")).text.count("data-row>") == ROWS


async def test_the_newest_page_asks_for_what_is_new_unless_paused() -> None:
    visitor = await a_visitor(3)
    assert f"since={fixed_id(3)}" in (await visitor.get("/console/live")).text
    paused = (await visitor.get("/console/live?paused")).text
    assert "hx-get" not in paused
    assert "htmx" not in paused.split("</head>")[0].replace("htmx-config", "")


async def test_what_is_new_comes_as_rows_and_the_next_question() -> None:
    visitor = await a_visitor(5)
    text = (await visitor.get(f"/console/live/new?since={fixed_id(3)}")).text
    assert text.count("data-row>") == 2
    assert f"since={fixed_id(5)}" in text
    assert "<html" not in text
    still = (await visitor.get(f"/console/live/new?since={fixed_id(5)}")).text
    assert f"since={fixed_id(5)}" in still
    assert (await visitor.get("/console/live/new?since=x")).status_code == 422


async def test_a_reply_under_way_asks_for_itself_until_it_is_done() -> None:
    live = FakeLive([a_row(1, outcome="pending")])
    visitor = await Visitor(FakeConsole(live=live)).sign_in()
    path = f"/console/live/{fixed_id(1)}/row"
    assert path in (await visitor.get(path)).text
    live.rows = [a_row(1)]
    assert "hx-get" not in (await visitor.get(path)).text


async def test_a_request_shows_its_time_line_and_its_proof() -> None:
    visitor = await a_visitor(3)
    text = (await visitor.get(f"/console/live/{fixed_id(3)}")).text
    assert text.index("Allowed to leave") < text.index("Reply given back")
    assert f"/console/ledger/records/{fixed_id(3)}" in text
    assert "the next checkpoint will cover it" in text
    assert "<dt>Sent to</dt><dd>mirror</dd>" in text


def cells(text: str, label: str) -> list[str]:
    """What the cells of a column say, without their markup."""
    found = re.findall(rf'<td data-label="{label}"[^>]*>(.*?)</td>', text, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", cell).replace("&nbsp;", " ").split()) for cell in found]


async def test_a_row_says_what_became_of_each_finding() -> None:
    live = FakeLive([
        a_row(4, outcome="refused", counts=(SECRET, EMAIL)),
        a_row(3, counts=(OBSERVED,)),
        a_row(2, counts=(EMAIL,)),
        a_row(1, counts=()),
    ])  # fmt: skip
    visitor = await Visitor(FakeConsole(live=live)).sign_in()
    assert cells((await visitor.get("/console/live")).text, "Found") == [
        "1 × AWS access key blocked 2 × e-mail address did not leave",
        "3 × phone number left as it was",
        "2 × e-mail address token",
        "nothing found",
    ]


async def test_what_was_not_scanned_is_not_said_to_hold_nothing() -> None:
    listed = replace(an_unread_row(1), outcome="completed", purpose="assist")
    visitor = await Visitor(FakeConsole(live=FakeLive([an_unread_row(2), listed]))).sign_in()
    text = (await visitor.get("/console/live")).text
    assert cells(text, "Found") == ["not scanned", "nothing to scan"]
    assert cells(text, "Model") == ["–", "–"] and cells(text, "Purpose") == ["–", "assist"]
    assert 'title="Turned away before a purpose was accepted"' in text
    page = (await visitor.get(f"/console/live/{fixed_id(2)}")).text
    assert "It was not scanned" in page and "No personal data" not in page
    assert "Sent to" not in page and "gateway.purpose-not-held" in page
    listing = (await visitor.get(f"/console/live/{fixed_id(1)}")).text
    assert "There is no text in it to scan" in listing


async def test_a_refused_request_is_not_said_to_have_been_sent() -> None:
    row = a_row(1, outcome="refused", counts=(SECRET, EMAIL))
    visitor = await Visitor(FakeConsole(live=FakeLive([row]))).sign_in()
    text = (await visitor.get(f"/console/live/{fixed_id(1)}")).text
    assert "<dt>Meant for</dt><dd>openai</dd>" in text and "Sent to" not in text
    assert cells(text, "What we did") == ["stopped the request", "did not leave"]
    assert "The policy blocks what was found: AWS access key." in text


async def test_the_purpose_of_a_try_is_the_usual_one_unless_somebody_chooses() -> None:
    visitor = await a_visitor(0)
    assert '<option value="assist" selected>' in (await visitor.get("/console/try")).text


def test_a_csv_cell_never_runs_in_a_spreadsheet() -> None:
    row = replace(a_row(1), who='=HYPERLINK("http://x.example")', model="@SUM(1)", purpose="-1")
    cells = list(csv.reader(io.StringIO(encode_csv([row]).decode())))[1]
    assert cells[2:5] == ['\'=HYPERLINK("http://x.example")', "'-1", "'@SUM(1)"]


async def test_the_csv_is_a_file_of_all_rows() -> None:
    visitor = await a_visitor(40)
    answer = await visitor.get("/console/live.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(answer.text.splitlines()) == 41
    assert answer.text.splitlines()[0].split(",")[6] == "found"


async def test_trying_a_text_shows_findings_and_what_would_leave() -> None:
    visitor = await a_visitor(0)
    text = (
        await visitor.post(
            "/console/try",
            page="/console/try",
            text="Mail ada.quill@orchard.example",
            purpose="support",
            policy="strict",
        )
    ).text
    assert "1 finding<" in text or "1 finding " in text
    assert 'href="#finding-1"' in text
    assert 'id="finding-1"' in text
    left = text.split("What would leave")[1].split("What comes back")[0]
    assert "ada.quill" not in left
    assert "QX1-EMAIL-" in left
    assert '<option value="support" selected' in text
    assert '<option value="strict" selected' in text


async def test_a_refused_text_shows_why_and_nothing_that_would_leave() -> None:
    visitor = await a_visitor(0)
    answer = await visitor.post(
        "/console/try", page="/console/try", text="key AKIAEXAMPLEEXAMPLE00", policy="strict"
    )
    assert "Nothing would leave" in answer.text
    assert "What would leave" not in answer.text


async def test_a_text_without_findings_says_so() -> None:
    visitor = await a_visitor(0)
    answer = await visitor.post("/console/try", page="/console/try", text="Good morning")
    assert "Nothing was found" in answer.text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST_TEXT + 1)])
async def test_a_text_that_cannot_be_tried_is_an_error_beside_the_field(text: str) -> None:
    visitor = await a_visitor(0)
    answer = await visitor.post("/console/try", page="/console/try", text=text)
    assert answer.status_code == 422
    assert '<a href="#text">' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_tokens_are_told_by_model_and_live_leads_there() -> None:
    visitor = await a_visitor(40)
    assert 'href="/console/tokens"' in (await visitor.get("/console/live")).text
    text = (await visitor.get("/console/tokens")).text
    models = sorted({row.model for row in many_rows(40)})
    body = text.split("<tbody")[1].split("</tbody>")[0]
    assert body.count("<tr>") == len(models)
    assert all(model in body for model in models)
    assert "3\u202f410" in body


async def test_without_a_reply_the_page_on_tokens_says_what_it_will_show() -> None:
    text = (await (await a_visitor(0)).get("/console/tokens")).text
    assert "No reply has come back yet" in text and "<table" not in text


async def rows_of(visitor: Visitor, query: str) -> int:
    return (await visitor.get(f"/console/live?{query}")).text.count("data-row>")


async def test_requests_are_searched_by_each_field_and_by_all_together() -> None:
    visitor = await a_visitor(40)
    everything = visitor.console.live.rows
    assert await rows_of(visitor, f"id={fixed_id(7)}") == 1
    assert await rows_of(visitor, f"id={fixed_id(7)[:8]}") == ROWS
    assert await rows_of(visitor, f"key={fixed_id(1)}") == 10
    cards = sum(any(each.type == "CREDIT_CARD" for each in row.counts) for row in everything)
    assert await rows_of(visitor, "type=CREDIT_CARD") == cards
    assert await rows_of(visitor, "model=claude*") == sum(
        "claude" in row.model for row in everything
    )
    assert await rows_of(visitor, "since=2026-03-02T09:40&until=2026-03-02T09:41") == 3
    both = f"key={fixed_id(0)}&type=CREDIT_CARD&model=claude*&outcome=completed"
    assert 0 < await rows_of(visitor, both) < cards


async def test_a_search_is_written_into_the_form_and_into_every_link() -> None:
    visitor = await a_visitor(120)
    text = (await visitor.get("/console/live?type=EMAIL_ADDRESS&since=2026-03-02T09:00")).text
    assert '<option value="EMAIL_ADDRESS" selected>' in text
    assert 'value="2026-03-02T09:00"' in text
    assert '<details class="search" open>' in text
    query = "type=EMAIL_ADDRESS&amp;since=2026-03-02T09%3A00"
    assert f"/console/live.csv?{query}" in text
    assert f"/console/live?{query}&amp;after=" in text
    assert "type=EMAIL_ADDRESS&amp;outcome=refused&amp;since" in text
    assert "hx-get" not in text


async def test_a_search_that_stopped_says_so_and_goes_on() -> None:
    visitor = await a_visitor(60)
    visitor.console.live.looks_at = 20
    text = (await visitor.get(f"/console/live?id={fixed_id(5)}")).text
    assert "None found so far" in text and "Searched back to" in text
    for _ in range(2):
        path = text.split("Searched back to")[1].split('href="')[1].split('"')[0]
        text = (await visitor.get(path.replace("&amp;", "&"))).text
    assert text.count("data-row>") == 1 and "Searched back to" not in text


async def test_a_search_that_finds_nothing_says_so() -> None:
    text = (await (await a_visitor(3)).get("/console/live?model=nobody")).text
    assert "No request is like that" in text and "No request has passed yet" not in text


@pytest.mark.parametrize(
    "query",
    [
        "id=<script>", "id=%27%20or%201=1--", "key=ada@orchard.example", "type=%25", "since=soon",
        "model=" + "m" * 5000, "until=%E2%80%AE",
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_told_beside_its_field(query: str) -> None:
    visitor = await a_visitor(3)
    reply = await visitor.get(f"/console/live?{query}")
    assert reply.status_code == 422
    assert "There is a problem" in reply.text and "data-row>" not in reply.text
    assert "<script>" not in reply.text.replace("<script nonce", "")
    assert (await visitor.get(f"/console/live.csv?{query}")).status_code == 422


async def test_what_was_found_is_handed_over_as_csv_that_says_how_far_it_goes() -> None:
    visitor = await a_visitor(60)
    whole = await visitor.get("/console/live.csv?type=CREDIT_CARD")
    assert whole.headers["content-disposition"].endswith("requests.csv")
    assert whole.text.count("CREDIT_CARD") == whole.text.count("\r\n") - 1 > 0
    visitor.console.live.looks_at = 20
    part = await visitor.get("/console/live.csv?type=CREDIT_CARD")
    assert "requests-back-to-20260302T09" in part.headers["content-disposition"]


async def test_who_came_with_a_token_leads_to_their_page_and_is_not_named() -> None:
    rows = [a_row_by_token(2), a_row_by_token(1, is_person=False)]
    visitor = await Visitor(FakeConsole(live=FakeLive(rows))).sign_in()
    app = '<a href="/console/apps/app-1">Orchard notes</a>'
    person = f'<a href="/console/people/p-7">a person</a> by {app}'
    listed = (await visitor.get("/console/live")).text
    assert person in listed and listed.count(app) == 2
    one = (await visitor.get(f"/console/live/{fixed_id(2)}")).text
    assert person in one and "Request by Orchard notes" in one
    lines = (await visitor.get("/console/live.csv")).text.splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == [
        "a person by Orchard notes", "Orchard notes",
    ]  # fmt: skip


async def test_a_person_whose_page_the_reader_may_not_open_is_no_link() -> None:
    row = a_row_by_token(1)
    asker = replace(row.asker, person_path="", app_path="")
    visitor = await Visitor(FakeConsole(live=FakeLive([replace(row, asker=asker)]))).sign_in()
    text = (await visitor.get("/console/live")).text
    assert "a person by Orchard notes" in text
    assert "/console/people/p-7" not in text and "/console/apps/app-1" not in text
