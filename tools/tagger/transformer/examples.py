"""What the larger tagger learns from, as it reads it, and what is held out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor

from curtilage.detect.tagger.lexicon import Lexicon
from curtilage.detect.tagger.tokens import lines
from curtilage.detect.tagger.transformer.naming import LABELS
from curtilage.detect.tagger.transformer.reading import Words, readings
from curtilage.detect.tagger.transformer.traits import NO_TRAITS
from tools.tagger.corpora import Labelled, labels_of
from tools.tagger.generate.swap import swapped
from tools.tagger.generate.texts import generate
from tools.tagger.hiding import HidingLexicon
from tools.tagger.negatives import negatives
from tools.tagger.train import EDITED, HIDDEN, corpora, packages

HELD_OUT = (
    10  # one text of each corpus in so many sets the scores, and one more is left to measure by
)
TOKENS = 768  # pieces in a batch
UNLABELLED = -100
FAR = -1e4


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass is made of."""

    seed: int
    """Another seed brings other invented texts."""
    rate: float
    corpora: int
    """How many times they are read; the cleanest once more."""
    swapped: bool
    """Whether they are read under other names too."""
    invented: int
    nameless: int
    """Texts of packages."""


@dataclass(frozen=True, slots=True)
class Example:
    pieces: list[int]
    traits: list[tuple[int, ...]]
    targets: list[int]


Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def vocabulary(folder: Path) -> Tokenizer:
    """The word pieces of MiniLM, neither cut nor filled up."""
    pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pieces.no_padding()
    pieces.no_truncation()
    return pieces


def held_out(rows: list[Labelled], remainder: int) -> list[Labelled]:
    return [row for place, row in enumerate(rows) if place % HELD_OUT == remainder]


def learned(texts: dict[str, list[Labelled]]) -> dict[str, list[Labelled]]:
    """Without what is held out: remainders 0 (scores) and 5 (measuring)."""
    return {
        name: [row for place, row in enumerate(rows) if place % (HELD_OUT // 2)]
        for name, rows in texts.items()
    }


def examples(data: Path, pieces: Tokenizer, lexicon: Lexicon, plan: Plan) -> Iterator[Example]:
    """All windows that are learned from in a pass."""
    texts = learned(corpora(data))
    plain, hidden = Words(pieces, lexicon), Words(pieces, HidingLexicon(lexicon, HIDDEN))
    for name, rows in texts.items():
        for _ in range(plan.corpora + (name == EDITED)):
            yield from _examples(rows, plain)
    every = list(chain.from_iterable(texts.values())) if plan.swapped else []
    yield from _examples(swapped(every, seed=plan.seed), hidden)
    yield from _examples(generate(plan.invented, seed=plan.seed, dev=False), hidden)
    nameless = list(negatives(packages(), lexicon))
    Random(plan.seed).shuffle(nameless)
    yield from _examples(nameless[: plan.nameless], plain)


def _examples(rows: Iterable[Labelled], words: Words) -> Iterator[Example]:
    for row in rows:
        cut = list(lines(row.text))
        labels = [LABELS.index(label) for line in cut for label in labels_of(line, row.spans)]
        for reading in readings(cut, words):
            targets = [UNLABELLED] * len(reading.pieces)
            for place, at in enumerate(reading.rows, reading.window.first):
                targets[at] = labels[place]
            yield Example(reading.pieces, reading.traits, targets)


def batches(found: list[Example], *, seed: int) -> list[list[Example]]:
    """Examples of like length together, and the batches in a fixed order of chance."""
    source = Random(seed)
    source.shuffle(found)
    made: list[list[Example]] = []
    for example in sorted(found, key=lambda each: len(each.pieces)):
        if made and (len(made[-1]) + 1) * len(example.pieces) <= TOKENS:
            made[-1].append(example)
        else:
            made.append([example])
    source.shuffle(made)
    return made


def tensors(batch: list[Example]) -> Batch:
    """Pieces, traits, mask and targets, filled up to the longest."""
    width = max(len(each.pieces) for each in batch)
    pieces = torch.zeros(len(batch), width, dtype=torch.int64)
    traits = torch.tensor(NO_TRAITS).repeat(len(batch), width, 1)
    mask = torch.full((len(batch), 1, 1, width), FAR)
    targets = torch.full((len(batch), width), UNLABELLED)
    for place, each in enumerate(batch):
        count = len(each.pieces)
        pieces[place, :count] = torch.tensor(each.pieces)
        traits[place, :count] = torch.tensor(each.traits)
        mask[place, :, :, :count] = 0
        targets[place, :count] = torch.tensor(each.targets)
    return pieces, traits, mask, targets
