"""Builds the reader of the set-up link: it needs no database, and `serve` loads none."""

from pathlib import Path

from curtilage.identity.adapters.setup_file import DataDirSetupFile


def setup_file(data_dir: Path) -> DataDirSetupFile:
    """The file with the set-up link, for the command line that shows it."""
    return DataDirSetupFile(data_dir)
