"""Sends mail after the answer: how long that takes must not tell whether any was sent.

Messages wait in a queue that ends, in memory: a crash loses those that were just asked for,
and people ask again. What cannot be sent is tried again a few times and then recorded.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from curtilage.core.errors import CurtilageError
from curtilage.identity.errors import MailNotSent
from curtilage.identity.mail import Mail, Message

log = logging.getLogger(__name__)
MOST_WAITING = 1000
TRIES = 3
PAUSE = 5.0  # seconds before it is tried again

Letter = Callable[[], Awaitable[Message | None]]
"""Looks up whom to write to, and writes; None where there is nobody."""
Tell = Callable[[str, str], str]
"""Says a text of ours in the language of a tag."""
ENGLISH = "en"


def as_it_is(_: str, text: str) -> str:
    """English, where nobody translates."""
    return text


@dataclass(slots=True)
class Postman:
    """A Job, and what messages are given to."""

    mail: Mail
    pause: float = PAUSE
    name: str = "send-mail"
    tell: Tell = as_it_is
    _waiting: "asyncio.Queue[tuple[Letter, str]]" = field(
        default_factory=lambda: asyncio.Queue(MOST_WAITING), repr=False
    )

    def post(self, message: Message, language: str = ENGLISH) -> None:
        """Send it soon. Where too much waits it is dropped, and that is logged."""

        async def write() -> Message:
            return message

        self.post_later(write, language)

    def post_later(self, letter: Letter, language: str = ENGLISH) -> None:
        """The same, where whether there is anything to send is looked up after the answer."""
        try:
            self._waiting.put_nowait((letter, language))
        except asyncio.QueueFull:
            log.error("mail dropped", extra={"event": "mail.dropped"})

    async def run(self) -> None:
        """Send what waits, one after the other, until cancelled."""
        while True:
            await self._write(*await self._waiting.get())

    async def send_waiting(self) -> int:
        """Send all that waits now, for a command; gives how many could not be sent."""
        failed = 0
        while not self._waiting.empty():
            failed += not await self._write(*self._waiting.get_nowait())
        return failed

    async def _write(self, letter: Letter, language: str) -> bool:
        """One that cannot be written keeps none of the others back: False, and it is logged."""
        try:
            message = await letter()
        except CurtilageError as problem:
            log.error("mail not written", extra={"event": "mail.failed", "code": problem.code})
            return False
        return message is None or await self._send(self.say(message, language))

    def say(self, message: Message, language: str) -> Message:
        """The message in this language. What was said once stays as it was said."""
        subject, text = self.tell(language, message.subject), self.tell(language, message.text)
        return replace(message, subject=subject, text=text)

    async def _send(self, message: Message) -> bool:
        for left in reversed(range(TRIES)):
            try:
                await self.mail.send(message)
            except MailNotSent as problem:
                if not left or problem.is_final:
                    log.error("mail not sent", extra={"event": "mail.failed", "code": problem.code})
                    return False
                await asyncio.sleep(self.pause)
            else:
                return True
        return False
