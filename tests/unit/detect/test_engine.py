"""The engine: offsets, overlaps, versions, threads, the cache, and hostile input."""

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curtilage.detect.catalogue import load_catalogue, rules_version
from curtilage.detect.engine import build_engine
from curtilage.detect.matching import HyperscanMatcher, Part
from tests.unit.detect.engines import fast, found, plain, types

TEXT = "Mail ada@example.org, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00."


def test_findings_are_ordered_and_do_not_overlap() -> None:
    text = TEXT + " ssn 536904399 postgres://ada:pa55-Zebra@db.example/x " * 3
    findings = fast().scan(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(findings))


def test_candidates_keep_what_findings_drop() -> None:
    text = "see postgres://ada:pa55-Zebra@db.example/x"
    assert types(text) == ["SEC_DB_URI"]
    assert {item.type for item in fast().candidates(text)} >= {"SEC_DB_URI", "EMAIL_ADDRESS"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("４１１１ １１１１ １１１１ １１１１", "４１１１ １１１１ １１１１ １１１１"),
        ("a 4111\u00a01111\u00a01111\u00a01111 b", "4111\u00a01111\u00a01111\u00a01111"),
        ("x ٤١١١١١١١١١١١١١١١ y", "٤١١١١١١١١١١١١١١١"),
        ("41\u200b11 11\u200d11 1111 1111", "41\u200b11 11\u200d11 1111 1111"),
        ("😀 4111\u20111111\u20111111\u20111111 😀", "4111\u20111111\u20111111\u20111111"),
    ],
)
def test_disguised_digits_are_seen_and_point_at_the_original(text: str, value: str) -> None:
    assert found(text) == [("CREDIT_CARD", value)]


def test_an_invisible_character_in_front_stays_outside() -> None:
    text = "\u200b\u200bada@example.org\u200b!"
    assert found(text) == [("EMAIL_ADDRESS", "ada@example.org")]


def test_text_that_was_read_in_half_its_width_is_seen_and_points_at_the_original() -> None:
    """UTF-16 without a byte order mark, read as UTF-8: what some editors save."""
    text = "Mail ada@orchard.example now"
    for wide in ("\x00".join(text), text.encode("utf-16-le").decode(), "\x00" + "\x00".join(text)):
        (found,) = fast().scan(wide)
        assert found.type == "EMAIL_ADDRESS"
        assert wide[found.start : found.end].replace("\x00", "") == "ada@orchard.example"


def test_a_nul_between_two_values_parts_them() -> None:
    found = fast().scan("ada@orchard.example\x00bob@orchard.example\x00")
    assert [item.type for item in found] == ["EMAIL_ADDRESS", "EMAIL_ADDRESS"]


def test_smuggled_tag_characters_are_read() -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "ada@example.org")
    assert found(f"hi {hidden} there") == [("EMAIL_ADDRESS", hidden)]


def test_lone_surrogates_and_nul_are_no_trouble() -> None:
    assert types("\ud83d ada@example.org \x00 \udfff") == ["EMAIL_ADDRESS"]
    assert types("") == []


def test_numbers_beside_chinese_letters_are_found() -> None:
    assert found("卡号4111111111111111谢谢") == [("CREDIT_CARD", "4111111111111111")]


def test_a_card_before_its_verification_value_is_found() -> None:
    assert ("CREDIT_CARD", "4111 1111 1111 1111") in found("4111 1111 1111 1111 123")


def test_every_thread_finds_the_same() -> None:
    expected = fast().scan(TEXT)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fast().scan, [TEXT] * 200)) == {expected}


FLAGS = {
    "SEC_SSL_CERT",
    "SEC_HIGH_ENTROPY",
}  # they say that something is there, and rewrite nothing


def test_secrets_and_cards_have_the_categories_that_policies_name() -> None:
    kinds = fast().kinds
    assert all(kinds[name].category.startswith("system.") for name in FLAGS)
    assert kinds["CREDIT_CARD"].category == "user.financial.card"
    assert all(
        kind.is_secret
        for name, kind in kinds.items()
        if name.startswith("SEC_") and name not in FLAGS
    )
    assert all(kind.citation and kind.title for kind in kinds.values())
    assert sum(kind.is_secret for kind in kinds.values()) >= 45
    assert sum(not kind.is_secret for kind in kinds.values()) >= 45


def test_patterns_stay_within_what_both_engines_read_alike() -> None:
    for kind in fast().kinds.values():
        for form in kind.forms:
            assert form.trigger or not any(  # else Hyperscan reads the pattern itself
                part in form.pattern for part in (r"\d", r"\w", r"\s", r"\b", "(?=", "(?!", "(?<")
            ), kind.type


def test_the_version_is_of_the_rules_and_the_same_for_both_engines() -> None:
    assert fast().version == plain().version == rules_version()
    assert len(load_catalogue().kinds) == len(fast().kinds)


def _cached(folder: Path) -> HyperscanMatcher:
    return HyperscanMatcher([Part({0: "[^a-z]cat[^a-z]"})], folder)


def test_compiled_patterns_are_kept_and_read_again(tmp_path: Path) -> None:
    first = _cached(tmp_path).regions("a cat sat")
    (kept,) = tmp_path.iterdir()
    written = kept.stat()
    assert _cached(tmp_path).regions("a cat sat") == first == [(0, 2, 5)]
    assert kept.stat().st_ino == written.st_ino  # its time is that of its last use


WITHOUT_HYPERSCAN = """
import sys
sys.modules["hyperscan"] = None  # as where it is not installed
from curtilage.detect.engine import build_engine
engine = build_engine()
print(engine.backend, *(found.type for found in engine.scan("Mail ada@orchard.example")))
"""


@pytest.mark.slow
def test_where_hyperscan_is_missing_the_other_engine_takes_its_place() -> None:
    command = [sys.executable, "-c", WITHOUT_HYPERSCAN]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["re", "EMAIL_ADDRESS"]
    assert fast().backend == "hyperscan"


@pytest.mark.parametrize("damage", [b"", b"\x00" * 500, b"not a database"])
def test_a_damaged_cache_is_compiled_again(tmp_path: Path, damage: bytes) -> None:
    expected = _cached(tmp_path).regions("a cat sat")
    (kept,) = tmp_path.iterdir()
    good = kept.read_bytes()
    kept.write_bytes(damage)
    assert _cached(tmp_path).regions("a cat sat") == expected
    assert kept.read_bytes() == good


def test_a_cache_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert _cached(blocked / "cache").regions("a cat sat") == [(0, 2, 5)]


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend"):
        build_engine(backend="perl")
