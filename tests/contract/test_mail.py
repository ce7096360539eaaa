"""Every way of sending mail keeps one promise: it arrives as it is, or it is said that not."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from curtilage.core.clock import SystemClock
from curtilage.identity.adapters.mail import FileOutbox, MailServer, Security, SmtpMail
from curtilage.identity.errors import MailNotSent, MailSetup
from curtilage.identity.mail import Mail, Message, Sender
from tests.fakes import FixedClock, FixedIds

SENDER = Sender("no-reply@harbour.example", "Harbour")
TO = "ada@mail.example"


@dataclass
class Keeper:
    """A mail server's memory; `answer` is what it says to the content, `rcpt` to the address."""

    answer: str = "250 kept"
    rcpt: str = "250 fine"
    kept: list[Envelope] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.rcpt

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.kept.append(envelope)
        return self.answer

    def log_in(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any
    ) -> AuthResult:
        self.logins.append(data.password)
        return AuthResult(success=data.password == b"correct", handled=False)


@asynccontextmanager
async def mail_server(keeper: Keeper, **options: Any) -> AsyncIterator[int]:
    """aiosmtpd on this machine; gives its port."""
    tls = options.pop("implicit_tls", None)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mail.example", **options), "127.0.0.1", 0, ssl=tls
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.05)  # connections see that they are over


def near(port: int, **options: Any) -> MailServer:
    given = {"security": Security.NONE, "seconds": 5.0, **options}
    return MailServer("127.0.0.1", port, **given)


def smtp(server: MailServer) -> SmtpMail:
    return SmtpMail(server, SENDER, FixedClock(), FixedIds())


def outbox(folder: Path, **options: Any) -> FileOutbox:
    return FileOutbox(folder, SENDER, FixedClock(), FixedIds(), **options)


@dataclass
class Way:
    """One adapter, and what arrived through it."""

    mail: Mail
    arrived: Callable[[], Sequence[bytes]]

    def read(self) -> list[EmailMessage]:
        found = [message_from_bytes(raw, policy=default) for raw in self.arrived()]
        assert all(isinstance(each, EmailMessage) for each in found)
        return found  # type: ignore[return-value]


@pytest.fixture(params=["files", "server"])
async def way(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Way]:
    if request.param == "files":
        folder = tmp_path / "outbox"
        yield Way(outbox(folder), lambda: [path.read_bytes() for path in sorted(folder.iterdir())])
        return
    keeper = Keeper()
    async with mail_server(keeper) as port:
        yield Way(smtp(near(port)), lambda: [envelope.original_content for envelope in keeper.kept])


async def test_a_message_arrives_as_it_is(way: Way) -> None:
    text = "Grüße, 日本\n.\n..two dots\nFrom the start\n" + "long " * 400
    await way.mail.send(Message(TO, "Ihr Code für Häfen", text, "<p>Grüße</p>"))
    (read,) = way.read()
    assert (read["To"], read["Subject"]) == (TO, "Ihr Code für Häfen")
    assert read["From"] == "Harbour <no-reply@harbour.example>"
    assert read["Date"].datetime - FixedClock().now() < timedelta(seconds=1)
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None and plain.get_content() == text.replace("\n", "\r\n") + "\r\n"
    assert html is not None and html.get_content() == "<p>Grüße</p>\r\n"


async def test_every_message_is_one_of_its_own(way: Way) -> None:
    for number in range(3):
        await way.mail.send(Message(TO, f"Subject {number}", "text"))
    read = way.read()
    assert {each["Subject"] for each in read} == {"Subject 0", "Subject 1", "Subject 2"}
    assert len({each["Message-ID"] for each in read}) == 3


async def test_sent_side_by_side_all_arrive(way: Way) -> None:
    messages = [Message(TO, f"Subject {number}", "text") for number in range(8)]
    await asyncio.gather(*(way.mail.send(each) for each in messages))
    assert len({each["Subject"] for each in way.read()}) == 8


async def test_files_are_their_owners_alone_and_name_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    await outbox(folder).send(Message(TO, "Subject", "text"))
    (path,) = folder.iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "ada" not in path.name and "mail" not in path.name


async def test_a_full_outbox_says_so(tmp_path: Path) -> None:
    mail = outbox(tmp_path, most=2)
    for _ in range(2):
        await mail.send(Message(TO, "Subject", "text"))
    with pytest.raises(MailNotSent, match="full; it takes 2"):
        await mail.send(Message(TO, "Subject", "text"))
    assert len(list(tmp_path.iterdir())) == 2
    next(tmp_path.iterdir()).unlink()
    await mail.send(Message(TO, "Subject", "text"))


