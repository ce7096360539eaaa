"""Train the model of wording: `make hostile`.

It learns from the two grammars beside this file and from documentation that the
packages of this environment carry (whose licences allow reading; no sentence is
kept, only weights). Same grammars, same packages, same seed: the same file, byte
for byte. A fifth of the templates and packages is held back to calibrate with, and
learnt from afterwards.
"""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from curtilage.detect.hostile.assess import build_hostile
from curtilage.detect.hostile.models import Origin
from curtilage.detect.hostile.wording import (
    MOST,
    SIZE,
    STEP,
    cuts_of,
    encode_head,
    said_by,
    spans,
    tokens,
)
from tools.hostile.grammar import Grammar

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src/curtilage/detect/hostile/wording.bin"
SEED = 20261128
EPOCHS, SETTLING = 12, 4
RATE = 0.06
DECAY = 1e-4
LEFT_OUT = 0.5
SETTLED = 0.02  # an error this small teaches nothing
LIMIT = 7.9  # of a weight: a byte in sixteenths
EACH_ATTACK, EACH_BENIGN, DOCUMENTS = 45, 50, 6000
PACKAGES = tuple(
    HERE.parents[1] / venv / "lib/python3.11/site-packages"
    for venv in (".venv", ".venv-frameworks")
)
PROSE = ("METADATA", "LICENSE", "COPYING", "NOTICE")
STRICT = 3.0  # how much more a false alarm costs than a miss, where the odds are made a chance
HELD_BACK = "48"  # last digits of templates and packages that calibrate
HOSTILE = build_hostile(worded=False)


@dataclass
class Example:
    """A text as flat places in the table, where each token's begin, and its windows."""

    places: np.ndarray
    begins: np.ndarray
    first: np.ndarray
    last: np.ndarray
    is_attack: bool
    group: str


def example(text: str, *, is_attack: bool, group: str) -> Example | None:
    plain = HOSTILE.plainer.plain(text)
    weighed = HOSTILE.weigh(plain, Origin.DOCUMENT)
    parts = list(tokens(plain.text, said_by(weighed)))
    if not parts:
        return None
    ends = [number for number, part in enumerate(parts, 1) if part[2]]
    first, last = np.array(list(spans(cuts_of(ends, len(parts))))).T
    return Example(
        places=np.concatenate([np.array(part[3]) for part in parts]),
        begins=np.concatenate([[0], np.cumsum([len(part[3]) for part in parts])]),
        first=first,
        last=last,
        is_attack=is_attack,
        group=group,
    )


def documentation(packages: Path) -> Iterator[tuple[str, str]]:
    """Texts that packages carry, by package; half of the packages are never learnt from."""
    for path in sorted(packages.rglob("*")):
        package = path.relative_to(packages).parts[0].split("-")[0]
        if path.is_dir() or not is_learnt(package):
            continue
        if path.suffix in {".md", ".rst"} or path.name.startswith(PROSE):
            text = path.read_text(encoding="utf-8", errors="replace")[:60_000]
            yield from ((package, text[at : at + 1200]) for at in range(0, len(text), 1200))
        elif path.suffix == ".py" and path.stat().st_size < 200_000:
            yield from ((package, text) for text in written_in(path))


def is_learnt(package: str) -> bool:
    """Whether a package may be learnt from; the others are there to measure with."""
    return hashlib.sha256(package.encode()).digest()[-1] % 2 == 1


