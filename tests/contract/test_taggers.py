"""Every adapter to a tagger of others keeps one promise, with the library itself.

Libraries live in `.venv-adapters`; a model is made there, for which `Ada Quill` is a
person, and read from the disk with no network. GLiNER's takes each word for one.
"""

import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from curtilage.core.models import Finding

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = REPOSITORY / ".venv-adapters" / "bin" / "python"
PROGRAM = REPOSITORY / "tests" / "clients" / "taggers" / "contract.py"
ABSENT = 75
NAME = "Ada Quill"
TEXTS = (
    f"{NAME} was here.",
    f"Wir trafen \U0001f600 Zoë und {NAME}, heute.",
    f"\ud83d {NAME}",  # half a character
    f"{'so it was said , ' * 600}{NAME}{' and so on' * 60}",  # beyond many windows
    f"{'word ' * 1_979}{NAME} and more " + "words " * 100,  # about where windows meet
    "nobody is in this",
    "",
    " \n ",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not PYTHON.exists(), reason=".venv-adapters is not there; `make test` makes it"
    ),
]


@cache
def tagged(kind: str) -> list[list[Finding]]:
    done = subprocess.run(
        [PYTHON, PROGRAM, kind],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(REPOSITORY / "src"), "HF_HUB_OFFLINE": "1"},
    )
    if done.returncode == ABSENT:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr[-2000:]
    return [[Finding(*item) for item in found] for found in json.loads(done.stdout)]


@pytest.mark.parametrize("kind", ["hugging_face", "presidio", "spacy"])
def test_a_name_is_found_where_it_stands_and_nothing_else(kind: str) -> None:
    for text, found in zip(TEXTS, tagged(kind), strict=True):
        start = text.find(NAME)
        places = [(start, start + len(NAME), "PERSON")] if start >= 0 else []
        assert [item[:3] for item in found] == places


@pytest.mark.parametrize("kind", ["gliner", "hugging_face", "presidio", "spacy"])
def test_findings_stand_in_order_and_say_who_found_them(kind: str) -> None:
    for text, found in zip(TEXTS, tagged(kind), strict=True):
        last = 0
        for each in found:
            assert last <= each.start < each.end <= len(text)
            assert text[each.start : each.end].strip() == text[each.start : each.end]
            assert (each.type, each.category) == ("PERSON", "user.name")
            assert each.detector == f"tagger.{kind}"
            assert 0 < each.score <= 1
            last = each.end


def test_gliner_finds_each_word_at_its_place() -> None:
    text, found = TEXTS[3], tagged("gliner")[3]
    words = text.replace(".", " .").split()
    assert [text[item[0] : item[1]] for item in found] == words
