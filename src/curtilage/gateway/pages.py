"""The gateway's pages: *Live*, one request, *Try it*. Each calls one service method."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from curtilage.consent.models import GUARDED
from curtilage.core.clock import encode_instant
from curtilage.core.errors import InputError
from curtilage.core.page import Download, Page, Visit
from curtilage.core.sheet import encode_rows
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.gateway.pieces import GROUPS, cut, mark
from curtilage.gateway.search import Asked, parse_search
from curtilage.gateway.views import (
    WRITERS,
    Exchange,
    LiveChoices,
    LivePage,
    LiveReader,
    LiveRow,
    Step,
    TryChoices,
    TryFinding,
    TryIt,
    TryResult,
)

ROWS = 25
MOST_NEW_ROWS = 50
MOST_CSV_ROWS = 5000
RECENT = 2000  # requests that the page on tokens counts
LONGEST_TEXT = 65_536
MOST_AROUND = 250  # characters on each side of a finding, cut to whole words where they are kept
REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # RFC 9562 §4
READ = "requests:read"
TRY = "texts:try"
EXAMPLE = (
    "Hello, I am Ada Quill. My order 5512 has not come.\n"
    "Please write to ada.quill@orchard.example or call +44 20 7946 0958.\n"
    "You can refund my card 4111 1111 1111 1111."
)
STEP_LOOKS: Mapping[str, tuple[str, str]] = {
    "exchange.intended": ("file-check", "information"),
    "exchange.completed": ("circle-check", "good"),
    "exchange.refused": ("ban", "attention"),
    "exchange.failed": ("circle-x", "danger"),
    "exchange.aborted": ("circle-slash", "neutral"),
    "exchange.unknown": ("circle-question-mark", "attention"),
}


@dataclass(frozen=True, slots=True)
class GatewayPages:
    """Doors to what the gateway did and would do. `base_url` is what clients call."""

    live: LiveReader
    try_it: TryIt
    base_url: str

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("GET", "/console/live", self.show_live, READ, "gateway.live"),
            Route(
                "GET",
                "/console/live.csv",
                self.hand_over_live,
                READ,
                "gateway.live-csv",
                "text/csv",
            ),
            Route("GET", "/console/tokens", self.show_tokens, READ, "gateway.tokens"),
            Route("GET", "/console/live/new", self.show_new, READ, "gateway.live-new"),
            Route("GET", "/console/live/{id}", self.show_exchange, READ, "gateway.exchange"),
            Route("GET", "/console/live/{id}/row", self.show_row, READ, "gateway.live-row"),
            Route("GET", "/console/try", self.ask_for_text, TRY, "gateway.try"),
            Route("POST", "/console/try", self.try_text, TRY, "gateway.try-run"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (
            NavItem(say("Live"), "/console/live", "activity", "l", 10),
            NavItem(say("Try it"), "/console/try", "text-search", "t", 20),
        )

    async def show_live(self, visit: Visit) -> Page:
        """Requests, newest first; the first page keeps itself fresh unless paused or searched."""
        choices = await self.live.choices(visit.actor)
        asked = _asked(visit, choices)
        after = _id_or_none(visit.query.get("after"))
        found = LivePage(())
        if not asked.problems:
            found = await self.live.page(visit.actor, asked.search, after=after, limit=ROWS)
        context = {
            "rows": found.rows,
            "older": found.older,
            "reached": found.reached,
            "after": after,
            "search": asked.search,
            "given": visit.query,
            "problems": asked.problems,
            "choices": choices,
            "most_csv": MOST_CSV_ROWS,
            "paused": "paused" in visit.query,
            "base_url": self.base_url,
        }
        return Page("gateway/live.html", context, status=422 if asked.problems else 200)

    async def show_new(self, visit: Visit) -> Page:
        """Rows since the newest that the reader has, as a fragment."""
        since = _id_or_none(visit.query.get("since"))
        if since is None:
            raise InputError("Expected the id of a request in `since`.")
        rows = await self.live.newer(visit.actor, since=since, limit=MOST_NEW_ROWS)
        return Page("gateway/_new.html", {"rows": rows, "since": rows[0].id if rows else since})

    async def show_row(self, visit: Visit) -> Page:
        """One row again, for a reply that was still under way."""
        exchange = await self.live.get(visit.actor, visit.params["id"])
        return Page("gateway/_row.html", {"row": exchange.row, "fresh": False})

    async def show_exchange(self, visit: Visit) -> Page:
        """One request: facts left, time line right."""
        exchange = await self.live.get(visit.actor, visit.params["id"])
        return Page("gateway/exchange.html", {"exchange": exchange, "steps": _steps(exchange)})

    async def hand_over_live(self, visit: Visit) -> Download:
        """What is looked for as CSV (RFC 4180), the newest rows of it."""
        asked = _asked(visit, await self.live.choices(visit.actor))
        if asked.problems:
            raise InputError("The search was not understood.")
        found = await self.live.page(visit.actor, asked.search, after=None, limit=MOST_CSV_ROWS)
        body, name = encode_csv(found.rows), name_csv(found)
        return Download(body, "text/csv; charset=utf-8", name)

    async def show_tokens(self, visit: Visit) -> Page:
        """How models deal with tokens: what came back, and what did not."""
        models = await self.live.tokens(visit.actor, recent=RECENT)
        context = {"models": models[:ROWS], "others": len(models) - ROWS, "recent": RECENT}
        return Page("gateway/tokens.html", context)

    async def ask_for_text(self, visit: Visit) -> Page:
        """The empty form, with an example that is nobody's."""
        choices = await self.try_it.choices(visit.actor)
        asked = visit.query.get("policy", "")
        if asked in choices.policies:
            choices = replace(choices, policy=asked)
        return Page("gateway/try.html", _try_context(choices, text=EXAMPLE))

    async def try_text(self, visit: Visit) -> Page:
        """What would happen to the text. Nothing of it is kept."""
        text = visit.form.get("text", "")
        if not text.strip() or len(text) > LONGEST_TEXT:
            choices = await self.try_it.choices(visit.actor)
            problem = say("Write or paste a text") if not text.strip() else _too_long(len(text))
            return Page(
                "gateway/try.html",
                _try_context(choices, text=text[:LONGEST_TEXT], problems={"text": problem}),
                status=422,
            )
        result = await self.try_it.run(
            visit.actor,
            text=text,
            purpose=visit.form.get("purpose", ""),
            policy=visit.form.get("policy", ""),
            writer=visit.form.get("writer", "caller"),
        )
        context = _try_context(result.choices, text=text, result=result)
        return Page("gateway/try.html", context)


