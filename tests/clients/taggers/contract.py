"""Makes a small model of a library, and tags texts with the adapter to it: `contract.py KIND`.

Run by a Python that has the library. Texts come as a list in JSON on stdin, findings go out
for each. The model knows one thing: `Ada Quill` is a person. No connection can be made.
"""

import json
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

WORDS = ("Ada", "Quill")
ABSENT = 75  # the library is not there


def no_network(*_: object) -> NoReturn:
    raise OSError("a tagger asked for the network")


def spacy_model(folder: Path) -> Path:
    import spacy

    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": [{"TEXT": word} for word in WORDS]}])
    nlp.to_disk(folder)
    return folder


def presidio_model(folder: Path) -> Path:
    path = folder / "recognizers.yaml"
    path.write_text(
        "recognizers:\n"
        "  - name: people\n"
        "    supported_entity: PERSON\n"
        "    supported_language: en\n"
        "    patterns:\n"
        "      - {name: ada, regex: 'Ada\\s+Quill', score: 0.6}\n"
    )
    return path


def hugging_face_model(folder: Path) -> Path:
    """A model without layers: each token is embedded as its label, by hand."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    tokenizer = _tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        num_hidden_layers=0,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=32,
        id2label={0: "O", 1: "B-PER", 2: "I-PER"},
        label2id={"O": 0, "B-PER": 1, "I-PER": 2},
    )
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.bert.embeddings.LayerNorm.weight.fill_(1)
        for token, label in ((0, 0), (1, 0), (2, 0), (3, 0), (4, 1), (5, 2)):
            model.bert.embeddings.word_embeddings.weight[token, label] = 5
        for label in range(3):
            model.classifier.weight[label, label] = 4
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def gliner_model(folder: Path) -> Path:
    """A model whose weights are nothing: every word is somebody, half surely."""
    import torch
    from gliner import GLiNER, GLiNERConfig
    from transformers import BertConfig, BertModel

    encoder, tokenizer = folder / "encoder", _tokenizer("person", "location", "organization")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(encoder)
    tokenizer.save_pretrained(encoder)
    model = GLiNER.from_config(
        GLiNERConfig(model_name=str(encoder), hidden_size=16, max_len=24, max_width=2)
    )
    with torch.no_grad():
        for parameter in model.model.parameters():
            parameter.zero_()
    model.save_pretrained(folder / "model")
    return folder / "model"


def _tokenizer(*more: str) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *more)
    vocabulary = {name: number for number, name in enumerate(names)}
    plain = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    plain.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=plain,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
    )


MODELS = {
    "gliner": gliner_model,
    "hugging_face": hugging_face_model,
    "presidio": presidio_model,
    "spacy": spacy_model,
}


def main(kind: str) -> int:
    texts = json.load(sys.stdin)
    adapter = import_module(f"curtilage.detect.tagger.adapters.{kind}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = MODELS[kind](Path(folder))
        except ImportError as problem:
            print(f"{problem.name} is not installed there", file=sys.stderr)
            return ABSENT
        socket.socket.connect = no_network  # type: ignore[method-assign, assignment]
        tagger = adapter.load(path, {})
        print(json.dumps([tagger.tag(text) for text in texts]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
