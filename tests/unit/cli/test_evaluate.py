"""`curtilage eval`: figures about labelled text, and clear words about bad lines."""

import json
from pathlib import Path

import pytest

from curtilage.cli.main import run
from tests.patterns import lend_patterns

GOOD = {
    "text": "Mail ada@example.org or call her.",
    "spans": [{"start": 5, "end": 20, "type": "EMAIL_ADDRESS"}],
    "lang": "en",
}
MISSED = {"text": "Hello", "spans": [{"start": 0, "end": 5, "type": "EMAIL_ADDRESS"}], "lang": "de"}


def write(folder: Path, *rows: object) -> str:
    path = folder / "labelled.jsonl"
    lend_patterns(folder / "data")
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return str(path)


def measured(
    folder: Path, capsys: pytest.CaptureFixture[str], *options: str, rows: tuple[object, ...]
) -> str:
    given = ["eval", "--data", write(folder, *rows), "--data-dir", str(folder / "data"), *options]
    assert run(given) == 0
    return capsys.readouterr().out


def test_figures_by_type_and_language_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = measured(tmp_path, capsys, rows=(GOOD, MISSED))
    row = next(line for line in said.splitlines() if "EMAIL_ADDRESS" in line)
    assert row.split() == ["EMAIL_ADDRESS", "2", "0.500", "0.500", "1.000", "0.556", "0.667"]
    assert "by language" in said
    assert "MB/s" in said
    assert "of those with 0.8 or more, 1.000 are right" in said


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(measured(tmp_path, capsys, "--json", rows=(GOOD, MISSED)))
    assert said["texts"] == 2
    assert said["by_language"]["en"]["recall"] == 1
    assert said["by_language"]["de"]["recall"] == 0
    assert said["reliability"] == [{"from": 0.95, "findings": 1, "right": 1}]


def test_only_findings_of_labelled_types_count_unless_every_one_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = {"text": GOOD["text"], "spans": [{"start": 24, "end": 28, "type": "VERB"}]}
    few = json.loads(measured(tmp_path, capsys, "--json", rows=(text,)))
    every = json.loads(measured(tmp_path, capsys, "--json", "--every", rows=(text,)))
    named = json.loads(
        measured(tmp_path, capsys, "--json", "--types", "EMAIL_ADDRESS", rows=(text,))
    )
    assert few["all"]["findings"] == 0
    assert every["all"] | {"labelled": 0} == named["all"] | {"labelled": 0}
    assert named["all"]["findings"] == 1


def test_rules_of_the_configuration_are_measured_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.toml").write_text('[[rules]]\ntype = "PROJECT"\nentries = ["Blue Heron"]\n')
    settings = tmp_path / "curtilage.toml"
    settings.write_text(f'[detect]\nrules = ["{tmp_path / "rules.toml"}"]\n')
    row = {"text": "On to Blue Heron.", "spans": [{"start": 6, "end": 16, "type": "PROJECT"}]}
    said = json.loads(measured(tmp_path, capsys, "--json", "--config", str(settings), rows=(row,)))
    assert said["all"]["recall"] == 1


def test_a_bad_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, GOOD, {"spans": []})
    assert run(["eval", "--data", path, "--data-dir", str(tmp_path / "data")]) == 2
    assert "Line 2 has no `text`" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lend_patterns(tmp_path / "data")
    missing = str(tmp_path / "none.jsonl")
    assert run(["eval", "--data", missing, "--data-dir", str(tmp_path / "data")]) == 2
    assert "none.jsonl cannot be read" in capsys.readouterr().err
