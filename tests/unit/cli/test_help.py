"""Help is help: each command says what it does, with an example that holds; shells complete it."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

import curtilage
from curtilage.cli.commands import build_app

RUN = CliRunner()


def commands(
    group: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    if not hasattr(group, "commands"):
        yield " ".join(path), group
        return
    for name, command in group.commands.items():
        yield from commands(command, (*path, name))


EVERY = dict(commands(typer.main.get_command(build_app())))
TOP = {words.split()[0] for words in EVERY}


@pytest.mark.parametrize("words", EVERY)
def test_help_says_what_it_does_and_shows_an_example(words: str) -> None:
    shown = RUN.invoke(build_app(), [*words.split(), "--help"])
    assert shown.exit_code == 0
    assert f"Example: curtilage {words}" in " ".join(shown.output.split())
    summary = (EVERY[words].help or "").splitlines()[0]
    assert summary.rstrip().endswith(".") and len(summary) <= 90


@pytest.mark.parametrize("words", EVERY)
def test_the_example_names_only_options_that_there_are(words: str) -> None:
    example = re.search(r"Example: curtilage (.+)", EVERY[words].epilog or "")
    assert example
    given = {word.partition("=")[0] for word in shlex.split(example[1]) if word.startswith("--")}
    known = {option for parameter in EVERY[words].params for option in parameter.opts}
    assert given <= known


@pytest.mark.parametrize("words", EVERY)
def test_a_command_is_the_same_where_only_its_like_are_loaded(words: str) -> None:
    asked = words.split(maxsplit=1)[0]
    few = dict(commands(typer.main.get_command(build_app(asked))))
    assert words in few and {command.split()[0] for command in few} < TOP


def test_the_version_is_told_without_loading_a_command() -> None:
    assert not build_app("--version").registered_commands
    told = RUN.invoke(build_app("--version"), ["--version"], prog_name="curtilage")
    assert told.stdout == f"curtilage {curtilage.__version__}\n"


@pytest.mark.parametrize("words", EVERY)
def test_every_option_and_argument_is_explained(words: str) -> None:
    unexplained = [
        parameter.name
        for parameter in EVERY[words].params
        if not getattr(parameter, "help", "") and parameter.name != "help"
    ]
    assert not unexplained


@pytest.mark.parametrize("words", [words for words in EVERY if not words.startswith(("demo",))])
def test_every_command_takes_a_configuration_and_a_data_directory(words: str) -> None:
    known = {option for parameter in EVERY[words].params for option in parameter.opts}
    assert {"--config", "--data-dir"} <= known


@pytest.mark.parametrize("option", ["--config", "--data-dir", "--json"])
def test_an_option_that_every_command_has_reads_the_same_in_each(option: str) -> None:
    told = {
        getattr(parameter, "help", "")
        for words, command in EVERY.items()
        if words != "demo"  # what it keeps lies in a folder of its own
        for parameter in command.params
        if option in parameter.opts
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    "group",
    [
        "",
        "config",
        "apikeys",
        "groups",
        "clients",
        "users",
        "sessions",
        "passwords",
        "policy",
        "vault",
        "usage",
    ],
)
def test_no_summary_is_cut(group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = RUN.invoke(build_app(), [*group.split(), "--help"]).output
    assert "Commands:" in shown
    assert "..." not in shown.partition("Commands:")[2]


def test_without_words_it_helps() -> None:
    shown = RUN.invoke(build_app(), [])
    assert "serve" in shown.output and "Exit codes" in shown.output


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
def test_shells_are_offered_completion(option: str) -> None:
    assert option in RUN.invoke(build_app(), ["--help"]).output


BEGUN = {
    "curtilage api": {"apikeys"},
    "curtilage apikeys ": {"create", "list", "budget", "revoke", "rotate", "show"},
    "curtilage serve --sing": {"--single"},
}


@pytest.mark.parametrize("words", BEGUN)
def test_a_shell_completes_commands_and_options(words: str) -> None:
    """As bash asks: the words in variables, which of them is meant, one answer a line."""
    asked = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_CURTILAGE_COMPLETE": "complete_bash",
    }
    told = RUN.invoke(build_app(), [], prog_name="curtilage", env=asked)
    assert set(told.output.split()) == BEGUN[words]
