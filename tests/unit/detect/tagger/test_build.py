"""Taggers by their names in the settings."""

from pathlib import Path

import pytest

from curtilage.core.errors import SetupError
from curtilage.detect.scanner import build_scanner
from curtilage.detect.tagger.build import ADAPTERS, open_tagger
from curtilage.detect.tagger.errors import UnknownTagger


def test_the_compact_tagger_needs_no_path() -> None:
    assert open_tagger("compact", {}).tag("Kind regards,\nPriya Raman")


def test_the_larger_tagger_needs_no_path_and_its_extra() -> None:
    pytest.importorskip("onnxruntime", reason="the extra `tagger` is not installed")
    assert open_tagger("transformer", {}).tag("Kind regards,\nPriya Raman")


@pytest.mark.parametrize("name", ["", "spacy", "spacy:", "other:/path", "/path"])
def test_a_name_that_is_not_known_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(UnknownTagger, match=r"compact, transformer, gliner:PATH, .*spacy:PATH"):
        open_tagger(name, {})


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_an_adapter_without_its_library_or_model_stops_the_scanner(
    kind: str, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match=r"not installed|not there"):
        build_scanner(tmp_path, backend="re", taggers=[f"{kind}:{tmp_path}/absent"])


def test_labels_that_do_not_hold_stop_it_too(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"detect\.labels"):
        build_scanner(tmp_path, backend="re", labels=["PER"])
