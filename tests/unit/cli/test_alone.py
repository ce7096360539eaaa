"""A data directory belongs to one service at a time."""

import fcntl
from pathlib import Path

import pytest

from curtilage.app.errors import AnotherService
from curtilage.app.settings import read_settings
from curtilage.cli.alone import refuse_second
from curtilage.cli.main import run


def test_a_second_service_is_3_and_told_which_directory(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings(None, {}, {"server.data_dir": data_dir})
    refuse_second(settings)
    lease = data_dir / "ledger" / "sequencer.lease"
    lease.parent.mkdir()
    with lease.open("w") as held:
        refuse_second(settings)
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AnotherService):
            refuse_second(settings)
        for command in ("serve", "demo"):
            assert run([command, "--data-dir", str(data_dir)]) == 3
            said = capsys.readouterr().err.splitlines()
            assert said[0] == f"error: Another service uses {data_dir}."
            assert said[1].startswith("hint: ") and len(said) == 2
