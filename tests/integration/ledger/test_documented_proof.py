"""The verifier printed in the documentation accepts our proofs and no others."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from curtilage.ledger.note import encode_verifier_key
from curtilage.ledger.prove import prove
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "verify-a-proof.md"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The code block, saved as its page says."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert "curtilage" not in block.lower()
    path = tmp_path / "verify_proof.py"
    path.write_text(block, encoding="utf-8")
    return path


def _run(script: Path, proof: str, vkey: str) -> "subprocess.CompletedProcess[str]":
    folder = script.parent
    (folder / "record.tlog-proof").write_text(proof, encoding="utf-8")
    (folder / "ledger.vkey").write_text(vkey + "\n", encoding="utf-8")
    command = [sys.executable, "-I", str(script), "record.tlog-proof", "ledger.vkey"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_documented_code_verifies_our_proofs(script: Path, tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    world.write_batches([5, 8], tenants=2)
    world.sequence()
    vkey = encode_verifier_key(f"{NAME}/head", KEY.public_key())
    for number in (1, 7, 13):
        proof = prove(world.ledger, fixed_id(number), name=NAME, key=KEY.public_key())
        done = _run(script, proof, vkey)
        assert done.returncode == 0, done.stderr
        assert fixed_id(number) in done.stdout
    changed = proof.replace("index 6", "index 5")
    assert changed != proof
    assert _run(script, changed, vkey).returncode != 0
    first = proof.splitlines()[1]
    for wrong in (first[:40] + "AAAA" + first[44:],):
        assert _run(script, proof.replace(first, wrong), vkey).returncode != 0
    other = encode_verifier_key(f"{NAME}/head", OTHER_KEY.public_key())
    assert _run(script, proof, other).returncode != 0
