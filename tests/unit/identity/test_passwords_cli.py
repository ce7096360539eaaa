"""`curtilage passwords build-filter`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from curtilage.identity.breached import BreachFilter
from curtilage.identity.errors import UnusablePasswordList
from curtilage.identity.passwords_cli import build_password_commands

pytestmark = [pytest.mark.requirement(38)]

RUN = CliRunner()


def test_a_filter_is_built_from_a_list(tmp_path: Path) -> None:
    source, target = tmp_path / "list.txt", tmp_path / "leaked"
    source.write_bytes(b"first password\n\nsecond password\n")
    done = RUN.invoke(build_password_commands(), ["build-filter", str(source), str(target)])
    assert done.exit_code == 0
    assert done.stdout == f"2 passwords in {target.stat().st_size} bytes, 1 lines left out\n"
    assert BreachFilter.open(target).holds(b"second password")
    as_json = RUN.invoke(
        build_password_commands(), ["build-filter", str(source), str(target), "--json"]
    )
    assert json.loads(as_json.stdout) == {
        "passwords": 2,
        "skipped": 1,
        "bytes": target.stat().st_size,
    }


def test_rare_hashes_are_left_out_where_it_is_said(tmp_path: Path) -> None:
    source, target = tmp_path / "list.txt", tmp_path / "leaked"
    source.write_text(f"{'A' * 40}:5\n{'B' * 40}:50\n")
    words = ["build-filter", str(source), str(target), "--least-count", "50"]
    assert "1 passwords in" in RUN.invoke(build_password_commands(), words).stdout


@pytest.mark.parametrize(("source", "target"), [("absent", "leaked"), ("list", "absent/leaked")])
def test_what_cannot_be_read_or_written_is_said(tmp_path: Path, source: str, target: str) -> None:
    (tmp_path / "list").write_bytes(b"password\n")
    words = ["build-filter", str(tmp_path / source), str(tmp_path / target)]
    done = RUN.invoke(build_password_commands(), words)
    assert isinstance(done.exception, UnusablePasswordList)
