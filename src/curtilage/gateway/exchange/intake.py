"""Who calls, and how much they may: everything before a body is understood."""

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.errors import KeyLimitReached, MalformedHeader, QueryRefused
from curtilage.gateway.exchange.call import Admission, Call
from curtilage.gateway.exchange.task import Step, Task
from curtilage.gateway.proofs import admit_once
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.kept_query import KeptQuery, read_kept_query
from curtilage.gateway.wire.protocols import RouteProtocol


async def take_in(call: Call, task: Task) -> Step:
    """Admit the caller, read the body, protect what it holds. Raises what refuses it."""
    services, record = call.services, call.record
    call.query = read_query(call.protocol, call.scope["query_string"])
    call.snapshot = snapshot = services.snapshots.current()
    record.account.policy = snapshot.policy.reference
    record.account.observes = snapshot.policy.observe
    admitted = await admit_once(snapshot, call.scope, services.clock.now(), services.use_proof)
    call.admitted = admitted
    services.uses.note(admitted)
    record.account.group = admitted.key.group.id if admitted.key.group else ""
    if admitted.refusal is not None:
        raise admitted.refusal
    raw = await task.read(snapshot, admitted)
    record.bytes_in = record.bytes_in or len(raw)
    await _take_from_limits(call, admitted, len(raw))
    loaded = await services.sessions.get(admitted.scope)
    call.session = session = loaded.held_for(admitted.purpose)
    call.snapshot = held = _hold_to(call, session, snapshot)
    return await task.prepare(Admission(held, admitted, session), raw)


def read_query(protocol: RouteProtocol, raw: bytes) -> KeptQuery:
    """The query of a call, if it is one that may travel. It could hold anything else."""
    if not protocol.of_kept:
        if not protocol.takes.fits(raw):
            raise MalformedHeader(
                f"The path takes no such query; expected {protocol.takes.words}.",
                hint="Leave everything else out of the address.",
            )
        return KeptQuery(forwarded=raw)
    query = read_kept_query(raw, protocol.query)
    if query is None:
        raise QueryRefused
    return query


async def _take_from_limits(call: Call, admitted: Admitted, size: int) -> None:
    """Count the call against the key's limits, with an estimate of its tokens."""
    key, limits = admitted.key, call.services.limits
    if not key.requests_per_minute and not key.tokens_per_minute:
        return
    estimate = size // 4 if key.tokens_per_minute else 0
    wait = limits.take(key.id, tokens=estimate)
    if wait is None:
        wait = await limits.lease(key.id, tokens=estimate)
    if wait > 0:
        raise KeyLimitReached(f"Try again in {wait} s.", retry_after=wait)
    call.tokens_reserved = estimate


def _hold_to(call: Call, session: Session, snapshot: Snapshot) -> Snapshot:
    """From here on the policies decide that were in force since the session began.

    One that became looser applies to new sessions alone."""
    held = snapshot.held_to(session.loaded.begun_at)
    account, policy = call.record.account, held.policy
    account.observes, account.held_to = policy.observe, policy.held_to
    return held
