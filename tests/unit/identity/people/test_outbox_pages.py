"""The outbox, in development and only there."""

from pathlib import Path

from curtilage.app.mail import find_outbox
from curtilage.app.settings import read_settings
from tests.fakes.console import FakeConsole
from tests.fakes.people import LINK, FakeOutbox
from tests.fakes.visitor import Visitor
from tests.identity_house import PASSPHRASE, House


async def test_messages_are_shown_as_plain_text() -> None:
    text = (await (await Visitor().sign_in()).get("/console/outbox")).text
    assert LINK in text
    assert "To ada@orchard.example" in text
    assert "A &lt;b&gt;subject" in text


async def test_before_there_is_one_it_says_how_to_make_one() -> None:
    visitor = await Visitor(FakeConsole(outbox=FakeOutbox([]))).sign_in()
    assert "curtilage users invite" in (await visitor.get("/console/outbox")).text


async def test_it_is_for_administrators() -> None:
    answer = await Visitor().get("/console/outbox")
    assert answer.headers["location"] == "/login?next=/console/outbox"


async def test_where_it_is_not_asked_for_there_is_no_such_page(house: House) -> None:
    await house.enrol()
    visitor = Visitor(house)
    await visitor.post("/login", name="Grace", passphrase=PASSPHRASE)
    assert (await visitor.get("/console/people")).status_code == 200
    assert (await visitor.get("/console/outbox")).status_code == 404


def test_it_is_asked_for_in_development_without_a_mail_server_alone(tmp_path: Path) -> None:
    found = {}
    for mode in ("dev", "production"):
        for host in ("", "mail.orchard.example"):
            flags = {"server.mode": mode, "server.data_dir": tmp_path, "identity.smtp_host": host}
            found[mode, host] = find_outbox(read_settings(None, {}, flags))
    assert found.pop(("dev", "")) == tmp_path / "outbox"
    assert set(found.values()) == {None}
