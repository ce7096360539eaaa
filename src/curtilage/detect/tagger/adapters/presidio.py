"""Pattern recognisers of Presidio, from the file in which one has them already."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from curtilage.detect.tagger.adapters.adapted import (
    AdaptedTagger,
    Named,
    import_library,
    load_local,
)

SIZE = 2_000  # words and signs: their patterns may be slow


def load(path: Path, labels: Mapping[str, str]) -> AdaptedTagger:
    """The recognisers of a YAML file, as Presidio's registry reads it.

    What they find keeps its name, unless `labels` gives it another. Their words of context
    do not count: Presidio looks for them with a model of a language.
    """
    presidio = import_library("presidio_analyzer", "presidio-analyzer")
    recognisers = load_local("presidio", path, lambda: _recognisers(presidio, path))

    def read(text: str) -> Iterator[Named]:
        for recogniser in recognisers:
            for found in recogniser.analyze(text, recogniser.supported_entities):
                yield Named(found.start, found.end, found.entity_type, float(found.score))

    return AdaptedTagger("presidio", read, labels, SIZE, keeps_labels=True)


def _recognisers(presidio: Any, path: Path) -> list[Any]:
    registry = presidio.RecognizerRegistry()
    registry.add_recognizers_from_yaml(path)
    return list(registry.recognizers)
