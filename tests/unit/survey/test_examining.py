"""What a file gives: findings with places, and `Done` as the last."""

from pathlib import Path

from curtilage.survey.examining import Wishes, examine
from curtilage.survey.models import Done, Found, Note, Problem, Result
from curtilage.survey.sources import open_file
from tests.fakes.detector import DenseDetector, MarkDetector


def results(
    folder: Path, content: bytes, wishes: Wishes | None = None, name: str = "a.txt"
) -> list[Result]:
    (folder / name).write_bytes(content)
    return list(examine("named.txt", open_file(folder / name), MarkDetector(), wishes or Wishes()))


def found(given: list[Result]) -> list[tuple[str, int | None, int | None]]:
    return [
        (each.finding.type, each.spot.line, each.spot.column)
        for each in given
        if isinstance(each, Found)
    ]


def test_findings_have_lines_and_no_value(tmp_path: Path) -> None:
    given = results(tmp_path, b"one\nmail @ada and #key\n")
    assert found(given) == [("EMAIL_ADDRESS", 2, 6), ("SEC_TOKEN", 2, 15)]
    assert "ada" not in repr(given) and given[-1] == Done("named.txt", 23, 23)


def test_values_are_there_where_they_are_asked_for(tmp_path: Path) -> None:
    first = results(tmp_path, b"@ada", Wishes(values=True))[0]
    assert isinstance(first, Found) and first.value == "@ada" and "ada" not in repr(first)


def test_only_what_is_wanted_is_found(tmp_path: Path) -> None:
    raw = b"@ada #key"
    assert found(results(tmp_path, raw, Wishes(types=frozenset({"SEC_TOKEN"})))) == [
        ("SEC_TOKEN", 1, 6)
    ]
    assert found(results(tmp_path, raw, Wishes(least=0.95))) == []


def test_what_a_comment_allows_is_not_found(tmp_path: Path) -> None:
    raw = b"@ada # curtilage:allow EMAIL_ADDRESS our own\n@bob\n// curtilage:allow * sample\n@eve\n"
    assert found(results(tmp_path, raw)) == [("EMAIL_ADDRESS", 2, 1)]


def test_notes_and_problems_carry_the_path(tmp_path: Path) -> None:
    note = results(tmp_path, b"caf\xe9 @ada")[1]
    assert isinstance(note, Note) and note.path == "named.txt"
    problem = results(tmp_path, bytes(20), name="a.json")[0]
    assert isinstance(problem, Problem) and problem.path == "named.txt"


def test_a_file_without_text_is_counted(tmp_path: Path) -> None:
    assert results(tmp_path, bytes(20)) == [Done("named.txt", 20, 0, is_skipped=True)]


def test_a_text_that_is_too_dense_is_told_and_not_passed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("@ada")
    source = open_file(tmp_path / "a.txt")
    problem, done = examine("named.txt", source, DenseDetector(), Wishes())
    assert isinstance(problem, Problem) and "too many matches" in problem.why
    assert isinstance(done, Done)


def test_a_place_is_told_without_values_unless_they_are_asked_for(tmp_path: Path) -> None:
    raw = b'{"@ada": {"mail": "@ben"}}'
    for values, pointer in ((False, "/‹EMAIL_ADDRESS›/mail"), (True, "/@ada/mail")):
        given = results(tmp_path, raw, Wishes(values=values), "a.json")
        fields = [each.spot.field for each in given if isinstance(each, Found)]
        assert [field and field.name for field in fields] == [None, pointer]
