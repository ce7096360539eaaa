"""Every kind finds its good lines, exactly, and none of its bad ones; on both engines."""

import json
from pathlib import Path

import pytest

from tests.unit.detect.engines import fast, plain
from tests.unit.detect.vector_files import FOLDER, Vector, read_vectors

VECTORS = list(read_vectors())
SHARED = Path(__file__).parents[4] / "shared" / "data" / "entities.json"
PATTERNED = sorted(name for name, kind in fast().kinds.items() if kind.forms)
OURS = {"SEC_CURTILAGE", "JAILBREAK", "EXFILTRATION", "INVISIBLE_TEXT", "CANARY"}
PUBLIC = {
    "LOCATION",
    "ORGANIZATION",
    "DATE_TIME",
    "URL",
    "NRP",
    "PROMPT_INJECTION",
}  # beside the table
PARTIAL = {"PASSPORT_MRZ": "its vector is one field of a zone, not a zone"}


def spans(vector: Vector) -> set[tuple[int, int]]:
    return {
        (item.start, item.end)
        for item in fast().candidates(vector.text)
        if item.type == vector.type
    }


@pytest.mark.parametrize("kind", PATTERNED)
def test_a_kind_has_a_vector_file_with_good_and_bad_lines(kind: str) -> None:
    lines = [vector for vector in VECTORS if vector.type == kind]
    assert any(vector.span for vector in lines)
    assert any(vector.span is None for vector in lines)


def test_every_vector_file_belongs_to_a_kind() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(PATTERNED)


@pytest.mark.parametrize("kind", PATTERNED)
def test_good_lines_are_found_at_their_place_and_bad_ones_are_not(kind: str) -> None:
    for vector in (item for item in VECTORS if item.type == kind):
        if vector.span is None:
            assert not spans(vector), vector.name
        else:
            assert vector.span in spans(vector), vector.name


@pytest.mark.parametrize("kind", PATTERNED)
def test_both_engines_give_the_same_candidates_and_findings(kind: str) -> None:
    for vector in (item for item in VECTORS if item.type == kind):
        assert fast().candidates(vector.text) == plain().candidates(vector.text), vector.name
        assert fast().scan(vector.text) == plain().scan(vector.text), vector.name


@pytest.mark.timeout(120)  # `re` alone takes seconds for all lines, more on a busy machine
@pytest.mark.parametrize("ask", ["candidates", "scan"])
def test_both_engines_agree_on_all_lines_in_one_text(ask: str) -> None:
    text = "\n".join(vector.text for vector in VECTORS)
    assert getattr(fast(), ask)(text) == getattr(plain(), ask)(text)


def test_no_vector_file_looks_like_a_live_secret_to_a_scanner() -> None:
    secrets = {kind.type for kind in fast().kinds.values() if kind.is_secret}
    loose = {"COOKIE", "SEC_PASSWORD_ASSIGN", "SEC_PASSWORD_HASH", "URL_USERINFO", "SEC_DB_URI"}
    for path in FOLDER.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        seen = {item.type for item in fast().candidates(text)} & secrets
        assert not seen - loose, path.name


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shared table lies beside the repository")
def test_the_valid_vectors_of_the_shared_table_are_found_beside_a_naming_word() -> None:
    for row in json.loads(SHARED.read_text(encoding="utf-8")):
        value, kind = (row.get("valid_vector") or "").strip(), fast().kinds.get(row["type"])
        if not value or kind is None or not kind.forms or row["id"] in PARTIAL:
            continue
        word = kind.words[0] if kind.words else "value"
        text = f"{word}: {value} ."
        matches = [item for item in fast().candidates(text) if item.type == kind.type]
        assert any(text[item.start : item.end] == value for item in matches), row["id"]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shared table lies beside the repository")
def test_every_type_is_named_as_in_the_shared_table() -> None:
    known = {row["type"] for row in json.loads(SHARED.read_text(encoding="utf-8"))}
    assert set(fast().kinds) - known - PUBLIC == OURS, "these we named ourselves"


def test_there_are_at_least_45_kinds_of_identifiers_and_45_of_secrets() -> None:
    kinds = fast().kinds.values()
    assert sum(not kind.is_secret for kind in kinds) >= 45
    assert sum(kind.is_secret for kind in kinds) >= 45
