"""What a call is about: how its body is read, what is sent, what is kept of its reply.

Most calls are one document in and one reply out: `modeltask`. Those that are about files,
and what is made of files, are in `gateway.tasks`.
"""

from typing import Protocol

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.exchange.call import Admission, Ready
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.facts import ReplyStats


class Step(Protocol):
    """What is left to do for a call that may leave."""

    async def run(self) -> None: ...


class Task(Protocol):
    """What an exchange asks of a task, in this order. Made for one call."""

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        """The body, as far as it is one document. Raises BodyTooLarge or CallerLeft."""

    async def prepare(self, admission: Admission, raw: bytes) -> Step:
        """Find out where the call goes, and protect what it holds. Raises what refuses it."""

    def close(self) -> None:
        """Let go of what the task holds, however the call ended."""


class Sending(Protocol):
    """What `passing` asks of a task that sends one request.

    `keeps` says that `keep` is still to be called, once the reply's id is known. It is called
    for each id that a reply gives beside its own, too."""

    keeps: bool

    def make_bill(self, ready: Ready) -> BilledCall:
        """The call as its bill sees it."""

    def make_outgoing(self, ready: Ready) -> Outgoing:
        """What is to be sent."""

    async def keep(self, ready: Ready, stats: ReplyStats) -> None:
        """Keep what a reply stands for, once its id is known and before the caller learns it."""

    async def forget(self, ready: Ready) -> None:
        """The provider keeps it no longer, and so do we."""