def name_csv(found: LivePage) -> str:
    """Its name says how far back it goes, where that is not the beginning."""
    if found.older is None:
        return "requests.csv"
    reached = found.reached or found.rows[-1].at
    return f"requests-back-to-{reached:%Y%m%dT%H%MZ}.csv"


def _asked(visit: Visit, choices: LiveChoices) -> Asked:
    return parse_search(
        visit.query,
        keys={key for key, _ in choices.keys},
        kinds={kind for kind, _ in choices.kinds},
    )


def encode_csv(rows: Sequence[LiveRow]) -> bytes:
    """Rows as CSV, with a heading."""
    heading = ("id", "at", "who", "purpose", "model", "protocol", "found", "overhead_ms", "outcome")
    return encode_rows([heading, *map(_cells, rows)]).encode()


def _cells(row: LiveRow) -> tuple[str, ...]:
    counts = " ".join(f"{item.type}:{item.treatment}={item.count}" for item in row.counts)
    overhead = "" if row.overhead_ms is None else f"{row.overhead_ms:.3f}"
    who = (row.id, encode_instant(row.at), row.who, row.purpose, row.model, row.protocol)
    return (*who, counts, overhead, row.outcome)


def _id_or_none(raw: str | None) -> str | None:
    return raw if raw is not None and REQUEST_ID.fullmatch(raw) else None


def _too_long(length: int) -> str:
    return say(
        "The text has {length} characters; this page takes {most}", length=length, most=LONGEST_TEXT
    )


def _steps(exchange: Exchange) -> list[dict[str, Any]]:
    """The time line with a picture and a tone for each step."""
    steps: list[dict[str, Any]] = []
    for step in exchange.steps:
        picture, tone = STEP_LOOKS.get(step.kind, ("circle-dashed", "neutral"))
        steps.append(
            {
                "at": step.at,
                "title": step.title,
                "detail": step.detail,
                "picture": picture,
                "tone": tone,
                "proof": _proof(step),
            }
        )
    return steps


def _proof(step: Step) -> tuple[str, str] | None:
    """What leads to the proof of a step: words, and an address once there is one."""
    if step.place is None:
        return None
    if not step.place.is_covered:
        number = step.place.number
        return say("Record {number}: the next checkpoint will cover it", number=number), ""
    path = f"/console/ledger/records/{step.place.record_id}"
    return say("Proof of record {number}", number=step.place.number), path


def _try_context(
    choices: TryChoices,
    *,
    text: str,
    problems: Mapping[str, str] | None = None,
    result: TryResult | None = None,
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "choices": choices,
        "policies": [(name, name) for name in choices.policies],
        "writers": list(WRITERS.items()),
        "text": text,
        "problems": problems or {},
        "result": result,
        "groups": GROUPS,
        "longest": LONGEST_TEXT,
    }
    if result is not None:
        marks = mark(result.findings)
        context["marks"] = marks
        context["groups"] = [item for item in GROUPS if item[0] in {found.group for found in marks}]
        context["pieces"] = cut(result.wrote, result.findings, "wrote")
        context["columns"] = _columns(result)
        context["values"] = [result.wrote[each.start : each.end] for each in result.findings]
        context["arounds"] = [_around(result.wrote, each) for each in result.findings]
        context["guarded"] = GUARDED
    return context


def _around(text: str, found: TryFinding) -> str:
    """A finding and what stands around it, so far as it may be kept as a case."""
    return text[max(0, found.start - MOST_AROUND) : found.end + MOST_AROUND]


def _columns(result: TryResult) -> list[dict[str, Any]]:
    return [
        {
            "title": say("What you wrote"),
            "words": say("Stays here."),
            "picture": "eye-off",
            "pieces": cut(result.wrote, result.findings, "wrote"),
        },
        {
            "title": say("What would leave"),
            "words": say("All that the provider sees."),
            "picture": "arrow-right",
            "pieces": cut(result.left, result.findings, "left"),
        },
        {
            "title": say("What comes back"),
            "words": say("If the model repeats it word for word."),
            "picture": "check",
            "pieces": cut(result.came_back, result.findings, "back"),
        },
    ]
