"""The order in which a call is gone through, and what holds whatever happens in between.

Who, what, may it, make it so, write it down, send, restore, write it down. A refusal, a
provider that breaks off, a caller who leaves: the call has an intent and an outcome in
the ledger, and the outcome is durable before the reply ends.
"""

import asyncio
from collections.abc import Callable

from curtilage.core.errors import CurtilageError
from curtilage.gateway import records
from curtilage.gateway.asgi import ASGIScope, CallerLeft, Receive, Send
from curtilage.gateway.billing import Bill
from curtilage.gateway.caller import Caller
from curtilage.gateway.errors import InternalFault
from curtilage.gateway.exchange.call import Call, Path
from curtilage.gateway.exchange.ending import end_cancelled, record_ending, refuse
from curtilage.gateway.exchange.intake import take_in
from curtilage.gateway.exchange.modeltask import ModelTask
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.exchange.task import Task
from curtilage.gateway.recording import Recording


async def serve_call(  # noqa: PLR0917 -- what there is of a call
    services: Services,
    path: Path,
    scope: ASGIScope,
    receive: Receive,
    send: Send,
    make_task: Callable[[Call], Task] = ModelTask,
) -> None:
    """Serve one call. Every end of it is recorded; nothing but cancellation escapes."""
    record = Recording(services.registrar, path.protocol.kind, Bill(services.budgets))
    record.trace(scope)
    caller = Caller(services.pulse, path.protocol, receive, send, record)
    call = Call(services, path, scope, record, caller)
    try:
        await _serve(call, make_task)
    except asyncio.CancelledError:
        # Of a call that has ended already: its caller did not take even that.
        if not caller.waiting.reason:
            raise
    except CallerLeft:
        pass  # nobody was there to take the refusal either
    finally:
        caller.let_go()
        record.bill.release()
        call.maps.give_back()
        await _let_go_of_reply(call)


async def _serve(call: Call, make_task: Callable[[Call], Task]) -> None:
    try:
        await _go_through(call, make_task(call))
    except CallerLeft:
        await record_ending(call, records.ABORTED, "caller-left")
    except CurtilageError as error:
        await refuse(call, error)
    except asyncio.CancelledError:
        await end_cancelled(call)
    except Exception:  # noqa: BLE001 -- a bug: the caller gets a refusal, the log its place
        call.log_bug("exchange failed")
        await refuse(call, InternalFault())


async def _go_through(call: Call, task: Task) -> None:
    try:
        step = await take_in(call, task)
        await step.run()
    finally:
        task.close()


async def _let_go_of_reply(call: Call) -> None:
    """Close the provider's reply. All was told and recorded: no fault of it matters more."""
    if call.reply is not None:
        try:
            await call.reply.close()
        except Exception:  # noqa: BLE001 -- as of a bug in `_serve`
            call.log_bug("a reply was not closed")
