"""`curtilage policy`."""

import json
import re
import textwrap
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from curtilage.consent.cli import PolicyTools, build_commands
from curtilage.consent.errors import PolicyError, ReportUnwritable, UnknownPolicy
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.models import Finding

CASES = """
format = 1
default = "mask"
[purposes.assist]
[[case]]
name = "An address is masked"
text = "ada@analytical.example"
purpose = "assist"
destination = "openai"
expect = {EMAIL_ADDRESS = "mask"}
"""


def scan(text: str) -> list[Finding]:
    return [Finding(0, len(text), "EMAIL_ADDRESS", 1.0, "user.contact.email", "test")]


def commands(*vocabulary: str) -> object:
    tools = PolicyTools(PolicyShelf(vocabulary=vocabulary), scan)
    return build_commands(lambda config, data_dir: tools, lambda config, data_dir: nullcontext())


def test_show_lists_the_policies_and_prints_one_as_it_is_written() -> None:
    listed = CliRunner().invoke(commands(), ["show"])
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        "strict",
        "balanced",
        "observe",
    ]
    shown = CliRunner().invoke(commands(), ["show", "strict"])
    assert shown.stdout == PolicyShelf().read("strict").decode()


def test_show_prints_json() -> None:
    shown = json.loads(CliRunner().invoke(commands(), ["show", "strict", "--json"]).stdout)
    assert shown[0]["name"] == "strict"
    assert {"data": "secret", "purpose": "*", "destination": "*", "treatment": "block"} in shown[0][
        "rules"
    ]
    assert len(json.loads(CliRunner().invoke(commands(), ["show", "--json"]).stdout)) == 3


def test_an_unknown_policy_is_not_found() -> None:
    result = CliRunner().invoke(commands(), ["show", "nobody"])
    assert isinstance(result.exception, UnknownPolicy)


def test_test_passes_and_fails_by_its_exit_code_without_repeating_the_text(tmp_path: Path) -> None:
    file = tmp_path / "Ours.toml"
    file.write_text(CASES)
    passed = CliRunner().invoke(commands(), ["test", str(file)])
    assert passed.exit_code == 0
    assert passed.stdout.splitlines() == ["passed  An address is masked", "1 passed, 0 failed"]
    file.write_text(CASES.replace('EMAIL_ADDRESS = "mask"', 'EMAIL_ADDRESS = "token"'))
    failed = CliRunner().invoke(commands(), ["test", str(file)])
    assert failed.exit_code == 1
    assert "FAILED  An address is masked" in failed.stdout
    assert "EMAIL_ADDRESS: expected token, got mask" in failed.stdout
    assert "ada@" not in failed.stdout
    as_json = CliRunner().invoke(commands(), ["test", str(file), "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)[0]["passed"] is False


@pytest.mark.parametrize(
    ("text", "vocabulary", "words"),
    [
        (None, (), "cannot be read"),
        ('format = 1\ndefault = "mask"\n[purposes.assist]\n', (), "no .*case"),
        (
            CASES + '[[rules]]\ndata = ["URL"]\ntreatment = "mask"\n',
            ("user.name:PERSON",),
            "not looked for",
        ),
    ],
)
def test_a_file_that_cannot_be_tried_is_refused(
    tmp_path: Path, text: str | None, vocabulary: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "ours.toml"
    if text is not None:
        file.write_text(text)
    result = CliRunner().invoke(commands(*vocabulary), ["test", str(file)])
    assert isinstance(result.exception, PolicyError)
    assert re.search(words, result.exception.detail)


def test_a_file_without_cases_says_how_to_add_one_and_that_one_works(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    shipped = PolicyShelf().read("balanced").decode()
    file.write_text(shipped)
    result = CliRunner().invoke(commands(), ["test", str(file)])
    assert isinstance(result.exception, PolicyError)
    assert "policy show" not in result.exception.advice, "that is the file that was refused"
    shown = textwrap.dedent(result.exception.advice.partition("\n\n")[2])
    file.write_text(f"{shipped}\n{shown}\n")
    tried = CliRunner().invoke(commands(), ["test", str(file)])
    assert (tried.exit_code, tried.stdout.splitlines()[-1]) == (0, "1 passed, 0 failed")


# Several files, as CI tries them


def try_all(folder: Path, *more: str, **files: str) -> Result:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    return CliRunner().invoke(commands(), ["test", str(folder), *more])


DIFFERS = CASES.replace('EMAIL_ADDRESS = "mask"', 'EMAIL_ADDRESS = "token"')
WITHOUT = 'format = 1\ndefault = "mask"\n[purposes.assist]\n'


def test_several_files_tell_what_each_came_to_and_the_failures_as_a_table(tmp_path: Path) -> None:
    result = try_all(tmp_path, good=CASES, bad=DIFFERS, bare=WITHOUT)
    assert result.exit_code == 1
    lines = [line.replace(f"{tmp_path}/", "") for line in result.stdout.splitlines()]
    assert lines[:3] == [
        "FAILED  bad.toml: 1 of 1 differ",
        "–       bare.toml: no cases",
        "passed  good.toml: 1 case",
    ]
    assert lines[4].split() == ["file", "case", "difference"]
    assert lines[5].endswith("An address is masked  EMAIL_ADDRESS: expected token, got mask")
    assert lines[-1] == "1 passed, 1 failed"
    assert "ada@" not in result.stdout


def test_a_file_that_cannot_be_tried_makes_the_run_incomplete(tmp_path: Path) -> None:
    result = try_all(tmp_path, good=CASES, bad=DIFFERS, broken="[[[")
    assert result.exit_code == 5, "which outranks that a case differs"
    assert "not valid TOML" in result.stdout
    assert result.stdout.splitlines()[-1] == "1 passed, 1 failed, 1 not tried"


def test_all_that_passes_is_zero(tmp_path: Path) -> None:
    assert try_all(tmp_path, good=CASES, bare=WITHOUT).exit_code == 0


def test_files_without_any_case_are_wrong_use(tmp_path: Path) -> None:
    assert isinstance(try_all(tmp_path, bare=WITHOUT, other=WITHOUT).exception, PolicyError)
    (tmp_path / "empty").mkdir()
    empty = CliRunner().invoke(commands(), ["test", str(tmp_path / "empty")])
    assert isinstance(empty.exception, PolicyError)


def test_a_report_is_written_whatever_the_outcome(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    result = try_all(tmp_path, "--junit", str(report), "--format", "json", good=CASES, bad=DIFFERS)
    assert result.exit_code == 1
    assert b'<testsuites name="curtilage policy test" tests="2" failures="1" errors="0">' in (
        report.read_bytes()
    )
    rows = json.loads(result.stdout)
    assert [(Path(row["file"]).name, row["policy"], row["passed"]) for row in rows] == [
        ("bad.toml", "bad", False),
        ("good.toml", "good", True),
    ]


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    nowhere = tmp_path / "gone" / "report.xml"
    result = try_all(tmp_path, "--junit", str(nowhere), good=CASES)
    assert isinstance(result.exception, ReportUnwritable)
