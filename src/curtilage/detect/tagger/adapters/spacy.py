"""A pipeline of spaCy: its entities, which come without scores."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from curtilage.detect.tagger.adapters.adapted import (
    AdaptedTagger,
    Named,
    import_library,
    load_local,
)
from curtilage.detect.tagger.labels import USUAL

SCORE = 0.75  # what its entities are worth at least; in code, where less is, they do not count
SIZE = 2_000  # words and signs; its own limit is a million characters


def load(path: Path, labels: Mapping[str, str]) -> AdaptedTagger:
    """The tagger of a pipeline in a folder, as `nlp.to_disk` writes it."""
    spacy = import_library("spacy", "spacy")
    nlp = load_local("spacy", path, lambda: spacy.load(path))

    def read(text: str) -> Iterator[Named]:
        for entity in nlp(text).ents:
            yield Named(entity.start_char, entity.end_char, entity.label_, SCORE)

    return AdaptedTagger("spacy", read, {**USUAL, **labels}, SIZE)
