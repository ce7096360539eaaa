"""What verify finds is bounded, and can be told in every language."""

import ast
from collections.abc import Iterator

import pytest

from curtilage.core.words import Sentence
from curtilage.ledger.findings import LIMIT, TITLES, Findings, count_records, placed
from curtilage.web.languages import load_languages
from tests.house.tree import SOURCE

TELLING = {"add": 1, "problem": 1, "lose": 1, "_fault": 1}  # where each has its words


def told() -> Iterator[tuple[str, str, ast.expr]]:
    """Every place of the ledger that tells of a problem: the file, the code, the words."""
    for path in sorted((SOURCE / "ledger").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            code = node.args[0] if node.args else None
            is_code = isinstance(code, ast.Constant) and isinstance(code.value, str)
            if node.func.attr in TELLING and is_code and len(node.args) > 1:
                assert isinstance(code, ast.Constant)
                yield path.name, str(code.value), node.args[1]


def test_every_code_has_a_title_and_every_title_a_code() -> None:
    codes = {code for _, code, _ in told()}
    assert len(codes) > 25
    assert codes == set(TITLES)


def test_nothing_is_told_in_words_that_no_translation_can_reach() -> None:
    for file, code, words in told():
        assert not isinstance(words, ast.Constant | ast.JoinedStr | ast.BinOp), (file, code)


def test_a_place_stands_in_brackets_and_both_are_translated() -> None:
    said = placed(count_records(2), "log/gw-0/mark")
    assert said == "2 records (log/gw-0/mark)"
    assert load_languages().tell("de", said) == "2 Einträge (log/gw-0/mark)"


@pytest.mark.parametrize("code", TITLES)
def test_a_title_is_a_sentence_of_ours(code: str) -> None:
    title = TITLES[code]
    assert isinstance(title, Sentence)
    assert all(load_languages().tell(tag, title) != title for tag in ("de", "fr", "es"))


def test_one_place_has_one_problem_and_what_is_beyond_the_limit_is_counted() -> None:
    findings = Findings()
    findings.add("record-changed", "first", writer="gw-0", n=1)
    findings.add("record-damaged", "second", writer="gw-0", n=1)
    assert [each.detail for each in findings.problems] == ["first"]
    for n in range(LIMIT + 5):
        findings.add("record-changed", "x", writer="gw-1", n=n)
    assert (len(findings.problems), findings.more) == (LIMIT, 6)
    assert findings.touch("gw-0", 0, 2) and not findings.touch("gw-0", 2, 9)
