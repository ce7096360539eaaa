"""The dependency audit never says «nothing found» when it found nothing out."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house.tree import REPOSITORY

CLEAN = '{"name": "pear", "version": "1.0", "vulns": []}'
SKIPPED = '{"name": "pear", "version": "1.0", "skip_reason": "not found"}'
FAULTY = '{"name": "pear", "version": "1.0", "vulns": [{"id": "PYSEC-0000-1"}]}'


def _audit(folder: Path, *packages: str) -> "subprocess.CompletedProcess[str]":
    """Run the audit against an advisory service that answers like this."""
    answer = '{"dependencies": [' + ", ".join(packages) + "]}"
    body = f"print({answer!r})\n" if packages else "raise SystemExit('no route to host')\n"
    (folder / "pip_audit.py").write_text(body)
    command = [sys.executable, str(REPOSITORY / "tools" / "audit.py")]
    env = {"PATH": os.defpath, "PYTHONPATH": str(folder)}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_an_answer_without_advisories_is_good_news(tmp_path: Path) -> None:
    done = _audit(tmp_path, CLEAN)
    assert done.returncode == 0
    assert "no known vulnerability" in done.stdout


def test_a_known_vulnerability_fails_and_is_named(tmp_path: Path) -> None:
    done = _audit(tmp_path, CLEAN, FAULTY)
    assert done.returncode == 1
    assert "pear 1.0: PYSEC-0000-1" in done.stdout


def test_an_index_that_knows_no_advisories_is_said_to_be_one(tmp_path: Path) -> None:
    done = _audit(tmp_path, SKIPPED)
    assert done.returncode == 0
    assert "dependency audit: not run (" in done.stdout


def test_a_service_out_of_reach_is_said_to_be_so(tmp_path: Path) -> None:
    done = _audit(tmp_path)
    assert done.returncode == 0
    assert "dependency audit: not run (" in done.stdout
