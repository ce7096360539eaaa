"""A model of Hugging Face that classifies tokens, with its tokenizer, from a folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from curtilage.detect.tagger.adapters.adapted import (
    AdaptedTagger,
    Named,
    import_library,
    load_local,
)
from curtilage.detect.tagger.labels import USUAL

SIZE = 300  # words and signs; what is more tokens than the model takes is read in strides
STRIDE = 64  # tokens that two strides share
SPECIAL = 2  # tokens that begin and end what the model reads


def load(path: Path, labels: Mapping[str, str]) -> AdaptedTagger:
    """The tagger of a folder as `save_pretrained` writes it, with weights in safetensors."""
    transformers = import_library("transformers", "transformers torch")
    pipe = load_local("hugging_face", path, lambda: _pipeline(transformers, path))

    def read(text: str) -> Iterator[Named]:
        for group in pipe(text):
            label, score = group["entity_group"], float(group["score"])
            yield Named(group["start"], group["end"], label, score)

    return AdaptedTagger("hugging_face", read, {**USUAL, **labels}, SIZE)


def _pipeline(transformers: Any, path: Path) -> Any:
    """Nothing is fetched, no code of the model's is run, nothing is unpickled."""
    local = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = transformers.AutoTokenizer.from_pretrained(path, use_fast=True, **local)
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        path, use_safetensors=True, **local
    )
    longest = getattr(model.config, "max_position_embeddings", 512) - SPECIAL
    tokenizer.model_max_length = min(tokenizer.model_max_length, longest)
    return transformers.pipeline(
        "token-classification",
        model=model,
        tokenizer=tokenizer,
        aggregation_strategy="simple",
        stride=min(STRIDE, tokenizer.model_max_length // 4),
    )
