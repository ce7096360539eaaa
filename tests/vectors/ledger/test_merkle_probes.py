"""transparency-dev/merkle's probes of RFC 6962 proofs: 12 good ones, 184 bad ones."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.merkle import verify_consistency, verify_inclusion
from tests.shared_material import shared_files, shared_path

pytestmark = pytest.mark.shared


def _read(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    probe = json.loads(path.read_text())
    return probe, [b64decode(hash_ or "") for hash_ in probe["proof"] or []]


def _verify_inclusion(path: Path) -> None:
    probe, proof = _read(path)
    verify_inclusion(
        proof,
        index=probe["leafIdx"],
        size=probe["treeSize"],
        leaf_hash=b64decode(probe["leafHash"] or ""),
        expected_root=b64decode(probe["root"] or ""),
    )


def _verify_consistency(path: Path) -> None:
    probe, proof = _read(path)
    verify_consistency(
        proof,
        old=probe["size1"],
        new=probe["size2"],
        old_root=b64decode(probe["root1"] or ""),
        new_root=b64decode(probe["root2"] or ""),
    )


CHECKS = {"inclusion": _verify_inclusion, "consistency": _verify_consistency}


@pytest.mark.parametrize("kind", CHECKS)
def test_there_are_ninety_eight_probes_of_each_kind(kind: str) -> None:
    shared_path("vectors/merkle")
    paths = shared_files(f"vectors/merkle/{kind}", "*.json")
    good = [path for path in paths if not _read(path)[0]["wantErr"]]
    assert (len(paths), len(good)) == (98, 6)


@pytest.mark.parametrize("kind", CHECKS)
def test_every_probe_ends_as_it_should(kind: str) -> None:
    shared_path("vectors/merkle")
    for path in shared_files(f"vectors/merkle/{kind}", "*.json"):
        assert _is_refused(kind, path) == _read(path)[0]["wantErr"], path.name


def _is_refused(kind: str, path: Path) -> bool:
    try:
        CHECKS[kind](path)
    except ProofInvalid:
        return True
    return False
