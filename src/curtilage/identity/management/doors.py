"""One door for each call: who is it, may they, what do they say; then one use case."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from curtilage.core.authority import Authority
from curtilage.core.door import Call, Endpoint, Headers, Operation, Reply
from curtilage.core.errors import NotFoundError
from curtilage.core.ids import Ids
from curtilage.core.models import Principal
from curtilage.core.problem import PROBLEM_TYPE, describe_problem
from curtilage.identity.management.errors import BodyUnreadable, CallerUnknown
from curtilage.identity.management.service.callers import Callers, Shown
from curtilage.identity.management.wire.bodies import Paging
from curtilage.identity.management.wire.members import LONGEST_BODY, is_id
from curtilage.identity.wire.challenges import Challenge, encode_bearer_challenge

JSON = "application/json"
NO_STORE: Headers = (("cache-control", "no-store"),)
Work: TypeAlias = Callable[[Principal, Call], Awaitable[Any]]
"""Answers with what becomes JSON, or None where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What every door of the management API stands on."""

    callers: Callers
    authority: Authority
    ids: Ids

    def at(self, method: str, path: str, name: str, work: Work, operation: Operation) -> Endpoint:
        """The endpoint at an address. Its right is asked for here, and by the use case again."""

        async def answer(call: Call) -> Reply:
            try:
                actor = await self.callers.know(_shown(call))
            except CallerUnknown as refusal:
                return self._ask_who(refusal)
            self.authority.require(actor, operation.right, tenant=actor.tenant)
            _verify_call(call)
            return encode(await work(actor, call), status=operation.status)

        return Endpoint(
            method,
            path,
            answer,
            f"management.{name}",
            most_bytes=LONGEST_BODY,
            operation=operation,
        )

    def _ask_who(self, refusal: CallerUnknown) -> Reply:
        """401 says how to come in (RFC 9110 §15.5.2)."""
        challenge = encode_bearer_challenge(Challenge(realm="management"))
        return Reply(
            orjson.dumps(describe_problem(refusal, instance=self.ids.new())),
            PROBLEM_TYPE,
            refusal.status,
            (("www-authenticate", challenge), *NO_STORE),
        )


def encode(answer: Any, *, status: int = 200) -> Reply:
    """An answer that nobody keeps: a new secret may stand in it."""
    body = b"" if answer is None else orjson.dumps(answer)
    return Reply(body, JSON, status, NO_STORE)


def encode_rows(name: str, rows: Sequence[Mapping[str, Any]], paging: Paging) -> dict[str, Any]:
    """A page of a list that was asked for with one row more than it has; `next` leads on."""
    shown = rows[: paging.limit]
    return {name: shown, "next": shown[-1]["id"] if len(rows) > paging.limit else None}


def _shown(call: Call) -> Shown:
    return Shown(call.method, call.path, call.values("authorization"), call.values("dpop"))


def _verify_call(call: Call) -> None:
    """Ids are ours, and a body is JSON that says so."""
    if not all(is_id(value) for value in call.params.values()):
        raise NotFoundError(hint="Give ids as this API gave them.")
    kinds = [value.partition(";")[0].strip().lower() for value in call.values("content-type")]
    if call.body and kinds != [JSON]:
        raise BodyUnreadable("The body is not said to be application/json.")
