"""Five folds of wikigold: train on four and on everything else, measure on the fifth.

With a share of the invented texts and no packages, so that it takes minutes and not hours.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import pycrfsuite

from curtilage.detect.tagger.features import Features, describe_document, spans_of
from curtilage.detect.tagger.lexicon import unpack_lexicon
from curtilage.detect.tagger.tokens import lines
from tools.tagger.corpora import Labelled, Span
from tools.tagger.hiding import HidingLexicon
from tools.tagger.train import EDITED, HIDDEN, SHIPPED, corpora, examples, train

INVENTED = 3_000
FOLDS = 5
KINDS = ("PERSON", "LOCATION", "ORGANIZATION")


def predicted(field: pycrfsuite.Tagger, features: Features, row: Labelled) -> set[Span]:
    cut = list(lines(row.text))
    document = describe_document(cut)
    found: set[Span] = set()
    for line in cut:
        field.set(features.of(line, document))
        for first, last, kind in spans_of(line.tokens, field.tag()):
            found.add((line.tokens[first].start, line.tokens[last].end, kind))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lexicon", type=Path, default=SHIPPED / "lexicon.xz")
    options = parser.parse_args()
    lexicon = unpack_lexicon(options.lexicon.read_bytes())
    plain, hidden = Features(lexicon), Features(HidingLexicon(lexicon, HIDDEN))
    texts = corpora(options.data)
    rows = texts[EDITED]
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for fold in range(FOLDS):
        rest = [row for place, row in enumerate(rows) if place % FOLDS != fold]
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "weights"
            train(examples(texts | {EDITED: rest}, plain, hidden, invented=INVENTED), model)
            field = pycrfsuite.Tagger()
            field.open(str(model))
            for row in rows[fold::FOLDS]:
                found, known = predicted(field, plain, row), set(row.spans)
                right.update(kind for _, _, kind in found & known)
                said.update(kind for _, _, kind in found)
                true.update(kind for _, _, kind in known)
        for kind in KINDS:
            score = 2 * right[kind] / max(said[kind] + true[kind], 1)
            print(f"after fold {fold + 1}: {kind} F1 {score:.3f} of {true[kind]} spans", flush=True)


if __name__ == "__main__":
    main()
