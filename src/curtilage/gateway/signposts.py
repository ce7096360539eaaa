"""What callers are told beside a reply: where tokens come from, and the nonce of proofs.

A challenge names the document that describes this resource (RFC 9728 §5.1). Where proofs
of possession need a nonce, each reply to one has the newest (RFC 9449 §9), so that who
follows it never has to ask twice.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curtilage.core.errors import CurtilageError
from curtilage.gateway.asgi import ASGIScope, Send
from curtilage.gateway.ports import SnapshotSource

CHALLENGE = b"www-authenticate"
START = "http.response.start"


@dataclass(frozen=True, slots=True)
class Signposts:
    """`metadata` is the address of the document; `find_nonce` gives "" where none is needed."""

    metadata: str
    find_nonce: Callable[[], str]

    def put_up(self, scope: ASGIScope, send: Send) -> Send:
        """The same way back, with what belongs beside the head of the reply."""
        is_proved = any(name == b"dpop" for name, _ in scope["headers"])

        async def send_with(message: MutableMapping[str, Any]) -> None:
            if message["type"] == START:
                message = {**message, "headers": self._add(message["headers"], is_proved)}
            await send(message)

        return send_with

    def _add(
        self, headers: list[tuple[bytes, bytes]], is_proved: bool
    ) -> list[tuple[bytes, bytes]]:
        guide = f', resource_metadata="{self.metadata}"'.encode("ascii")
        told = [(name, value + guide if name == CHALLENGE else value) for name, value in headers]
        nonce = self.find_nonce() if is_proved else ""
        return [*told, (b"dpop-nonce", nonce.encode("ascii"))] if nonce else told


def find_nonce(snapshots: SnapshotSource, now: Callable[[], datetime]) -> str:
    """The newest nonce, by what this worker was told last."""
    try:
        tokens = snapshots.current().tokens
    except CurtilageError:
        return ""
    return tokens.nonce(now()) if tokens else ""
