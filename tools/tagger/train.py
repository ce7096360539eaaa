"""Train the compact tagger from labelled and invented texts; the same bytes each time.

Run as `make tagger DATA=folder`. The folder holds the corpora that
docs/explanation/tagger.md lists.
"""

import argparse
import hashlib
import lzma
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pycrfsuite

from curtilage.detect.tagger.features import Features
from curtilage.detect.tagger.lexicon import pack_lexicon, unpack_lexicon
from tools.tagger.corpora import Labelled, read_labelled, sequences
from tools.tagger.generate.swap import swapped
from tools.tagger.generate.texts import generate
from tools.tagger.hiding import HidingLexicon
from tools.tagger.knowledge import gather
from tools.tagger.negatives import name_of, negatives

CORPORA = ("wikigold_part", "wnut17_train", "echr_es_fr_manual_train")
EDITED = "wikigold_part"  # the cleanest labels: they count three times
SHIPPED = Path(__file__).parents[2] / "src/curtilage/detect/tagger/model"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
INVENTED = 16_000
HIDDEN = 35  # in a hundred names, the share that training does not find in the lexicon
SEED = 1
SETTINGS = {
    "c1": 0.1,
    "c2": 0.5,
    "max_iterations": 80,
    "feature.minfreq": 2,
    "feature.possible_transitions": True,
}
Sequence = tuple[list[list[str]], list[str]]


def corpora(folder: Path) -> dict[str, list[Labelled]]:
    return {name: list(read_labelled(folder / f"{name}.jsonl.gz")) for name in CORPORA}


def examples(
    texts: dict[str, list[Labelled]], plain: Features, hidden: Features, *, invented: int
) -> Iterator[Sequence]:
    """All that is learned from: corpora, corpora under other names, invented texts."""
    for name, rows in texts.items():
        yield from _sequences(rows, plain, 3 if name == EDITED else 1)
    every = [row for rows in texts.values() for row in rows]
    yield from _sequences(swapped(every, seed=SEED), hidden)
    yield from _sequences(generate(invented, seed=SEED, dev=False), hidden)


def packages() -> Path:
    """Where the packages of this environment are: their texts name no one."""
    return Path(sysconfig.get_path("purelib"))


def listed() -> frozenset[str]:
    """The packages that are meant to be there: pip, or one more, must not change the bytes."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return frozenset(name_of(line) for line in lines if "==" in line)


def _sequences(rows: Iterable[Labelled], features: Features, times: int = 1) -> Iterator[Sequence]:
    for row in rows:
        found = list(sequences(row, features))
        for _ in range(times):
            yield from found


def train(found: Iterable[Sequence], model: Path) -> None:
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(SETTINGS)
    for features, labels in found:
        trainer.append(features, labels)
    trainer.train(str(model))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--lexicon", type=Path, help="one that is there, instead of a new one")
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    data = options.lexicon.read_bytes() if options.lexicon else pack_lexicon(*gather())
    (options.out / "lexicon.xz").write_bytes(data)
    lexicon = unpack_lexicon(data)
    plain = Features(lexicon)
    named = examples(
        corpora(options.data),
        plain,
        Features(HidingLexicon(lexicon, HIDDEN)),
        invented=INVENTED,
    )
    nameless = _sequences(negatives(packages(), lexicon, only=listed()), plain)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "weights"
        train(chain(named, nameless), model)
        packed = lzma.compress(model.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    (options.out / "weights.xz").write_bytes(packed)
    for name in ("lexicon.xz", "weights.xz"):
        written = (options.out / name).read_bytes()
        print(f"{name} {len(written)} {hashlib.sha256(written).hexdigest()}")


if __name__ == "__main__":
    main()
