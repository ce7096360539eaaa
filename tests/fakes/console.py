"""The services behind the pages, with invented people and a memory of lists.

`a_console()` gives the whole web application over them; `python -m
tests.fakes.console` serves it, for whoever works on a page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from starlette.applications import Starlette

import curtilage
from curtilage.consent.correction_pages import CorrectionPages
from curtilage.consent.pages import PolicyPages
from curtilage.core.entropy import SystemEntropy
from curtilage.core.errors import AuthenticationError, LimitError, NotFoundError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, PurposeKey
from curtilage.gateway.pages import GatewayPages
from curtilage.gateway.routing.pages import RoutingPages
from curtilage.gateway.search import Search
from curtilage.gateway.usage.models import By, Counts, Period, UsageRow, UsageView
from curtilage.gateway.usage.pages import UsagePages
from curtilage.gateway.views import (
    Counted,
    Exchange,
    LiveChoices,
    LivePage,
    LiveRow,
    RecordPlace,
    Step,
    TokenCounts,
    TryChoices,
    TryFinding,
    TryResult,
)
from curtilage.identity.budgets import Budget, Measure, Tally, Window
from curtilage.identity.key_pages import KeyPages
from curtilage.identity.models import ApiKey, KeyGroup
from curtilage.identity.pages import IdentityPages
from curtilage.identity.service.keys import CreatedKey, KeyRequest
from curtilage.identity.views import BegunSession
from curtilage.ledger.pages import LedgerPages
from curtilage.ledger.views import (
    CheckStep,
    Explanation,
    LedgerCheck,
    LedgerProblem,
    LedgerState,
    NewestCheckpoint,
    Reason,
    RecordProof,
    WriterHead,
)
from curtilage.shield.tokens import ScopeKey, TokenMint
from curtilage.web.app import build_web
from curtilage.web.ports import SignedIn
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.clock import START, FixedClock
from tests.fakes.corrections import FakeCorrections
from tests.fakes.ids import FixedIds, fixed_id
from tests.fakes.policies import FakePolicies
from tests.fakes.routing import FakeRouting

NAME = "ada"
PASSPHRASE = "lantern orchard velvet comet"
LINK = "one-use-link-of-the-first-start"
RIGHTS = frozenset(
    {
        "requests:read", "texts:try", "ledger:read", "ledger:verify", "apikeys:manage",
        "policy:read", "policy:propose", "policy:approve", "corrections:manage",
        "usage:read", "settings:read",
    }
)  # fmt: skip
ROOT = Path(curtilage.__file__).parent
PLACES = {
    "gateway": "gateway", "usage": "gateway/usage", "routing": "gateway/routing",
    "ledger": "ledger", "identity": "identity",
    "consent": "consent",
}  # fmt: skip
PURPOSES = frozenset({ASSIST, PurposeKey("analyse"), PurposeKey("support")})
REFUSED = fixed_id(63)  # a request that was refused unread
EMAIL = Counted("EMAIL_ADDRESS", "e-mail address", "token", 2)
CARD = Counted("CREDIT_CARD", "payment card", "token", 1)
SECRET = Counted("AWS_ACCESS_KEY", "AWS access key", "block", 1)
OBSERVED = Counted("PHONE_NUMBER", "phone number", "allow", 3)
MINT = TokenMint(b"console", ScopeKey(0, bytes(32)))
KEYS = ("Helpdesk", "Letters to patients", "Ada's laptop", "Nightly summaries")
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
CALLS = Budget(Measure.REQUESTS, Window.DAY, 5000)
TOKENS = Budget(Measure.TOKENS, Window.MONTH, 40_000_000)
TEAM = KeyGroup(fixed_id(77), TENANT, "Patient services", START, (TOKENS,))
MODELS = ("gpt-4.1-mini", "claude-sonnet-4-5", "mirror")


def an_administrator() -> Principal:
    """Somebody with every right that a page asks for."""
    return Principal(
        TENANT, PrincipalId("person-admin"), PrincipalKind.PERSON, rights=RIGHTS, assurance=1
    )


def a_row(
    number: int, *, outcome: str = "completed", counts: Sequence[Counted] = (EMAIL,)
) -> LiveRow:
    """The request of that number; a higher number is newer."""
    return LiveRow(
        id=fixed_id(number),
        at=START + timedelta(seconds=17 * number),
        who=KEYS[number % len(KEYS)],
        purpose="assist" if number % 3 else "support",
        model=MODELS[number % len(MODELS)],
        protocol="openai" if number % 2 else "anthropic",
        streamed=bool(number % 2),
        counts=counts,
        outcome=outcome,
        overhead_ms=None if outcome == "pending" else 0.31 + number % 7 / 10,
    )


def an_unread_row(number: int) -> LiveRow:
    """A request that was turned away before it was scanned."""
    row = a_row(number, outcome="refused", counts=())
    return replace(row, purpose="", model="", streamed=False, scanned=False)


def many_rows(count: int) -> list[LiveRow]:
    """Rows of every kind, newest first."""
    kinds: Sequence[tuple[str, Sequence[Counted]]] = (
        ("completed", (EMAIL, CARD)),
        ("completed", ()),
        ("refused", (SECRET, EMAIL)),
        ("completed", (EMAIL,)),
        ("aborted", (EMAIL,)),
        ("completed", (OBSERVED,)),
        ("failed", ()),
        ("unread", ()),
    )
    rows = []
    for number in range(count, 0, -1):
        outcome, counts = kinds[number % len(kinds)]
        is_unread = outcome == "unread"
        rows.append(
            an_unread_row(number) if is_unread else a_row(number, outcome=outcome, counts=counts)
        )
    return rows


def is_like(row: LiveRow, search: Search) -> bool:
    """Whether a row is what is looked for."""
    return (
        row.id.startswith(search.id)
        and (not search.key or row.who == KEYS[int(search.key[-12:], 16) % len(KEYS)])
        and (not search.kind or any(each.type == search.kind for each in row.counts))
        and fnmatchcase(row.model, search.model or "*")
        and search.outcome in ("", row.outcome)
        and (search.since is None or row.at >= search.since)
        and (search.until is None or row.at < search.until)
    )


@dataclass
class FakeLive:
    """Requests in a list, newest first."""

    rows: list[LiveRow] = field(default_factory=list)
    looks_at: int = 100_000

    async def choices(self, actor: Principal) -> LiveChoices:
        kinds = [(each.type, each.title) for each in (SECRET, EMAIL, CARD, OBSERVED)]
        return LiveChoices([(fixed_id(number), name) for number, name in enumerate(KEYS)], kinds)

    async def page(
        self, actor: Principal, search: Search, *, after: str | None, limit: int
    ) -> LivePage:
        """Looks at `looks_at` rows at most, as the real one does at more."""
        behind = [row for row in self.rows if after is None or row.id < after]
        found = [row for row in behind[: self.looks_at] if is_like(row, search)]
        if len(found) > limit:
            return LivePage(found[:limit], found[limit - 1].id)
        if search and len(behind) > self.looks_at:
            last = behind[self.looks_at]
            return LivePage(found, last.id, last.at)
        return LivePage(found)

    async def newer(self, actor: Principal, *, since: str, limit: int) -> Sequence[LiveRow]:
        return [row for row in self.rows if row.id > since][:limit]

    async def tokens(self, actor: Principal, *, recent: int) -> Sequence[TokenCounts]:
        models = sorted({row.model for row in self.rows[:recent]})
        return [
            TokenCounts(model, 1200 - number, 3410, number, 2 * number, 7)
            for number, model in enumerate(models)
        ]

    async def get(self, actor: Principal, request_id: str) -> Exchange:
        for row in self.rows:
            if row.id == request_id:
                return a_refused_exchange(row) if row.outcome == "refused" else an_exchange(row)
        raise NotFoundError


def an_exchange(row: LiveRow) -> Exchange:
    """The page of one request."""
    first = RecordPlace(row.id, "gateway-0", 4021, is_covered=True)
    second = RecordPlace(fixed_id(999_999), "gateway-0", 4022, is_covered=False)
    what = "Three findings became tokens."
    steps = [Step(row.at, "exchange.intended", "Allowed to leave", what, first)]
    if row.outcome != "pending":
        end = row.at + timedelta(seconds=2)
        kind = f"exchange.{row.outcome}"
        steps.append(Step(end, kind, "Reply given back", "Two values restored.", second))
    return Exchange(
        row=row,
        upstream="mirror",
        policy="balanced",
        reason="The policy permits this purpose at this destination.",
        code="permitted",
        steps=steps,
        status=200,
        duration_ms=1834.2,
        first_byte_ms=312.4,
        restored=2,
    )


def a_refused_exchange(row: LiveRow) -> Exchange:
    """The page of one request that was refused, scanned or not."""
    place = RecordPlace(row.id, "gateway-0", 4021, is_covered=True)
    first = (
        "Asked, scanned, decided"
        if row.scanned
        else "Asked; turned away before anything was scanned"
    )
    blocked, missing = (
        "The policy blocks what was found: AWS access key.",
        "The key does not hold this purpose.",
    )
    reason = blocked if row.scanned else missing
    return Exchange(
        row=row,
        upstream="openai" if row.scanned else "",
        policy="strict@4be2b8e1",
        reason=reason,
        code="gateway.content-blocked" if row.scanned else "gateway.purpose-not-held",
        steps=[
            Step(row.at, "exchange.intended", first, "", place),
            Step(row.at, "exchange.refused", "Refused; nothing left", reason),
        ],
        status=400 if row.scanned else 403,
        duration_ms=1.2,
    )


class FakeTryIt:
    """Knows two values by heart, and refuses a text that holds a key."""

    choices_given = TryChoices(
        purposes=[
            ("analyse", "Summarise and search documents"),
            ("assist", "Assist"),
            ("support", "Customer support"),
        ],
        policies=["balanced", "observe", "strict"],
        policy="balanced",
        purpose="assist",
        kinds=[
            ("user.unique_id:CUSTOMER", "Customer number"),
            ("user.contact.email:EMAIL_ADDRESS", "E-mail address"),
        ],
    )
    known = (
        (
            "ada.quill@orchard.example",
            "EMAIL_ADDRESS",
            "E-mail address",
            "user.contact.email",
            "token",
        ),
        ("4111 1111 1111 1111", "CREDIT_CARD", "Payment card", "user.financial.card", "token"),
        ("+44 20 7946 0958", "PHONE_NUMBER", "Phone number", "user.contact.phone_number", "token"),
        ("<script>alert(1)</script>", "MARKUP", "Markup", "user.content", "token"),
        ("AKIAEXAMPLEEXAMPLE00", "AWS_ACCESS_KEY", "AWS access key", "secret.cloud", "block"),
    )

    async def choices(self, actor: Principal) -> TryChoices:
        return self.choices_given

    async def run(self, actor: Principal, *, text: str, purpose: str, policy: str) -> TryResult:
        found = sorted(
            (at, value, *words) for value, *words in self.known if (at := text.find(value)) >= 0
        )
        left, findings, cursor = "", [], 0
        for at, value, type_, title, category, treatment in found:
            left += text[cursor:at]
            token = MINT.mint(type_, value)
            cursor = at + len(value)
            findings.append(
                TryFinding(
                    start=at,
                    end=cursor,
                    type=type_,
                    title=title,
                    category=category,
                    score=0.95,
                    treatment=treatment,
                    why=f"The policy {policy} keeps {category.split('.')[1]} data from leaving.",
                    left_start=len(left),
                    left_end=len(left) + len(token),
                    back_start=at,
                    back_end=cursor,
                )
            )
            left += token
        left += text[cursor:]
        refused = any(item.treatment == "block" for item in findings)
        return TryResult(
            choices=self.choices_given,
            wrote=text,
            left="" if refused else left,
            came_back="" if refused else text,
            findings=findings,
            purpose=purpose,
            policy=policy,
            refusal="It holds a secret, and this policy never lets one go." if refused else "",
            scan_ms=0.08,
        )


@dataclass
class FakeLedger:
    """A ledger that holds, or not, as told; a check ends after `slowness` looks."""

    is_empty: bool = False
    holds: bool = True
    slowness: int = 0

    async def state(self, actor: Principal) -> LedgerState:
        if self.is_empty:
            return LedgerState([], None, None, "")
        note = (
            "ledger.curtilage.example/tenant-orchard\n8044\n"
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            "— ledger.curtilage.example/tenant-orchard Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        )
        checkpoint = NewestCheckpoint("ledger.curtilage.example/tenant-orchard", START, note)
        heads = [
            WriterHead("gateway-0", 4022, 4021, START),
            WriterHead("gateway-1", 3918, 3918, START),
            WriterHead("control", 104, 104, START - timedelta(hours=3)),
        ]
        return LedgerState(heads, checkpoint, START, "the key directory")

    async def begin_check(self, actor: Principal) -> str:
        return fixed_id(7)

    async def check(self, actor: Principal, check_id: str) -> LedgerCheck:
        if check_id != fixed_id(7):
            raise NotFoundError
        running = self.slowness > 0
        self.slowness -= running
        steps = [
            CheckStep("Read every record and its signature", "done", "3 writers"),
            CheckStep("Recompute every tree", "now" if running else "done"),
            CheckStep("Compare with the anchors", "next" if running else self._end()),
        ]
        return LedgerCheck(
            id=check_id,
            started_at=START,
            finished_at=None if running else START + timedelta(seconds=1),
            steps=steps,
            records=8044,
            holds=None if running else self.holds,
            problems=() if running or self.holds else (PROBLEM,),
            complete_to=START,
        )

    def _end(self) -> str:
        return "done" if self.holds else "failed"

    async def prove(self, actor: Principal, record_id: str) -> RecordProof:
        if record_id == fixed_id(404):
            raise NotFoundError
        proof = (
            "c2sp.org/tlog-proof@v1\nindex 4021\n"
            + "Kx8mW7Qd1v0yq3dYvG2q3zSg0t9o2hO0v8pYz5kq1aE=\n" * 6
        )
        record = '{"at":"2026-03-02T09:30:00.000000Z","kind":"exchange.intended","n":4021,"v":1}'
        return RecordProof(record_id, "gateway-0", 4021, "exchange.intended", START, proof, record)

    async def explain(self, actor: Principal, request_id: str) -> Explanation:
        if request_id == fixed_id(404):
            raise NotFoundError
        reasons = [
            Reason(
                "E-mail address",
                2,
                "token",
                "default",
                "No rule names it, so the policy's default applies.",
            ),
            Reason("Payment card", 1, "token", "rule 2: user.financial.card", "Cards never leave."),
        ]
        permitted = "The policy permits this purpose at this destination."
        if request_id == REFUSED:
            refusal = "The key does not hold this purpose."
            return Explanation(
                request_id, START, "balanced@4be2b8e1", "", "refuse", refusal, (),
                code="gateway.purpose-not-held", outcome="refused",
                ending="Refused; nothing left.", status=403,
            )  # fmt: skip
        return Explanation(
            request_id, START, "balanced@4be2b8e1", "assist", "permit", permitted, reasons,
            code="permitted", model="gpt-4.1-mini", upstream="openai", destination="external",
            scanned=3, outcome="completed", ending="Answered.", status=200,
        )  # fmt: skip


PROBLEM = LedgerProblem(
    "A record was changed", "gateway-1", 1207, "Its hash is not the one that record 1208 names."
)


@dataclass
class FakeDesk:
    """One administrator, one link, one passphrase, sessions in a dictionary."""

    enrolled: bool = True
    tries: int = 0
    live: dict[str, datetime] = field(default_factory=dict)

    async def is_enrolled(self) -> bool:
        return self.enrolled

    async def look_at_link(self, link: str) -> None:
        if self.enrolled or link != LINK:
            raise AuthenticationError

    async def enrol(self, *, link: str, name: str, passphrase: str, peer: str) -> BegunSession:
        await self.look_at_link(link)
        self.enrolled = True
        return self._begin()

    async def sign_in(self, *, name: str, passphrase: str, peer: str) -> BegunSession:
        self.tries += 1
        if self.tries > 5:
            raise LimitError(retry_after=30)
        if (name, passphrase) != (NAME, PASSPHRASE):
            raise AuthenticationError
        self.tries = 0
        return self._begin()

    async def sign_out(self, session: str) -> None:
        self.live.pop(session, None)

    async def read(self, secret: str) -> SignedIn | None:
        known = secret in self.live
        return SignedIn(an_administrator(), "Ada Quill") if known else None

    def _begin(self) -> BegunSession:
        secret = f"session-{len(self.live) + 1:040d}"
        # A browser's clock is the machine's: far enough ahead that no run outlives it.
        self.live[secret] = START + timedelta(days=36500)
        return BegunSession(secret, self.live[secret])


@dataclass
class FakeKeys:
    """Keys in a list; the text of a new one is the same each time."""

    kept: list[ApiKey] = field(default_factory=list)

    async def list(self, actor: Principal) -> Sequence[ApiKey]:
        return self.kept

    async def create(self, actor: Principal, request: KeyRequest) -> CreatedKey:
        key = a_key(len(self.kept) + 1, name=request.name, purposes=request.purposes)
        self.kept.append(key)
        return CreatedKey(key, "cur_" + "Example" * 7)

    async def standings(
        self, actor: Principal, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        """A third of each is taken, all of what counts requests, and most of what is shared."""
        shares = {Measure.REQUESTS: 100, Measure.TOKENS: 33, Measure.MONEY: 62}
        return [
            Tally(
                holder,
                budget,
                used=budget.limit * (90 if holder == TEAM.id else shares[budget.measure]) // 100,
            )
            for holder, budget in holders
        ]

    async def revoke(self, actor: Principal, key_id: str) -> ApiKey:
        for place, key in enumerate(self.kept):
            if key.id == key_id:
                self.kept[place] = replace(key, revoked_at=START)
                return self.kept[place]
        raise NotFoundError


def a_key(number: int, **given: Any) -> ApiKey:
    """The key of that number, of the helpdesk unless told otherwise."""
    defaults: dict[str, Any] = {
        "id": fixed_id(number),
        "tenant": TENANT,
        "principal": SERVICE,
        "name": KEYS[number % len(KEYS)],
        "digest": bytes(32),
        "created_at": START + timedelta(days=number),
        "purposes": frozenset({ASSIST}),
        "expires_at": START + timedelta(days=90 * number),
    }
    return ApiKey(**(defaults | given))


def some_keys() -> list[ApiKey]:
    """One of each state."""
    expired = a_key(1, expires_at=START - timedelta(days=1))
    limited = a_key(3, budgets=(CALLS, MONEY), group=TEAM)
    return [expired, a_key(2, revoked_at=START), limited, a_key(4, expires_at=None)]


async def known_names(people: Collection[PrincipalId]) -> dict[PrincipalId, str]:
    return {PrincipalId("person-admin"): "Ada Quill"}


class MemoryBytecode(BytecodeCache):
    """Compiled templates, so that a hundred applications compile each of them once."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = MemoryBytecode()


