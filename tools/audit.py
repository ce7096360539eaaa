"""Ask the advisory service about every locked dependency.

Says «dependency audit: not run» and why, rather than «nothing found», when the
service gave no answer: an index that only mirrors files answers nothing, and
an audit that skipped everything has found nothing out.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
LOCKS = ("test", "clients", "docs", "build")  # test holds base
PATIENCE = 180  # seconds, for all of it


def main() -> int:
    """Audit every lock; 1 where a vulnerability is known."""
    answers = [_audit(name) for name in LOCKS]
    reasons = [answer for answer in answers if isinstance(answer, str)]
    packages = [item for answer in answers if not isinstance(answer, str) for item in answer]
    found = [item for item in packages if item.get("vulns")]
    skipped = [item for item in packages if "skip_reason" in item]
    for item in found:
        names = ", ".join(sorted(vuln["id"] for vuln in item["vulns"]))
        print(f"{item['name']} {item['version']}: {names}")
    if found:
        print(f"dependency audit: {len(found)} packages with known vulnerabilities")
        return 1
    if reasons:
        print(f"dependency audit: not run ({reasons[0]})")
    elif len(skipped) == len(packages):
        print("dependency audit: not run (the index in use serves files and no advisories)")
    else:
        known = len(packages) - len(skipped)
        print(f"dependency audit: {known} packages, no known vulnerability; {len(skipped)} unknown")
    return 0


def _audit(name: str) -> list[dict[str, Any]] | str:
    """The packages of one lock with their advisories, or why there is no answer."""
    lock = str(REPOSITORY / "requirements" / f"{name}.txt")
    options = ["--disable-pip", "--require-hashes", "-f", "json", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", *options, "--timeout", "15", "-r", lock]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return "the advisory service did not answer in time"
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        return "the advisory service cannot be reached from here"


if __name__ == "__main__":
    sys.exit(main())
