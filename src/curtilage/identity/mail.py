"""Messages to people, and the port that sends them.

An address here is ASCII: a name in another script is given as its `xn--` form, so that no
letter passes for another. Text that goes into a header has no line ends and no characters
that are not seen, whoever wrote it.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from curtilage.identity.errors import UnacceptableMail

LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
LONGEST_LOCAL = 64
LONGEST_SUBJECT = 200
LONGEST_BODY = 65_536
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. Raises `UnacceptableMail`.

    `html` says the same as `text`, for programs that show it."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        parse_address(self.to)
        _refuse_unseen(self.subject, longest=LONGEST_SUBJECT)
        for body in (self.text, self.html):
            _refuse_controls(body)
        if not self.subject.strip() or not self.text.strip():
            raise UnacceptableMail("A message has a subject and a text.")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who messages come from. Raises `UnacceptableMail`."""

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        parse_address(self.address)
        _refuse_unseen(self.name, longest=LONGEST_SUBJECT)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class Mail(Protocol):
    """Sends messages."""

    async def send(self, message: Message) -> None:
        """Return once somebody else has it safely. Raises `MailNotSent`."""


def parse_address(raw: str) -> str:
    """An address (RFC 5321 §4.1.2 without quotes and literals), its domain in small letters.

    Raises `UnacceptableMail`. What stands before the @ is left as it is: case is its host's.
    """
    shape = _ADDRESS.fullmatch(raw) if len(raw) <= LONGEST_ADDRESS else None
    if shape is None or len(shape[1]) > LONGEST_LOCAL:
        raise UnacceptableMail("The address is not one that mail can be sent to.")
    return f"{shape[1]}@{shape[2].lower()}"


def encode_message(message: Message, *, sender: Sender, id: str, at: datetime) -> bytes:
    """The message as it is sent (RFC 5322), in seven bits, with `id` in its Message-ID."""
    encoded = EmailMessage(policy=SMTP)
    encoded["From"] = Address(sender.name, addr_spec=sender.address)
    encoded["To"] = Address(addr_spec=parse_address(message.to))
    encoded["Subject"] = message.subject
    encoded["Date"] = format_datetime(at)
    encoded["Message-ID"] = f"<{id}@{sender.domain}>"
    encoded["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no holiday reply to this
    encoded.set_content(_lines(message.text), cte="quoted-printable")
    if message.html:
        encoded.add_alternative(_lines(message.html), subtype="html", cte="quoted-printable")
        encoded.set_boundary(f"=_{id}")
    return encoded.as_bytes()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _refuse_unseen(text: str, *, longest: int) -> None:
    """Refuse encoded words as well (RFC 2047 §2): they are shown as what they hide."""
    is_hidden = "=?" in text or any(unicodedata.category(each) in UNSEEN for each in text)
    if is_hidden or len(text) > longest:
        raise UnacceptableMail(
            f"A header has at most {longest} characters, all of them seen, on one line."
        )


def _refuse_controls(text: str) -> None:
    plain = _lines(text).replace("\n", "").replace("\t", "")
    if len(text) > LONGEST_BODY or any(
        unicodedata.category(each) in {"Cc", "Cs"} for each in plain
    ):
        raise UnacceptableMail(
            f"A body has at most {LONGEST_BODY} characters, and no control characters."
        )
