"""Write the generated pages of the reference, or say which are out of date.

`python tools/reference.py` writes; `--check` writes nothing and returns 1 where
a page is not what its source says. A generator is a module here with `PAGE` and
`render()`; each is found by being listed in `GENERATORS`.
"""

import importlib
import sys
from pathlib import Path
from typing import Protocol, cast

REPOSITORY = Path(__file__).resolve().parent.parent
GENERATORS = (
    "tools.commands",
    "tools.detectors",
    "tools.field_maps",
    "tools.problems",
    "tools.settings",
)


class Generator(Protocol):
    """A module that can write one page."""

    PAGE: Path

    def render(self) -> str: ...


def generators() -> list[Generator]:
    """The generators, imported."""
    return [cast("Generator", importlib.import_module(name)) for name in GENERATORS]


def stale() -> list[Path]:
    """The pages that are missing or out of date."""
    return [one.PAGE for one in generators() if not _is_fresh(one)]


def _is_fresh(one: Generator) -> bool:
    return one.PAGE.is_file() and one.PAGE.read_text(encoding="utf-8") == one.render()


def main() -> int:
    """Write what is out of date; with `--check`, only name it."""
    pages = stale()
    for page in pages:
        print(f"{page.relative_to(REPOSITORY)} is out of date")
    if "--check" in sys.argv[1:]:
        return 1 if pages else 0
    for one in generators():
        one.PAGE.parent.mkdir(parents=True, exist_ok=True)
        one.PAGE.write_text(one.render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    sys.exit(main())
