"""What the gateway's pages show, and the ports that give it to them.

Rows hold no raw value: names of ours, counts, types and times. Only a
`TryResult` holds text, the one that the person at the keyboard just typed; it
is rendered into their own answer and kept nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from curtilage.core.models import Principal
from curtilage.core.words import say
from curtilage.gateway.search import Search


@dataclass(frozen=True, slots=True)
class Counted:
    """So many findings of a type, treated so. `title` is the type in plain words.

    `treatment` is what the policy says of the type; "refused" where it refused
    the request before that.
    """

    type: str
    title: str
    treatment: str
    count: int


@dataclass(frozen=True, slots=True)
class AppName:
    """An app: its id as its page has it, and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, in words, and by which app with an access token.

    Paths are those of pages that the reader may open, else empty."""

    who: str
    app: str = ""
    app_path: str = ""
    is_person: bool = False
    person_path: str = ""


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One request. `who` is the key's name or what stands for it, `overhead_ms` what we added.

    `outcome` is one of search.OUTCOMES; `pending` while the reply is under way. Without
    `scanned`, empty `counts` do not mean that there was nothing: nobody looked.
    """

    id: str
    at: datetime
    who: str
    purpose: str
    model: str
    protocol: str
    streamed: bool
    counts: Sequence[Counted]
    outcome: str
    overhead_ms: float | None = None
    scanned: bool = True
    asker: Asker = Asker("")


@dataclass(frozen=True, slots=True)
class LivePage:
    """Rows, newest first. `older` is where to go on, None at the end.

    `reached`: a search looked back as far as that and no further; `older` goes on there.
    """

    rows: Sequence[LiveRow]
    older: str | None = None
    reached: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """A key of the console's lists: its id, its name, and its pseudonym in the ledger."""

    key_id: str
    name: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class LiveChoices:
    """What a search can choose from: (id, title) of keys and of types."""

    keys: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where the ledger holds a record; the proof exists once a checkpoint covers it."""

    record_id: str
    writer: str
    number: int
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One record on the time line of a request. `kind` is the Event's."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    place: RecordPlace | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything that one request left in the ledger, for its own page.

    `reason` is what decided in a sentence, `code` its code in the record. `is_cached`:
    what `upstream` had said before was the reply, and nothing left. `hostile` is what
    would have turned the model against its user, by title and how often, `hostile_done` what
    was done about it; `hostile_reply` is what the reply held.
    """

    row: LiveRow
    upstream: str
    policy: str
    reason: str
    steps: Sequence[Step]
    status: int | None = None
    duration_ms: float | None = None
    first_byte_ms: float | None = None
    restored: int = 0
    mangled: int = 0
    unknown_tokens: int = 0
    code: str = ""
    is_cached: bool = False
    hostile: Sequence[tuple[str, int]] = ()
    hostile_done: str = ""
    hostile_reply: Sequence[tuple[str, int]] = ()
    hostile_reply_done: str = ""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """How a model dealt with tokens in its replies to so many requests.

    `mangled` nobody could read any more, `unknown` were of no value of the
    request, `withheld` stood where no value may.
    """

    model: str
    requests: int
    restored: int
    mangled: int
    unknown: int
    withheld: int


class LiveReader(Protocol):
    """Reads requests out of the ledger for people."""

    async def choices(self, actor: Principal) -> LiveChoices:
        """What a search can choose from."""

    async def page(
        self, actor: Principal, search: Search, *, after: str | None, limit: int
    ) -> LivePage:
        """Rows older than the request `after`, or the newest, of those that are looked for."""

    async def newer(self, actor: Principal, *, since: str, limit: int) -> Sequence[LiveRow]:
        """Rows that came after the request `since`, newest first."""

    async def get(self, actor: Principal, request_id: str) -> Exchange:
        """One request. Raises NotFoundError."""

    async def tokens(self, actor: Principal, *, recent: int) -> Sequence[TokenCounts]:
        """By model, the most used first, over so many of the newest requests."""


@dataclass(frozen=True, slots=True)
class TryFinding:
    """A finding in the typed text: where, what, how it is treated and why.

    `start` and `end` are code points of the typed text; `left_start` and
    `left_end` the place of what stands for it in the text that would leave,
    `back_start` and `back_end` in the text that comes back (-1: nowhere).
    """

    start: int
    end: int
    type: str
    title: str
    category: str
    score: float
    treatment: str
    why: str
    left_start: int = -1
    left_end: int = -1
    back_start: int = -1
    back_end: int = -1


WRITERS: Mapping[str, str] = {
    "caller": say("The person or service that calls"),
    "document": say("Somebody else: a document, a website, the result of a tool"),
}
"""Who can have written a text that is tried: what gives orders depends on it."""


@dataclass(frozen=True, slots=True)
class TryChoices:
    """What the form offers: (key, title) of purposes, and names of policies.

    `policy` and `purpose` are those that are chosen unless somebody chooses. `kinds`
    are (`category:TYPE`, title) of what can be said to have been missed.
    """

    purposes: Sequence[tuple[str, str]]
    policies: Sequence[str]
    policy: str
    purpose: str = ""
    kinds: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class TryResult:
    """What would happen to the typed text. `left` is "" where it was refused.

    `refusal` says why in a sentence, "" where the text may go. `wrote` is the text without
    what was cut out of it; `hostile` are titles and counts of hostile text, `hostile_done`
    says what the policy does with it.
    """

    choices: TryChoices
    wrote: str = field(repr=False)
    left: str = field(repr=False)
    came_back: str = field(repr=False)
    findings: Sequence[TryFinding] = field(repr=False)
    purpose: str
    policy: str
    refusal: str = ""
    scan_ms: float | None = None
    writer: str = "caller"
    hostile: Sequence[tuple[str, int]] = ()
    hostile_done: str = ""


class TryIt(Protocol):
    """Runs a text through scan, policy and protection, and keeps nothing."""

    async def choices(self, actor: Principal) -> TryChoices: ...

    async def run(
        self, actor: Principal, *, text: str, purpose: str, policy: str, writer: str = "caller"
    ) -> TryResult:
        """`writer` is one of WRITERS. Raises InputError for what is not offered."""
