"""What people look for in *Live*: read from the query of a page, and written to it.

A query holds ids, types, names of models and times: nothing that names a person.
Keys are asked for by their id, because a name may be anybody's.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from curtilage.core.words import say
from curtilage.gateway.routes import LONGEST_NAME

OUTCOMES = ("completed", "refused", "failed", "aborted", "unknown", "pending")
_ID = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")  # a request id (RFC 9562 §4), or how it begins
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = "%Y-%m-%dT%H:%M"  # what <input type=datetime-local> sends (HTML §2.3.5.5)


@dataclass(frozen=True, slots=True)
class Search:
    """Which requests are looked for; what is empty, is not asked. `key` is the id of one.

    `id` may be the beginning of one. `model` may end in `*`. `since` counts, `until` does not.
    """

    id: str = ""
    key: str = ""
    kind: str = ""
    model: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self != EVERYTHING

    @property
    def is_filled_in(self) -> bool:
        """Whether more is asked than how requests ended."""
        return self != Search(outcome=self.outcome)

    def encode(self, **changed: str) -> str:
        """The query of an address that asks the same, and what `changed` adds or changes."""
        fields = {
            "id": self.id,
            "key": self.key,
            "type": self.kind,
            "model": self.model,
            "outcome": self.outcome,
            "since": _encode_time(self.since),
            "until": _encode_time(self.until),
            **changed,
        }
        return urlencode({name: value for name, value in fields.items() if value})


EVERYTHING = Search()


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was read, and what was wrong with it, by field, in words."""

    search: Search
    problems: Mapping[str, str]


def parse_search(
    query: Mapping[str, str], *, keys: Collection[str], kinds: Collection[str]
) -> Asked:
    """Read a query. What is not understood is told, and nothing is searched for it.

    An outcome that there is none of is ignored, as it always was."""
    problems: dict[str, str] = {}
    outcome = query.get("outcome", "")
    search = Search(
        id=_read_id(query, problems),
        key=_read_known("key", query, keys, problems),
        kind=_read_known("type", query, kinds, problems),
        model=_read_model(query, problems),
        outcome=outcome if outcome in OUTCOMES else "",
        since=_read_time("since", query, problems),
        until=_read_time("until", query, problems),
    )
    if search.since and search.until and search.since >= search.until:
        problems["until"] = say("The end lies before the beginning")
    return Asked(search, problems)


def _read_id(query: Mapping[str, str], problems: dict[str, str]) -> str:
    raw = query.get("id", "").strip().lower()
    if raw and not _ID.fullmatch(raw):
        problems["id"] = say(
            "A request id has digits, the letters a to f and hyphens; four at least"
        )
        return ""
    return raw


def _read_known(
    name: str, query: Mapping[str, str], known: Collection[str], problems: dict[str, str]
) -> str:
    raw = query.get(name, "")
    if raw and raw not in known:
        problems[name] = say("There is nothing like that to choose from")
        return ""
    return raw


def _read_model(query: Mapping[str, str], problems: dict[str, str]) -> str:
    raw = query.get("model", "").strip()
    if len(raw) > LONGEST_NAME or not raw.isprintable():
        problems["model"] = say(
            "The name of a model has at most {most} printable characters", most=LONGEST_NAME
        )
        return ""
    return raw


def _read_time(name: str, query: Mapping[str, str], problems: dict[str, str]) -> datetime | None:
    raw = query.get(name, "")
    if not raw:
        return None
    with suppress(ValueError):
        at = datetime.strptime(raw if raw.isascii() else "", _TIME).replace(tzinfo=UTC)
        if at >= _FIRST:
            return at
    problems[name] = say("A time looks like 2026-03-02T09:30, in UTC")
    return None


def _encode_time(at: datetime | None) -> str:
    return at.strftime(_TIME) if at else ""
