"""Fine-tune MiniLM to tell names, and ship it: `make transformer DATA=folder`.

Two passes over the corpora and ever new invented texts, on one thread, from fixed
seeds. What was learned is kept now and then; run anew, it goes on from there.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from curtilage.detect.tagger.lexicon import unpack_lexicon
from curtilage.detect.tagger.transformer.tagger import SHIPPED
from tools.tagger.train import SEED
from tools.tagger.train import SHIPPED as COMPACT
from tools.tagger.transformer.examples import (
    UNLABELLED,
    Example,
    Plan,
    batches,
    examples,
    tensors,
    vocabulary,
)
from tools.tagger.transformer.network import Network, package, pretrained
from tools.tagger.transformer.ship import ship

NEW = 10  # traits and head, which begin at nothing, learn so many times as fast
WARM = 0.06  # the part of a pass in which the rate rises
EVERY = 100  # batches
PLANS = (
    Plan(SEED, 1e-4, corpora=2, swapped=True, invented=6_000, nameless=1_500),
    Plan(SEED + 1, 5e-5, corpora=1, swapped=False, invented=600, nameless=200),
)
KEPT = Path(".venv-transformer/kept")


@dataclass
class Course:
    """One pass: the rate rises for a moment and then falls to nothing."""

    network: Network
    work: list[list[Example]]
    rate: float
    step: int = 0

    def __post_init__(self) -> None:
        new = [*self.network.traits.parameters(), *self.network.head.parameters()]
        known = [*self.network.norm.parameters(), *self.network.layers.parameters()]
        self.optimiser = torch.optim.AdamW(
            [{"params": known, "lr": self.rate}, {"params": new, "lr": self.rate * NEW}],
            weight_decay=0.01,
            betas=(0.9, 0.98),
        )
        count = len(self.work)
        self.pace = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser,
            lambda step: min((step + 1) / (WARM * count), (count - step) / count),
        )

    def go_on(self) -> float:
        """Learn from the next batch; gives the loss."""
        torch.manual_seed(SEED + self.step)  # the same chance where it is taken up again
        pieces, traits, mask, targets = tensors(self.work[self.step])
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(pieces, traits, mask)
        loss = nn.functional.cross_entropy(
            logits.float().flatten(0, 1), targets.flatten(), ignore_index=UNLABELLED
        )
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.step()
        self.step += 1
        return loss.item()

    def keep(self, path: Path) -> None:
        state = {
            name: getattr(self, name).state_dict() for name in ("network", "optimiser", "pace")
        }
        torch.save(state | {"step": self.step}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def take_up(self, path: Path) -> None:
        if path.exists():
            state = torch.load(path)
            for name in ("network", "optimiser", "pace"):
                getattr(self, name).load_state_dict(state[name])
            self.step = state["step"]


def learn(course: Course, kept: Path) -> None:
    course.take_up(kept)
    course.network.train()
    began, lost = time.monotonic(), 0.0
    while course.step < len(course.work):
        lost += course.go_on()
        if course.step % EVERY == 0 or course.step == len(course.work):
            passed = time.monotonic() - began
            print(f"{course.step} of {len(course.work)}: loss {lost / EVERY:.4f}, {passed:.0f} s", flush=True)  # fmt: skip
            lost = 0.0
            course.keep(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    lexicon = unpack_lexicon((COMPACT / "lexicon.xz").read_bytes())
    network = pretrained()
    for number, plan in enumerate(PLANS, 1):
        found = list(examples(options.data, vocabulary(package()), lexicon, plan))
        print(f"pass {number}: {sum(len(each.pieces) for each in found)} pieces", flush=True)
        work = batches(found, seed=plan.seed)
        learn(Course(network, work, plan.rate), KEPT.with_suffix(f".{number}.pt"))
    ship(network.eval(), options.data, options.out)


if __name__ == "__main__":
    main()