@dataclass
class FakeUsage:
    """Thirty days of usage, or none; in money, unless told that no price is known."""

    days: int = 31
    currency: str = "EUR"

    async def overview(self, actor: Principal, by: By, period: Period) -> UsageView:
        last = date.fromisoformat(period.until)
        days = [
            UsageRow(
                (last - timedelta(days=ago)).isoformat(),
                self.currency,
                self._counts(40 + (ago * 37 + ago // 7 * 11) % 90),
            )
            for ago in range(self.days)
        ]
        if by is By.DAY or not days:
            return UsageView(days, days)
        labels = {By.KEY: KEYS, By.GROUP: (TEAM.name, "–"), By.MODEL: MODELS}.get(by, ("assist",))
        rows = [
            UsageRow(label, self.currency, self._counts(4000 // (place + 1)))
            for place, label in enumerate(labels)
        ]
        return UsageView(rows, days)

    def _counts(self, calls: int) -> Counts:
        return Counts(
            calls=calls, refused=calls // 40, estimated=calls // 90,
            unpriced=0 if self.currency else calls, tokens_in=calls * 1830,
            tokens_cached=calls * 412, tokens_out=calls * 290,
            cost=calls * 5_480 if self.currency else 0,
        )  # fmt: skip


@dataclass
class FakeConsole:
    """Everything behind the pages, in reach of a test, and the application over it."""

    live: FakeLive = field(default_factory=lambda: FakeLive(many_rows(60)))
    try_it: FakeTryIt = field(default_factory=FakeTryIt)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    desk: FakeDesk = field(default_factory=FakeDesk)
    keys: FakeKeys = field(default_factory=lambda: FakeKeys(some_keys()))
    policies: FakePolicies = field(default_factory=FakePolicies)
    corrections: FakeCorrections = field(default_factory=FakeCorrections)
    usage: FakeUsage = field(default_factory=FakeUsage)
    routing: FakeRouting = field(default_factory=FakeRouting)
    usual_purpose: str = "assist"

    def reset(self) -> None:
        """Back to how it was built; the application keeps answering over it."""
        fresh = FakeConsole()
        self.live.rows = fresh.live.rows
        self.desk.enrolled, self.desk.tries = True, 0
        self.desk.live.clear()
        self.keys.kept = fresh.keys.kept
        vars(self.policies).update(vars(fresh.policies))
        vars(self.routing).update(vars(fresh.routing))
        vars(self.corrections).update(vars(fresh.corrections))
        self.ledger.is_empty, self.ledger.holds, self.ledger.slowness = False, True, 0

    def build(self, origin: str, *, dev: bool = True) -> Starlette:
        """The web application, as the composition root builds it."""
        gateway = GatewayPages(self.live, self.try_it, base_url=origin)
        ledger = LedgerPages(self.ledger, self.ledger)
        identity = IdentityPages(self.desk)
        keys = KeyPages(
            self.keys, self.keys, lambda: PURPOSES, FixedClock(), lambda: self.usual_purpose
        )
        usage = UsagePages(self.usage, FixedClock())
        routing = RoutingPages(self.routing)
        policies = PolicyPages(self.policies)
        corrections = CorrectionPages(self.corrections, known_names)
        slices = (gateway, routing, usage, ledger, identity, keys, policies, corrections)
        return build_web(
            routes=[route for each in slices for route in each.routes()],
            nav=[
                item
                for each in (gateway, routing, usage, ledger, keys, policies)
                for item in each.nav()
            ],
            templates={name: str(ROOT / place / "templates") for name, place in PLACES.items()},
            sessions=self.desk,
            key=b"k" * 32,
            entropy=SystemEntropy(),
            ids=FixedIds(),
            origins=[origin],
            dev=dev,
            compiled=COMPILED,
        )


def main() -> None:
    """Serve the pages over invented data until stopped."""
    console = FakeConsole()
    print(f"http://127.0.0.1:8790  {NAME}  {PASSPHRASE}")
    app = console.build("http://127.0.0.1:8790")
    uvicorn.run(app, host="127.0.0.1", port=8790, log_level="warning")


if __name__ == "__main__":
    main()
