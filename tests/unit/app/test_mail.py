"""How mail leaves."""

import json
from pathlib import Path

import pytest

from curtilage.app.mail import open_mail
from curtilage.app.settings import read_settings
from curtilage.core.errors import SetupError
from curtilage.identity.adapters.mail import FileOutbox, SmtpMail
from tests.fakes import FixedClock, FixedIds


def open_with(tmp_path: Path, **given: object) -> object:
    lines = [f"{name} = {json.dumps(value)}" for name, value in given.items()]
    config = tmp_path / "curtilage.toml"
    config.write_text("\n".join(["[identity]", *lines]))
    flags = {"server.data_dir": str(tmp_path), "server.key_dir": str(tmp_path / "keys")}
    settings = read_settings(config, {}, flags)
    return open_mail(settings, FixedClock(), FixedIds())


def test_without_a_server_messages_are_files_below_the_data_directory(tmp_path: Path) -> None:
    opened = open_with(tmp_path)
    assert isinstance(opened, FileOutbox)
    assert opened.folder == tmp_path / "outbox"
    assert not opened.folder.exists(), "nothing is made before there is a message"


def test_a_server_is_reached_with_the_password_of_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "smtp_host": "mail.orchard.example",
        "smtp_user": "curtilage",
        "smtp_password_env": "ORCHARD_MAIL",
    }
    with pytest.raises(SetupError, match="ORCHARD_MAIL"):
        open_with(tmp_path, **given)
    monkeypatch.setenv("ORCHARD_MAIL", "plum")
    opened = open_with(tmp_path, **given)
    assert isinstance(opened, SmtpMail)
    assert opened.server.password == "plum"
    assert "plum" not in repr(opened)


@pytest.mark.parametrize(
    "given",
    [
        {"smtp_host": "mail.orchard.example", "smtp_security": "none"},
        {"smtp_host": "mail.orchard.example", "smtp_user": "curtilage"},
        {"smtp_host": "mail.orchard.example", "smtp_port": 0},
    ],
)
def test_a_server_that_cannot_be_used_stops_the_start(
    tmp_path: Path, given: dict[str, object]
) -> None:
    with pytest.raises(SetupError):
        open_with(tmp_path, **given)
