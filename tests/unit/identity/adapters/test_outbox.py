"""The messages that the outbox wrote come back."""

from pathlib import Path

from curtilage.identity.adapters.mail import FileOutbox
from curtilage.identity.adapters.outbox import MOST_SHOWN, OutboxReader
from curtilage.identity.mail import Message, Sender
from tests.fakes import FixedClock, FixedIds


async def test_the_newest_come_first_as_they_were_written(tmp_path: Path) -> None:
    reader = OutboxReader(tmp_path / "outbox")
    assert await reader.read() == []
    sender = Sender("curtilage@orchard.example", "Curtilage")
    outbox = FileOutbox(tmp_path / "outbox", sender, FixedClock(), FixedIds())
    for n in range(MOST_SHOWN + 2):
        await outbox.send(Message("ada@orchard.example", f"Word {n}", f"Grüße, {n}\n\nBye.\n"))
    read = await reader.read()
    assert len(read) == MOST_SHOWN
    assert (read[0].subject, read[0].to) == (f"Word {MOST_SHOWN + 1}", "ada@orchard.example")
    assert read[0].text == f"Grüße, {MOST_SHOWN + 1}\n\nBye.\n"


async def test_what_is_no_message_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(b"\xff\x00 no message")
    (read,) = await OutboxReader(tmp_path).read()
    assert read.id == "x"
