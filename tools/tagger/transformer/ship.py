"""Write what is shipped: network, vocabulary, and what scores are worth."""

import argparse
import hashlib
from pathlib import Path

import torch

from curtilage.detect.tagger.calibration import FILE, encode_calibration
from curtilage.detect.tagger.ports import TextTagger
from curtilage.detect.tagger.transformer.tagger import (
    FILES,
    NETWORK,
    SHIPPED,
    VOCABULARY,
    load_transformer,
)
from tools.tagger.calibrate import Judged, steps
from tools.tagger.corpora import LABELS
from tools.tagger.evaluate import read_all
from tools.tagger.generate.texts import generate
from tools.tagger.train import corpora
from tools.tagger.transformer.examples import held_out, vocabulary
from tools.tagger.transformer.export import export
from tools.tagger.transformer.network import Network, package

INVENTED, SEED = 300, 98  # texts of frames and names that are in nothing it learned from


def ship(network: Network, data: Path, out: Path) -> None:
    out.mkdir(exist_ok=True)
    export(network, out / NETWORK)
    vocabulary(package()).save(str(out / VOCABULARY), pretty=False)
    (out / FILE).write_text(encode_calibration({}))
    (out / FILE).write_text(encode_calibration(judged_steps(load_transformer(out), data)))
    for name in FILES:
        written = (out / name).read_bytes()
        print(f"{name} {len(written)} {hashlib.sha256(written).hexdigest()}")


def judged_steps(tagger: TextTagger, data: Path) -> dict[str, list[tuple[float, float]]]:
    """What scores are worth on texts that are held out, for a tagger without such steps."""
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("weights", type=Path, help="what training left: a file of torch")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    torch.set_num_threads(1)
    held = torch.load(options.weights)
    network = Network()
    network.load_state_dict(held.get("network", held))
    ship(network, options.data, options.out)


if __name__ == "__main__":
    main()
