"""A mail server that keeps what it is sent, or fails."""

import re

from curtilage.identity.errors import MailNotSent
from curtilage.identity.mail import Message


class KeptMail:
    """`failures` is how many sendings fail before one does not."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failures = 0

    async def send(self, message: Message) -> None:
        if self.failures:
            self.failures -= 1
            raise MailNotSent
        self.sent.append(message)

    def link(self, path: str) -> str:
        """The secret of the last link of this path that was sent."""
        found = re.findall(rf"{re.escape(path)}/([A-Za-z0-9_-]{{43}})", self.sent[-1].text)
        assert len(found) == 1, self.sent[-1].text
        return str(found[0])
