"""The migrations of every slice, in one line; `core.db.migrate` applies them.

A slice adds the next number and names the one before it. Forward only: an
undo is a new migration. A script describes tables as they were when it was
written, so it never imports a slice's own.
"""

from pathlib import Path

SCRIPTS = Path(__file__).parent
