"""A caller who goes away at a moment that is known, not after a time that was guessed."""

import json
import socket
from typing import Any

from tests.integration.processes import eventually
from tests.integration.service import RunningService


def leave_once_sent(service: RunningService, key: str, path: str, body: dict[str, Any]) -> None:
    """Call, and leave as soon as the provider has the request, however long that takes."""
    raw = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{service.port}\r\n"
        f"authorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(raw)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), 20) as line:
        line.sendall(head.encode() + raw)
        eventually(lambda: service.provider.received)