def written_in(path: Path) -> Iterator[str]:
    """Long texts of a module: docstrings, and prompts of applications."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and len(text) > 120 and " " in text:
            yield text[:1500]


def examples() -> list[Example]:
    chance = np.random.default_rng(SEED)
    found = [
        example(each.text, is_attack=name == "attacks", group=f"template {each.number}")
        for name, count in (("attacks", EACH_ATTACK), ("benign", EACH_BENIGN))
        for each in Grammar(HERE / f"{name}.txt").samples(SEED, count)
    ]
    texts = sorted(
        {each for folder in PACKAGES if folder.is_dir() for each in documentation(folder)}
    )
    for place in chance.permutation(len(texts))[:DOCUMENTS]:
        package, text = texts[place]
        found.append(example(text, is_attack=False, group=f"{package} {crc32(package.encode())}"))
    return [each for each in found if each is not None]


def best(weights: np.ndarray, bias: float, each: Example) -> tuple[float, int]:
    """The window that sounds most like an attack, and its odds."""
    sums = np.concatenate([[0.0], np.cumsum(np.add.reduceat(weights, each.begins[:-1]))])
    odds = sums[each.last] - sums[each.first]
    place = int(np.argmax(odds))
    return float(odds[place]) + bias, place


def fit(data: Sequence[Example]) -> tuple[np.ndarray, float]:
    """Logistic regression on the worst window of each text, with a step of its own per weight.

    Half of the features are left out each time, so that no single one is relied on; and
    what is given is the mean of where the later epochs ended, which chance moves less.
    """
    chance = np.random.default_rng(SEED)
    weights, seen, bias = np.zeros(SIZE), np.full(SIZE, 0.01), -2.0
    mean, mean_bias = np.zeros(SIZE), 0.0
    for epoch in range(EPOCHS):
        for number in chance.permutation(len(data)):
            each = data[number]
            is_kept = chance.random(len(each.places)) > LEFT_OUT
            odds, place = best(weights[each.places] * is_kept / (1 - LEFT_OUT), bias, each)
            error = 1 / (1 + np.exp(-odds)) - each.is_attack
            if abs(error) < SETTLED:
                continue
            span = slice(each.begins[each.first[place]], each.begins[each.last[place]])
            touched = np.unique(each.places[span][is_kept[span]])
            seen[touched] += error * error
            weights[touched] -= RATE * error / np.sqrt(seen[touched]) + DECAY * weights[touched]
            bias -= 0.01 * error
        if epoch >= SETTLING:
            mean += weights / (EPOCHS - SETTLING)
            mean_bias += bias / (EPOCHS - SETTLING)
    return np.clip(mean, -LIMIT, LIMIT), mean_bias


def calibrate(data: Sequence[Example], weights: np.ndarray, bias: float) -> np.ndarray:
    """Offset and slope that make of the odds a chance."""
    rows = np.array([[1.0, wording(weights, bias, each)] for each in data])
    flags = np.array([each.is_attack for each in data])
    weight = np.where(flags, 1.0, STRICT * flags.sum() / (~flags).sum())
    found = np.zeros(2)
    for _ in range(30):
        chances = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weight * (chances - flags)) + 0.5 * found
        bend = (rows.T * (weight * chances * (1 - chances))) @ rows + 0.5 * np.eye(2)
        found -= np.linalg.solve(bend, slope)
    return found


def wording(weights: np.ndarray, bias: float, each: Example) -> float:
    return float(np.clip(best(weights[each.places], bias, each)[0], -MOST, MOST))


def report(data: Sequence[Example], weights: np.ndarray, bias: float, line: np.ndarray) -> None:
    odds = np.array([line @ [1.0, wording(weights, bias, each)] for each in data])
    attack = np.array([each.is_attack for each in data])
    template = np.array([each.group.startswith("template") for each in data])
    for bar in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
        rates = [
            np.mean(odds[part] > bar) for part in (attack, ~attack & template, ~attack & ~template)
        ]
        print(
            f"odds > {bar}: attacks {rates[0]:.3f}, ordinary {rates[1]:.4f}, documentation {rates[2]:.4f}"
        )


def main() -> None:
    data = examples()
    back = [each for each in data if each.group[-1] in HELD_BACK]
    weights, bias = fit([each for each in data if each.group[-1] not in HELD_BACK])
    line = calibrate(back, weights, bias)
    print(f"{len(data)} texts, {len(back)} held back; offset and slope {np.round(line, 2)}")
    report(back, weights, bias, line)
    weights, bias = fit(data)
    packed = np.clip(np.rint(weights * STEP) + 128, 0, 255).astype(np.uint8).tobytes()
    MODEL.write_bytes(encode_head(bias, *line) + packed)
    print(f"{MODEL.stat().st_size} bytes, {np.count_nonzero(weights)} weights, bias {bias:.2f}")


if __name__ == "__main__":
    main()
