"""How a call ends: each end is recorded, and told to whoever is there to be told."""

import asyncio

from curtilage.core.errors import CurtilageError, UnavailableError
from curtilage.gateway import records
from curtilage.gateway.errors import BodyTooSlow, UpstreamFailed, name_upstream
from curtilage.gateway.exchange.call import Call
from curtilage.gateway.pulse import Turn

# How a call is recorded whose caller did not take the reply, by what ran out.
UNREAD = {"idle": "caller-stalled", "timeout": "call-timeout"}


async def close_answered(call: Call, *, failed: bool) -> None:
    """The outcome of a call that the provider answered; durable when this returns."""
    _settle_tokens(call)
    if failed:
        await call.record.close(records.FAILED, "provider-error")
    else:
        await call.record.close(records.COMPLETED)


def _settle_tokens(call: Call) -> None:
    admitted = call.admitted
    if admitted is None or not admitted.key.tokens_per_minute:
        return
    counted = [call.record.stats.get(name) for name in ("tokens_in", "tokens_out")]
    used = sum(count for count in counted if isinstance(count, int))
    if used:
        call.services.limits.settle(admitted.key.id, tokens=used - call.tokens_reserved)


async def refuse(call: Call, error: CurtilageError) -> None:
    """Tell the caller in the protocol's own shape, after the record of it."""
    record = call.record
    call.caller.rest()
    if isinstance(error, UpstreamFailed):
        name_upstream(error, record.passage.last)
    if call.reply is None and _never_left(error):
        record.bill.was_sent = False
    # Once the intent is written only what is missing here keeps the call from being sent.
    failed = record.is_begun and not isinstance(error, UnavailableError)
    record.status = record.status or error.status
    await record_ending(call, records.FAILED if failed else records.REFUSED, error.code)
    await call.caller.tell(error)


def _never_left(error: CurtilageError) -> bool:
    """Whether an error of sending says that nothing can have reached the provider."""
    if isinstance(error, UpstreamFailed):
        return not error.sent
    return isinstance(error, UnavailableError)


async def record_ending(call: Call, kind: str, reason: str) -> None:
    """An outcome, and an intent where there is none yet; a count for the unknown."""
    record, snapshot, admitted, services = call.record, call.snapshot, call.admitted, call.services
    try:
        if snapshot is None or admitted is None:
            services.rejections.count(reason)
            return
        if not record.is_begun:
            call.session = call.session or await services.sessions.get(admitted.scope)
            record.intend_refused(call.who(snapshot, admitted))
        await record.close(kind, reason)
    except CurtilageError:
        # The record cannot be written. Nothing leaves, so refusing is still right; the
        # ledger's own failure is counted and raised by its checks.
        services.registrar.meters.count("unrecorded")
    except Exception:  # noqa: BLE001 -- a bug where records are made: the caller is told all the same
        call.log_bug("a record was not made")
        services.registrar.meters.count("unrecorded")


async def end_cancelled(call: Call) -> None:
    """The caller left, time ran out, or the worker stops."""
    waiting = call.caller.waiting
    if not waiting.reason:
        await record_ending(call, records.ABORTED, "worker-stopped")
        raise asyncio.CancelledError
    waiting.task.uncancel()
    if not waiting.is_overdue:
        await record_ending(call, records.ABORTED, waiting.reason)
    elif waiting.turn is Turn.READER:
        await record_ending(call, records.ABORTED, UNREAD[waiting.reason])
    elif waiting.turn is Turn.SENDER:
        await refuse(call, BodyTooSlow())
    else:
        await refuse(call, UpstreamFailed(waiting.reason, sent=True))
