"""The tagger: on a small model made here, and on the one that the package carries."""

import lzma
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pycrfsuite
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curtilage.core.models import Finding
from curtilage.detect.tagger.errors import TaggerUnreadable
from curtilage.detect.tagger.features import Features, describe_document
from curtilage.detect.tagger.lexicon import pack_lexicon, unpack_lexicon
from curtilage.detect.tagger.tagger import CompactTagger, load_tagger
from curtilage.detect.tagger.tokens import lines

LEARNED = {
    "Dear Ada Lovelace ,": "O B-PERSON I-PERSON O",
    "Dear Bob Hope ,": "O B-PERSON I-PERSON O",
    "he lives in Bath now": "O O O B-LOCATION O",
    "she stays in York now": "O O O B-LOCATION O",
    "the order is late": "O O O O",
}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> CompactTagger:
    folder = tmp_path_factory.mktemp("model")
    packed = pack_lexicon({}, {})
    (folder / "lexicon.xz").write_bytes(packed)
    maker = Features(unpack_lexicon(packed))
    trainer = pycrfsuite.Trainer(verbose=False)
    for text, labels in LEARNED.items():
        (line,) = lines(text)
        trainer.append(maker.of(line, describe_document([line])), labels.split(" "))
    trainer.train(str(folder / "weights"))
    (folder / "weights.xz").write_bytes(lzma.compress((folder / "weights").read_bytes()))
    return load_tagger(folder)


@pytest.fixture(scope="session")
def shipped() -> CompactTagger:
    return load_tagger()


def found(tagger: CompactTagger, text: str) -> dict[str, str]:
    return {text[each.start : each.end]: each.type for each in tagger.tag(text)}


def test_names_are_found_where_they_stand(small: CompactTagger) -> None:
    text = "the order is late\nDear Eve Adams ,\nshe stays in Rome now"
    assert found(small, text) == {"Eve Adams": "PERSON", "Rome": "LOCATION"}


def test_a_finding_says_how_sure_it_is_and_whose_it_is(small: CompactTagger) -> None:
    (finding,) = small.tag("Dear Ada Lovelace ,")
    assert finding[:3] == (5, 17, "PERSON")
    assert 0.5 < finding.score <= 1
    assert finding[4:6] == ("user.name", "tagger.compact")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_findings_lie_in_the_text_in_order(small: CompactTagger, text: str) -> None:
    last = 0
    for finding in small.tag(text):
        assert last <= finding.start < finding.end <= len(text)
        assert 0 <= finding.score <= 1
        last = finding.end


def test_a_long_text_is_read_to_its_end(small: CompactTagger) -> None:
    text = "the order is late\n" * 5000 + "Dear Ada Lovelace ,"
    (finding,) = small.tag(text)
    assert text[finding.start : finding.end] == "Ada Lovelace"


def test_threads_find_the_same(small: CompactTagger) -> None:
    text = "Dear Ada Lovelace ,\nshe stays in York now"
    with ThreadPoolExecutor(4) as threads:
        results: list[tuple[Finding, ...]] = list(threads.map(small.tag, [text] * 40))
    assert set(results) == {small.tag(text)}


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaggerUnreadable, match="has no model"):
        load_tagger(tmp_path)


def test_a_model_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for name in ("lexicon.xz", "weights.xz"):
        (tmp_path / name).write_bytes(b"not a model")
    with pytest.raises(TaggerUnreadable, match="cannot be read"):
        load_tagger(tmp_path).tag("Ada")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi, my name is Adaeze Okonkwo and I need help.", {"Adaeze Okonkwo": "PERSON"}),
        ("Sehr geehrte Frau Lindqvist,", {"Lindqvist": "PERSON"}),
        ("Bonjour, je suis Thibault Marchand.", {"Thibault Marchand": "PERSON"}),
        ("Kind regards,\nPriya Raman", {"Priya Raman": "PERSON"}),
        ("She moved from Lisbon to Rotterdam.", {"Lisbon": "LOCATION", "Rotterdam": "LOCATION"}),
        ("Ich wohne in der Lindenstraße 14.", {"Lindenstraße 14": "STREET_ADDRESS"}),
        ("Thank you for your quick reply! The invoice is attached.", {}),
        ("ERROR: Connection refused by upstream", {}),
    ],
)
def test_the_shipped_model_reads_ordinary_text(
    shipped: CompactTagger, text: str, expected: dict[str, str]
) -> None:
    assert found(shipped, text) == expected


def test_half_a_character_is_read_as_some_letter(shipped: CompactTagger) -> None:
    text = "\ud83d Kind regards,\nPriya Raman \udc00"
    assert found(shipped, text) == {"Priya Raman": "PERSON"}
