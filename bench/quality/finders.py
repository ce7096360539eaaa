"""Whatever finds, ours and rivals', in one form: texts in, spans out."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench._machine import peers_python
from curtilage.core.models import Finding
from curtilage.detect.scanner import Scanner, build_scanner

PEERS: Mapping[str, str] = {
    "presidio": "Presidio, default",
    "presidio-all": "Presidio, all recognisers",
    "detect-secrets": "detect-secrets",
    "scrubadub": "scrubadub",
}
CACHE = Path(tempfile.gettempdir()) / "curtilage-quality-patterns"


def ours() -> Scanner:
    """The scanner as it is shipped."""
    return build_scanner(CACHE)


def peer_findings(name: str, texts: Iterable[str]) -> list[Sequence[Finding]] | None:
    """What a rival finds in each text; None where it is not installed or fails."""
    python = peers_python()
    if python is None:
        return None
    done = subprocess.run(
        [python, Path(__file__).with_name("_peer.py"), name],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        return None
    return [
        [Finding(start, end, kind, score, "", name) for start, end, kind, score in json.loads(line)]
        for line in done.stdout.splitlines()
    ]
