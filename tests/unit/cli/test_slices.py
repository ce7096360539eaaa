"""What the slices offer to the command line is gathered, and nothing of it is left out."""

from pathlib import Path

from curtilage.app.settings import read_settings
from curtilage.cli.commands import OF_SLICES
from curtilage.cli.slices import Installation, run_checks, slice_commands
from curtilage.consent.shelf import PolicyShelf
from curtilage.identity.checks import IdentityFacts

NOBODY = IdentityFacts(keys=[], is_enrolled=False, link=None)


def test_the_commands_are_gathered_without_a_look_at_any_installation() -> None:
    assert tuple(name for name, _ in slice_commands()) == OF_SLICES


def test_the_checks_of_every_slice_are_run(tmp_path: Path) -> None:
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    settings = read_settings(None, {}, flags)
    seen = run_checks(Installation(settings, [PolicyShelf().load("observe")], NOBODY))
    assert [each.code for each in seen] == [
        "identity.no-administrator",
        "consent.observing",
        "vault.key-dir-absent",
    ]
