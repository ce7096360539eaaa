"""The tagger that a setting names: one of ours, or an adapter and the path of its model."""

from collections.abc import Callable, Mapping
from pathlib import Path

from curtilage.detect.tagger.adapters import gliner, hugging_face, presidio, spacy
from curtilage.detect.tagger.errors import UnknownTagger
from curtilage.detect.tagger.ports import TextTagger
from curtilage.detect.tagger.tagger import load_tagger
from curtilage.detect.tagger.transformer.tagger import load_transformer

COMPACT = "compact"
OWN: Mapping[str, Callable[[], TextTagger]] = {
    COMPACT: load_tagger,
    "transformer": load_transformer,
}


Load = Callable[[Path, Mapping[str, str]], TextTagger]
"""How an adapter makes a tagger of what lies at a path, with labels called so here."""
ADAPTERS: Mapping[str, Load] = {
    "gliner": gliner.load,
    "hugging_face": hugging_face.load,
    "presidio": presidio.load,
    "spacy": spacy.load,
}


def open_tagger(name: str, labels: Mapping[str, str]) -> TextTagger:
    """The tagger that `name` says. Raises a SetupError where it cannot be had."""
    if name in OWN:
        return OWN[name]()
    kind, _, path = name.partition(":")
    load = ADAPTERS.get(kind)
    if load is None or not path:
        known = ", ".join([*OWN, *(f"{each}:PATH" for each in sorted(ADAPTERS))])
        raise UnknownTagger(
            f"An entry of the setting detect.taggers is not known; expected {known}."
        )
    return load(Path(path), labels)
