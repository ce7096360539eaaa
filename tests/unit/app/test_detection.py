"""The scanner as it is configured: names or not, and rules of one's own from files."""

from datetime import date
from pathlib import Path

import pytest

from curtilage.app.detection import digest_rules, open_scanner, with_rules
from curtilage.app.settings import read_settings
from curtilage.core.errors import SetupError
from tests.patterns import lend_patterns
from tests.unit.detect.engines import whole

TODAY = date(2026, 11, 28)
RULES = '[[rules]]\ntype = "CODE_NAME"\nwords_in = "names.txt"\n[[allow]]\nvalue = "press@example.org"\nreason = "public"\n'


def write(folder: Path, rules: str = RULES, names: str = "# names\nBlue Heron\n") -> Path:
    (folder / "names.txt").write_text(names, encoding="utf-8")
    path = folder / "rules.toml"
    path.write_text(rules, encoding="utf-8")
    return path


def test_rules_and_their_lists_are_read_from_files(tmp_path: Path) -> None:
    scanner = with_rules(whole(), [write(tmp_path)], today=TODAY)
    text = "Blue Heron: press@example.org, ada@example.org"
    found = [text[item.start : item.end] for item in scanner.scan(text)]
    assert "Blue Heron" in found
    assert "ada@example.org" in found
    assert "press@example.org" not in found


def test_a_digest_of_rules_knows_the_words_of_their_lists(tmp_path: Path) -> None:
    first = digest_rules(write(tmp_path))
    assert digest_rules(write(tmp_path)) == first
    assert digest_rules(write(tmp_path, names="Blue Heron\nGrey Owl\n")) != first
    assert digest_rules(write(tmp_path, RULES.replace("public", "known"))) != first


def test_without_files_the_scanner_is_as_it_was() -> None:
    assert with_rules(whole(), [], today=TODAY) is whole()


def test_names_are_looked_for_unless_told_not_to(tmp_path: Path) -> None:
    text = "Dear Mrs Lovelace, thank you for your letter."
    lend_patterns(tmp_path)
    for wanted, expected in (("true", ["PERSON"]), ("false", [])):
        settings = read_settings(
            None, {"CURTILAGE__DETECT__NAMES": wanted}, {"server.data_dir": str(tmp_path)}
        )
        scanner = open_scanner(settings, today=TODAY)
        assert [item.type for item in scanner.scan(text)] == expected


@pytest.mark.parametrize(
    ("rules", "names", "says"),
    [
        ("[[rules]", "x", "not TOML"),
        (RULES, "", "is empty"),
        ('[[rules]]\ntype = "A_B"\npattern = "("\n', "x", "does not compile"),
    ],
)
def test_a_bad_rule_is_a_set_up_that_names_the_file(
    tmp_path: Path, rules: str, names: str, says: str
) -> None:
    with pytest.raises(SetupError, match=says) as caught:
        with_rules(whole(), [write(tmp_path, rules, names)], today=TODAY)
    assert "rules.toml" in caught.value.detail


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"none\.toml cannot be read"):
        with_rules(whole(), [tmp_path / "none.toml"], today=TODAY)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SetupError, match=r"bytes\.toml is not UTF-8"):
        with_rules(whole(), [tmp_path / "bytes.toml"], today=TODAY)
