"""Write what is shipped: network, vocabulary, what scores are worth, and the lexicon's digest.

python -m tools.tagger.transformer.ship DATA WEIGHTS
python -m tools.tagger.transformer.ship --lexicon   # without torch: a new lexicon serves as well
"""

import argparse
import hashlib
from pathlib import Path

from curtilage.detect.tagger.calibration import FILE, encode_calibration
from curtilage.detect.tagger.ports import TextTagger
from curtilage.detect.tagger.transformer.tagger import (
    FILES,
    LEARNED,
    LEXICON,
    NETWORK,
    SHIPPED,
    VOCABULARY,
    digest_lexicon,
    load_transformer,
)

INVENTED, SEED = 300, 98  # texts of frames and names that are in nothing it learned from


def ship(data: Path, weights: Path, out: Path) -> None:
    import torch

    from tools.tagger.transformer.examples import vocabulary
    from tools.tagger.transformer.export import export
    from tools.tagger.transformer.network import Network, package

    torch.set_num_threads(1)
    held = torch.load(weights)
    network = Network()
    network.load_state_dict(held.get("network", held))
    out.mkdir(exist_ok=True)
    record_lexicon(out)
    export(network, out / NETWORK)
    vocabulary(package()).save(str(out / VOCABULARY), pretty=False)
    (out / FILE).write_text(encode_calibration({}))
    (out / FILE).write_text(encode_calibration(judged_steps(load_transformer(out), data)))
    for name in FILES:
        written = (out / name).read_bytes()
        print(f"{name} {len(written)} {hashlib.sha256(written).hexdigest()}")


def record_lexicon(out: Path) -> None:
    """Say that the model of a folder goes with the lexicon that the compact tagger has now."""
    (out / LEARNED).write_text(digest_lexicon(LEXICON.read_bytes()) + "\n")


def judged_steps(tagger: TextTagger, data: Path) -> dict[str, list[tuple[float, float]]]:
    """What scores are worth on texts that are held out, for a tagger without such steps."""
    from tools.tagger.calibrate import Judged, steps
    from tools.tagger.corpora import LABELS
    from tools.tagger.evaluate import read_all
    from tools.tagger.generate.texts import generate
    from tools.tagger.train import corpora
    from tools.tagger.transformer.examples import held_out

    rows = [row for each in corpora(data).values() for row in held_out(each, 0)]
    rows += generate(INVENTED, seed=SEED, dev=True)
    judged: dict[str, list[Judged]] = {kind: [] for kind in LABELS}
    for row, findings in read_all(tagger, rows):
        for each in findings:
            right = any(
                each.start < end and start < each.end and kind == each.type
                for start, end, kind in row.spans
            )
            judged[each.type].append((each.score, right))
    return {kind: steps(found) for kind, found in judged.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("weights", type=Path, nargs="?", help="what training left: a file of torch")
    parser.add_argument("--lexicon", action="store_true", help="write its digest and nothing else")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    if options.lexicon:
        record_lexicon(options.out)
    elif options.weights is None:
        parser.error("give DATA and WEIGHTS, or --lexicon")
    else:
        ship(options.data, options.weights, options.out)


if __name__ == "__main__":
    main()
