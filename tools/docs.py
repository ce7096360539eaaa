"""Build the documentation into `site/`; a warning is an error."""

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def main() -> int:
    """Run the site generator; on failure say its warnings without its traceback."""
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    report = (done.stdout + done.stderr).partition("Traceback (most recent call last)")[0]
    if done.returncode != 0:
        print(COLOURS.sub("", report).strip())
        print("error: the documentation has warnings; mend them and build again", file=sys.stderr)
        return 1
    pages = len(list((REPOSITORY / "site").rglob("index.html")))
    print(f"site/: {pages} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
