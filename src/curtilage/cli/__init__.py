"""The command line: one Typer application; each slice brings its own commands.

`main` turns errors into one sentence, one hint and an exit code; no traceback
without `--debug`.
"""
