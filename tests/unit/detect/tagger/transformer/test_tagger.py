"""The larger tagger with the model that the package carries."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime", reason="the extra `tagger` is not installed")
pytest.importorskip("tokenizers", reason="the extra `tagger` is not installed")

from curtilage.detect.tagger.errors import TaggerUnreadable
from curtilage.detect.tagger.transformer.tagger import (
    FILES,
    LEARNED,
    SHIPPED,
    TransformerTagger,
    digest_lexicon,
    load_transformer,
)
from tools.tagger.transformer.ship import record_lexicon


@pytest.fixture(scope="session")
def shipped() -> TransformerTagger:
    return load_transformer()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is Ada Lovelace and I live in London.", {"Ada Lovelace": "PERSON", "London": "LOCATION"}),
        ("Sehr geehrte Frau Anna Schneider, vielen Dank.", {"Anna Schneider": "PERSON"}),
        ("please book the meeting room for tuesday", {}),
    ],
)  # fmt: skip
def test_ordinary_text_is_read(
    shipped: TransformerTagger, text: str, expected: dict[str, str]
) -> None:
    assert {text[each.start : each.end]: each.type for each in shipped.tag(text)} == expected


def test_its_library_leaves_nothing_in_the_users_folders(tmp_path: Path) -> None:
    program = "from curtilage.detect.tagger.transformer.tagger import load_transformer as load"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nprint(load().tag('I am Ada Lovelace.')[0].type)"],
        env={"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "PERSON"
    assert list(tmp_path.rglob("*")) == []


def lend(folder: Path) -> None:
    for name in FILES:
        (folder / name).symlink_to(SHIPPED / name)


def test_a_model_that_learned_with_another_lexicon_is_refused_with_what_to_do(
    tmp_path: Path,
) -> None:
    lend(tmp_path)
    (tmp_path / LEARNED).unlink()
    (tmp_path / LEARNED).write_text(digest_lexicon(b"an older one"))
    with pytest.raises(TaggerUnreadable, match="another lexicon") as refused:
        load_transformer(tmp_path).tag("Ada")
    assert "make transformer" in refused.value.advice and "--lexicon" in refused.value.advice
    record_lexicon(tmp_path)
    assert load_transformer(tmp_path).tag("My name is Ada Lovelace.")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaggerUnreadable, match="no model"):
        load_transformer(tmp_path)


@pytest.mark.parametrize("damaged", FILES)
def test_a_damaged_file_is_refused_without_a_word_of_it(tmp_path: Path, damaged: str) -> None:
    lend(tmp_path)
    (tmp_path / damaged).unlink()
    (tmp_path / damaged).write_bytes(b"mischief")
    with pytest.raises(TaggerUnreadable) as refused:
        load_transformer(tmp_path).tag("Ada")
    assert "mischief" not in str(refused.value)
