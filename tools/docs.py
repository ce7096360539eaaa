"""Build the documentation into `site/`; a warning is an error.

The navigation is made from the folders of `docs/` in the order a reader wants
them, so that a new page appears by being there.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
SITE = REPOSITORY / "site"
BUILT = REPOSITORY / ".zensical.toml"  # must lie beside docs/
SECTIONS = {
    "Tutorials": "tutorials",
    "How to": "how-to",
    "Explanation": "explanation",
    "Reference": "reference",
    "Decisions": "decisions",
}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def main() -> int:
    """Run the site generator; on failure say its warnings without its traceback."""
    BUILT.write_text(configuration(), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", str(BUILT)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    report = (done.stdout + done.stderr).partition("Traceback (most recent call last)")[0]
    if done.returncode != 0:
        print(COLOURS.sub("", report).strip())
        print("error: the documentation has warnings; mend them and build again", file=sys.stderr)
        return 1
    pages = len(list(SITE.rglob("index.html")))
    print(f"site/: {pages} pages")
    return 0


def configuration() -> str:
    """`zensical.toml` with the navigation added."""
    text = (REPOSITORY / "zensical.toml").read_text(encoding="utf-8")
    return text.replace("[project]\n", f"[project]\nnav = {_nav()}\n", 1)


def _nav() -> str:
    entries = [json.dumps(page) for page in _pages(DOCS, first="index.md")]
    for title, folder in SECTIONS.items():
        pages = ", ".join(json.dumps(page) for page in _pages(DOCS / folder))
        entries.append(f"{{ {json.dumps(title)} = [{pages}] }}")
    return f"[{', '.join(entries)}]"


def _pages(folder: Path, first: str = "") -> list[str]:
    found = sorted(folder.glob("*.md"), key=lambda page: (page.name != first, page.name))
    return [page.relative_to(DOCS).as_posix() for page in found]


if __name__ == "__main__":
    sys.exit(main())
