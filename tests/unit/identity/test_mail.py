"""Messages: who they may go to, and that nothing typed by anybody becomes a header."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from curtilage.identity.errors import UnacceptableMail
from curtilage.identity.mail import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    Message,
    Sender,
    encode_message,
    parse_address,
)
from tests.fakes.clock import START

SENDER = Sender("no-reply@harbour.example", "Harbour")
TO = "ada@mail.example"


def written(message: Message, sender: Sender = SENDER) -> EmailMessage:
    raw = encode_message(message, sender=sender, id="id-1", at=START)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))  # RFC 5322 §2.1.1
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    read = message_from_bytes(raw, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_message_is_written_as_every_program_reads_it() -> None:
    read = written(Message(TO, "Ihr Code für Häfen", "Grüße\n.\nFrom here", "<p>Grüße</p>"))
    assert read["From"] == "Harbour <no-reply@harbour.example>"
    assert (read["To"], read["Subject"]) == (TO, "Ihr Code für Häfen")
    assert read["Message-ID"] == "<id-1@harbour.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == START.replace(microsecond=0)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None and text.get_content() == "Grüße\r\n.\r\nFrom here\r\n"
    assert html is not None and html.get_content() == "<p>Grüße</p>\r\n"


def test_a_message_of_text_alone_has_one_part() -> None:
    read = written(Message(TO, "Subject", "x" * 5000 + "\r\nend"))
    assert not read.is_multipart()
    assert read.get_content() == "x" * 5000 + "\r\nend\r\n"
    assert set(read.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


def test_the_same_message_is_the_same_bytes() -> None:
    message = Message(TO, "Subject", "text", "<p>text</p>")
    first, second = (encode_message(message, sender=SENDER, id="id-1", at=START) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "raw",
    ["ada@mail.example", "a.b+c@x.y.example", "ada@xn--bcher-kva.example", "ADA@localhost", "!#$%&'*/=?^_`{|}~-@a.b"],
)  # fmt: skip
def test_addresses_that_mail_can_be_sent_to(raw: str) -> None:
    assert parse_address(raw) == raw
    assert Message(raw, "Subject", "text")


def test_the_host_of_an_address_has_one_spelling() -> None:
    assert parse_address("Ada@MAIL.Example") == "Ada@mail.example"


@pytest.mark.parametrize(
    "raw",
    [
        "", "ada", "@mail.example", "ada@", "ada@mail@example", "ada@mail.example\r\nBcc: eve@evil.example",
        "ada@mail.example\n", "\nada@mail.example", "ada@mail.example,eve@evil.example", "Ada <ada@mail.example>",
        "ada@mail.example eve@evil.example", "ada;eve@mail.example", '"a b"@mail.example', "ada@[192.0.2.1]", "a..b@mail.example",
        ".ada@mail.example", "ada@-mail.example", "ada@mail..example", "ada@mail.example.", "ada\0@mail.example",
        "аda@mail.example", "ada@mаil.example", "ada＠mail.example", "ada@mail\u3002example", "ada@mail\u2028.example", "ädä@mail.example",
        "ada@bücher.example", "ada\u200b@mail.example", "a" * 65 + "@mail.example", "ada@" + "a." * 130 + "example", "ada%0d%0a @x.example",
    ],
)  # fmt: skip
def test_what_is_no_single_plain_address_is_refused(raw: str) -> None:
    assert Message(TO, "Subject", "text")
    with pytest.raises(UnacceptableMail) as refused:
        Message(raw, "Subject", "text")
    assert "evil" not in str(refused.value)
    with pytest.raises(UnacceptableMail):
        Sender(raw)


@pytest.mark.parametrize(
    "text",
    [
        "one\r\nBcc: eve@evil.example", "one\ntwo", "one\rtwo", "one\x0btwo", "one\x0ctwo", "one\x85two", "one\u2028two",
        "one\u2029two", "\u202emoc", "zero\u200bwidth", "nul\0", "\x1b[2J", "\ud800", "\ufeffmark", "=?utf-8?q?=0D=0ABcc=3A?=", "x" * (LONGEST_SUBJECT + 1),
    ],
)  # fmt: skip
def test_no_header_has_a_line_end_or_what_is_not_seen(text: str) -> None:
    with pytest.raises(UnacceptableMail) as refused:
        Message(TO, text, "text")
    assert "evil" not in str(refused.value)
    with pytest.raises(UnacceptableMail):
        Sender("no-reply@harbour.example", text)


@pytest.mark.parametrize("subject", ['Re: "quotes" <x>', "a: b", "x" * 200, "日本" * 90])
def test_a_subject_stays_a_subject(subject: str) -> None:
    read = written(Message(TO, subject, "text"), Sender("no-reply@harbour.example", subject))
    assert read["Subject"] == subject
    assert "Bcc" not in read
    assert len(read.get_all("To")) == 1
    (sender,) = read["From"].addresses
    assert sender.addr_spec == "no-reply@harbour.example"


@pytest.mark.parametrize(
    "body", ["\0", "bell\x07", "lone\rreturn", "\x1b[2J", "\ud800", "x" * (LONGEST_BODY + 1)]
)
def test_a_body_has_no_control_characters(body: str) -> None:
    assert Message(TO, "Subject", "tab\tand\r\nlines\n")
    with pytest.raises(UnacceptableMail):
        Message(TO, "Subject", body)
    with pytest.raises(UnacceptableMail):
        Message(TO, "Subject", "text", body)


@pytest.mark.parametrize(("subject", "text"), [("", "text"), ("  ", "text"), ("Subject", "\n")])
def test_a_message_says_something(subject: str, text: str) -> None:
    with pytest.raises(UnacceptableMail):
        Message(TO, subject, text)


def test_a_message_does_not_show_itself() -> None:
    shown = repr(Message(TO, "Subject", "code 1234 5678", "<b>1234 5678</b>"))
    assert "ada" not in shown and "1234" not in shown
