"""Reads the messages that `FileOutbox` wrote: for whoever tries the service out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from curtilage.identity.adapters.mail import SUFFIX
from curtilage.identity.people.views import SentMail

MOST_SHOWN = 20
LONGEST = 1 << 20  # bytes; a message of ours has a body of 64 KiB at most


@dataclass(frozen=True, slots=True)
class OutboxReader:
    """Implements `outbox_pages.Outbox`."""

    folder: Path

    async def read(self) -> Sequence[SentMail]:
        """The newest messages, the newest first."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> list[SentMail]:
        paths = sorted(self.folder.glob(f"*{SUFFIX}"), reverse=True)  # their names are ids
        return [_parse(path) for path in paths[:MOST_SHOWN]]


def _parse(path: Path) -> SentMail:
    with path.open("rb") as file:
        parsed = message_from_bytes(file.read(LONGEST), policy=default)
    body = parsed.get_body(("plain",))
    return SentMail(
        id=path.stem,
        to=str(parsed["to"]),
        subject=str(parsed["subject"]),
        text="" if body is None else body.get_content().replace("\r\n", "\n"),
    )
