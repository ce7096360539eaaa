"""Sends messages: into files that an operator reads, or to a mail server.

Nothing of a message is logged, and no address is in a file's name or in an error.
"""

import asyncio
import os
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

import aiosmtplib

from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.identity.errors import MailNotSent, MailSetup
from curtilage.identity.mail import Message, Sender, encode_message, parse_address

SUFFIX = ".eml"
MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class FileOutbox:
    """Implements `Mail`: a file for each message, mode 0600, at most `most` of them.

    For trying out, and where something else takes the files away: they hold links that
    sign people in."""

    folder: Path
    sender: Sender
    clock: Clock
    ids: Ids
    most: int = MOST_KEPT

    async def send(self, message: Message) -> None:
        id_ = self.ids.new()
        encoded = encode_message(message, sender=self.sender, id=id_, at=self.clock.now())
        try:
            await asyncio.to_thread(self._write, id_, encoded)
        except OSError:
            raise MailNotSent("The outbox cannot be written.") from None

    def _write(self, id_: str, encoded: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for _ in self.folder.glob(f"*{SUFFIX}")) >= self.most:
            raise MailNotSent(f"The outbox is full; it takes {self.most} messages.")
        fresh = self.folder / f".{id_}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
                file.write(encoded)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.folder / f"{id_}{SUFFIX}")
        finally:
            fresh.unlink(missing_ok=True)


class Security(StrEnum):
    """How the way to a mail server is closed (RFC 8314 §3)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where messages are handed in. `seconds` bound the whole of one. Raises `MailSetup`.

    Without TLS only a server on this machine; STARTTLS is asked for, not only taken where
    it is offered, so that nobody between can take the offer away."""

    host: str
    port: int = 465
    security: Security = Security.TLS
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    seconds: float = 30.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.host or not 1 <= self.port <= 65_535 or self.seconds <= 0:
            raise MailSetup("A mail server has a host, a port and a time limit.")
        if self.security is Security.NONE and not _is_here(self.host):
            raise MailSetup("A mail server elsewhere is reached with TLS or STARTTLS only.")
        if bool(self.username) != bool(self.password):
            raise MailSetup("A user of the mail server has a name and a password.")


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """Implements `Mail`: hands each message in over a connection of its own (RFC 6409)."""

    server: MailServer
    sender: Sender
    clock: Clock
    ids: Ids

    async def send(self, message: Message) -> None:
        encoded = encode_message(
            message, sender=self.sender, id=self.ids.new(), at=self.clock.now()
        )
        try:
            async with asyncio.timeout(self.server.seconds):
                await self._hand_in(encoded, parse_address(message.to))
        except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
            raise MailNotSent(is_final=_is_final(problem)) from None

    async def _hand_in(self, encoded: bytes, to: str) -> None:
        server = self.server
        is_closed = server.security is not Security.NONE
        await aiosmtplib.send(
            encoded,
            sender=self.sender.address,
            recipients=[to],
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            local_hostname=self.sender.domain,  # else the name of this machine, looked up
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=(server.tls or ssl.create_default_context()) if is_closed else None,
            timeout=server.seconds,
        )


def _is_final(problem: BaseException) -> bool:
    """Whether the server will say so again: a reply of 500 and more about this message."""
    if isinstance(problem, aiosmtplib.SMTPRecipientsRefused):
        return all(_is_final(each) for each in problem.recipients)
    if isinstance(
        problem,
        aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError | aiosmtplib.SMTPSenderRefused,
    ):
        return problem.code >= 500
    return False


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
