"""Mail is sent after the answer, and one message keeps no other back."""

import asyncio
import contextlib
import logging

import pytest

from curtilage.identity.errors import MailNotSent
from curtilage.identity.mail import Message
from curtilage.identity.people import postman as module
from curtilage.identity.people.mails import write_sign_up
from curtilage.identity.people.postman import MOST_WAITING, TRIES, Postman
from curtilage.vault.errors import KeyDestroyed
from curtilage.web.languages import load_languages
from tests.fakes.keptmail import KeptMail

pytestmark = pytest.mark.requirement(41)


def a_message(text: str = "hello") -> Message:
    return Message("ada@orchard.example", "A word", text)


class RefusingMail:
    """A server that refuses each message for good."""

    def __init__(self) -> None:
        self.asked = 0

    async def send(self, message: Message) -> None:
        self.asked += 1
        raise MailNotSent(is_final=True)


async def test_nothing_is_sent_before_it_is_asked_for() -> None:
    mail = KeptMail()
    postman = Postman(mail)
    postman.post(a_message())
    assert mail.sent == []
    await postman.send_waiting()
    assert mail.sent == [a_message()]


async def test_as_a_job_it_sends_what_comes() -> None:
    mail = KeptMail()
    postman = Postman(mail)
    job = asyncio.create_task(postman.run())
    for n in range(3):
        postman.post(a_message(str(n)))
    while len(mail.sent) < 3:
        await asyncio.sleep(0)
    job.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await job
    assert [each.text for each in mail.sent] == ["0", "1", "2"]


async def test_what_fails_is_tried_again_and_then_recorded_without_a_word_of_whom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mail = KeptMail()
    postman = Postman(mail, pause=0)
    mail.failures = TRIES - 1
    postman.post(a_message())
    await postman.send_waiting()
    assert mail.sent == [a_message()]
    mail.failures = TRIES
    with caplog.at_level(logging.ERROR, module.__name__):
        postman.post(a_message())
        await postman.send_waiting()
    assert len(mail.sent) == 1
    assert [record.__dict__["code"] for record in caplog.records] == ["identity.mail-not-sent"]
    assert "ada" not in caplog.text


async def test_what_is_refused_for_good_is_not_tried_again() -> None:
    mail = RefusingMail()
    postman = Postman(mail, pause=0)
    postman.post(a_message())
    await postman.send_waiting()
    assert mail.asked == 1


async def test_what_cannot_be_written_keeps_no_other_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mail = KeptMail()
    postman = Postman(mail)

    async def cannot() -> Message | None:
        raise KeyDestroyed

    async def nobody() -> Message | None:
        return None

    with caplog.at_level(logging.ERROR, module.__name__):
        postman.post_later(cannot)
        postman.post_later(nobody)
        postman.post(a_message())
        await postman.send_waiting()
    assert mail.sent == [a_message()]
    assert len(caplog.records) == 1


async def test_the_queue_ends(caplog: pytest.LogCaptureFixture) -> None:
    mail = KeptMail()
    postman = Postman(mail)
    with caplog.at_level(logging.ERROR, module.__name__):
        for _ in range(MOST_WAITING + 1):
            postman.post(a_message())
    assert [record.__dict__["event"] for record in caplog.records] == ["mail.dropped"]
    await postman.send_waiting()
    assert len(mail.sent) == MOST_WAITING


async def test_a_message_is_said_in_the_language_of_who_asked_for_it() -> None:
    mail = KeptMail()
    postman = Postman(mail, tell=load_languages().tell)
    written = write_sign_up(
        "ada@orchard.example", service="orchard.example", link="https://orchard.example/x"
    )
    for language in ("de", "tlh"):
        postman.post(written, language)
    await postman.send_waiting()
    german, english = mail.sent
    assert german.subject == "Ihr Konto bei orchard.example"
    assert "Öffnen Sie diesen Link" in german.text
    assert german.text.count("https://orchard.example/x") == 1
    assert english == written
