"""A model of GLiNER, which is asked for labels in words of one's own."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from curtilage.detect.tagger.adapters.adapted import (
    AdaptedTagger,
    Named,
    import_library,
    load_local,
)

ASKED = {
    "person": "PERSON",
    "location": "LOCATION",
    "organization": "ORGANIZATION",
    "street address": "STREET_ADDRESS",
}
LEAST = 0.3  # recall first; what is less sure is noise
SIZE = 384  # words and signs, as its models are trained; one that takes fewer says so


def load(path: Path, labels: Mapping[str, str]) -> AdaptedTagger:
    """The tagger of a folder with a model and its tokenizer; `labels` are asked for too."""
    gliner = import_library("gliner", "gliner")
    model = load_local(
        "gliner", path, lambda: gliner.GLiNER.from_pretrained(str(path), local_files_only=True)
    )
    asked = {**ASKED, **labels}

    def read(text: str) -> Iterator[Named]:
        for found in model.predict_entities(text, list(asked), threshold=LEAST):
            yield Named(found["start"], found["end"], found["label"], float(found["score"]))

    size = min(SIZE, getattr(model.config, "max_len", SIZE))
    return AdaptedTagger("gliner", read, asked, size)