async def test_an_outbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MailNotSent) as failed:
        await outbox(tmp_path / "file").send(Message(TO, "Subject", "text"))
    assert str(tmp_path) not in str(failed.value)


async def test_one_person_is_named_to_the_server() -> None:
    keeper = Keeper()
    async with mail_server(keeper) as port:
        await smtp(near(port)).send(Message("Ada@MAIL.example", "Subject", "text"))
    (envelope,) = keeper.kept
    assert envelope.mail_from == "no-reply@harbour.example"
    assert envelope.rcpt_tos == ["Ada@mail.example"]


@pytest.mark.parametrize(
    ("said", "is_final"),
    [
        ({"rcpt": "550 nobody here"}, True),
        ({"rcpt": "451 try later"}, False),
        ({"answer": "554 looks like spam"}, True),
        ({"answer": "452 no room"}, False),
    ],
)
async def test_what_a_server_refuses_is_said_without_its_words(
    said: dict[str, str], is_final: bool
) -> None:
    async with mail_server(Keeper(**said)) as port:
        with pytest.raises(MailNotSent) as failed:
            await smtp(near(port)).send(Message(TO, "Subject", "text"))
    assert failed.value.is_final is is_final
    assert not any(word in str(failed.value) for word in (TO, "nobody here", "spam"))


async def test_a_server_that_is_not_there_or_never_answers_is_not_waited_for() -> None:
    with pytest.raises(MailNotSent):
        await smtp(near(9)).send(Message(TO, "Subject", "text"))
    heard: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: heard.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with asyncio.timeout(3):
        with pytest.raises(MailNotSent) as failed:
            await smtp(near(port, seconds=0.2)).send(Message(TO, "Subject", "text"))
    assert not failed.value.is_final
    silent.close()
    for writer in heard:
        writer.transport.abort()
    await asyncio.sleep(0)


@dataclass(frozen=True)
class Certificate:
    """A certificate of 127.0.0.1, for the server and for who trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem = made.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return Certificate(server, ssl.create_default_context(cadata=pem.decode()))


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_tls_is_used_and_the_certificate_must_hold(
    certificate: Certificate, security: Security
) -> None:
    keeper = Keeper()
    is_tls = security is Security.TLS
    options = {"implicit_tls" if is_tls else "tls_context": certificate.server}
    async with mail_server(keeper, **options) as port:
        trusted = near(port, security=security, tls=certificate.client)
        await smtp(trusted).send(Message(TO, "Subject", "text"))
        assert len(keeper.kept) == 1
        with pytest.raises(MailNotSent):
            await smtp(near(port, security=security)).send(Message(TO, "Subject", "text"))
    assert len(keeper.kept) == 1


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_server_without_tls_gets_nothing(
    certificate: Certificate, security: Security
) -> None:
    keeper = Keeper()
    async with mail_server(keeper, authenticator=keeper.log_in, auth_require_tls=False) as port:
        server = near(
            port, security=security, tls=certificate.client, username="u", password="correct"
        )
        with pytest.raises(MailNotSent):
            await smtp(server).send(Message(TO, "Subject", "text"))
    assert (keeper.kept, keeper.logins) == ([], [])


async def test_the_server_is_told_who_we_are_once_it_is_safe(certificate: Certificate) -> None:
    keeper = Keeper()
    options = {"tls_context": certificate.server, "authenticator": keeper.log_in}
    async with mail_server(keeper, **options) as port:
        for password in ("correct", "wrong"):
            server = near(
                port,
                security=Security.STARTTLS,
                tls=certificate.client,
                username="harbour",
                password=password,
            )
            if password == "correct":
                await smtp(server).send(Message(TO, "Subject", "text"))
                continue
            with pytest.raises(MailNotSent) as failed:
                await smtp(server).send(Message(TO, "Subject", "text"))
            assert not failed.value.is_final
    assert len(keeper.kept) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"security": Security.NONE},
        {"host": "127.0.0.1.mail.example", "security": Security.NONE},
        {"host": ""},
        {"port": 0},
        {"port": 65_536},
        {"seconds": 0},
        {"username": "harbour"},
        {"password": "secret"},
    ],
    ids=str,
)
def test_settings_that_would_give_messages_away_are_refused(options: dict[str, Any]) -> None:
    good = {"host": "mail.example", "username": "u", "password": "p"}
    assert MailServer(**good)
    given = {"host": "mail.example", **options}
    with pytest.raises(MailSetup):
        MailServer(**given)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_server_on_this_machine_may_do_without_tls(host: str) -> None:
    assert MailServer(host, security=Security.NONE)


def test_credentials_are_never_shown() -> None:
    shown = repr(MailServer("mail.example", username="harbour", password="hunter2"))
    assert "hunter2" not in shown and "harbour" not in shown
