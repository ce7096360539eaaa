"""`curtilage scan` in a folder of its own, and what it said."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from curtilage.cli.main import run

MAIL = "EMAIL_ADDRESS"


class Said(NamedTuple):
    code: int
    out: str
    err: str

    def places(self) -> set[tuple[str, ...]]:
        """Where addresses were found, in words, from a report in JSON lines."""
        records = [json.loads(line) for line in self.out.splitlines()]
        return {place_of(each) for each in records if each.get("type") == MAIL}


def place_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a record says that something stands, in words."""
    field = record.get("field", {})
    row = (f"row {field['row']}",) if "row" in field else ()
    return (
        record["path"].removeprefix("./"),
        *record.get("within", ()),
        *row,
        *filter(None, [field.get("name")]),
    )


Scan = Callable[..., Said]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scan") / "data"


@pytest.fixture
def scan(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Scan:
    monkeypatch.chdir(tmp_path)

    def scan(*words: str) -> Said:
        code = run(["scan", *words, "--no-names", "--data-dir", str(data)])
        return Said(code, *capsys.readouterr())

    return scan
