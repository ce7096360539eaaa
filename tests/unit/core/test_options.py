"""The options that every command has."""

from pathlib import Path

import typer
from typer.testing import CliRunner

from curtilage.core.options import ConfigOption, DataDirOption, JSONOption


def test_a_command_takes_them_by_their_names_and_may_go_without() -> None:
    app, given = typer.Typer(), []

    @app.command()
    def look(
        config: ConfigOption = None, data_dir: DataDirOption = None, *, as_json: JSONOption = False
    ) -> None:
        given.append((config, data_dir, as_json))

    words = ["--config", "a.toml", "--data-dir", "data", "--json"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert CliRunner().invoke(app, []).exit_code == 0
    assert given == [(Path("a.toml"), Path("data"), True), (None, None, False)]
