"""Files with cases, tried on the policy that each holds or names."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from curtilage.consent.errors import PolicyError, UnknownPolicy
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.suites import Suite, SuiteRunner, find_files
from curtilage.core.models import Finding

OWN = 'format = 1\ndefault = "mask"\n[purposes.assist]\n'
CASE = """
[[case]]
name = "An address"
text = "ada@orchard.example"
purpose = "assist"
destination = "openai"
expect = { EMAIL_ADDRESS = "%s" }
"""


def scan(text: str) -> Sequence[Finding]:
    return [Finding(0, len(text), "EMAIL_ADDRESS", 1.0, "user.contact.email", "test")]


RUNNER = SuiteRunner(PolicyShelf(), scan)


def written(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.toml"
        path.write_text(text)
        paths.append(path)
    return paths


def outcome(suite: Suite) -> tuple[str, list[bool]]:
    return suite.policy, [result.passed for result in suite.results]


def test_a_policy_carries_its_own_cases(tmp_path: Path) -> None:
    (path,) = written(tmp_path, Ours=OWN + CASE % "mask" + CASE % "token")
    suite = RUNNER.try_file(path)
    assert outcome(suite) == ("ours", [True, False])
    assert [result.differences for result in suite.failures] == [
        ("EMAIL_ADDRESS: expected token, got mask",)
    ]


@pytest.mark.parametrize(("named", "treated"), [("balanced", "token"), ("ours.toml", "mask")])
def test_a_suite_names_a_policy_of_the_shelf_or_a_file_beside_it(
    tmp_path: Path, named: str, treated: str
) -> None:
    written(tmp_path, ours=OWN)
    (path,) = written(tmp_path, suite=f'policy = "{named}"\n' + CASE % treated)
    assert outcome(RUNNER.try_file(path)) == (named.removesuffix(".toml"), [True])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('policy = "balanced"\ndefault = "mask"\n', "and no other"),
        ("policy = 3\n", "and no other"),
        ('policy = "other.toml"\n', "a suite names a suite"),
        ('policy = "gone.toml"\n', "cannot be read"),
    ],
)
def test_a_suite_that_is_more_than_a_suite_is_refused(
    tmp_path: Path, text: str, problem: str
) -> None:
    written(tmp_path, other='policy = "balanced"\n')
    (path,) = written(tmp_path, suite=text)
    with pytest.raises(PolicyError) as refusal:
        RUNNER.try_file(path)
    assert problem in refusal.value.detail.lower() or problem in refusal.value.detail


def test_a_suite_for_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (path,) = written(tmp_path, suite='policy = "nobody"\n')
    with pytest.raises(UnknownPolicy):
        RUNNER.try_file(path)


def test_one_file_that_cannot_be_tried_does_not_stop_the_others(tmp_path: Path) -> None:
    paths = written(tmp_path, a="[[[", b=OWN + CASE % "mask", c='policy = "nobody"')
    broken, good, unknown = RUNNER.try_each([*paths[:2], paths[2]])
    assert outcome(good) == ("b", [True])
    assert isinstance(broken.problem, PolicyError) and isinstance(unknown.problem, UnknownPolicy)


def test_a_rule_that_can_never_match_is_refused_beside_its_suite_too(tmp_path: Path) -> None:
    written(tmp_path, ours=OWN + '[[rules]]\ndata = ["URL"]\ntreatment = "mask"\n')
    (path,) = written(tmp_path, suite='policy = "ours.toml"\n' + CASE % "mask")
    strict = SuiteRunner(PolicyShelf(vocabulary=("user.name:PERSON",)), scan)
    with pytest.raises(PolicyError):
        strict.try_file(path)


def test_a_folder_stands_for_its_files_and_each_file_counts_once(tmp_path: Path) -> None:
    a, b = written(tmp_path, a="", b="")
    (tmp_path / "notes.md").write_text("")
    assert find_files([tmp_path, b, tmp_path / "gone.toml"]) == [a, b, tmp_path / "gone.toml"]
