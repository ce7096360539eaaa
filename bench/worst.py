"""The texts that detection takes longest over: searched for, measured, and how they grow.

    python -m bench.worst [--rounds N]

Small pieces (the values of every kind's vectors, near misses, naming words, separators,
runs of digits) are repeated; what takes longest is changed a little and tried again, as
a fuzzer does. Gates: 100 kB of the worst takes at most a second of CPU or is refused as
too dense; twice the text takes at most 2.6 times as long.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.detect.engine import Engine, build_engine
from curtilage.detect.errors import TooDense
from tests.unit.detect.vector_files import read_vectors

SEPARATORS = ("", " ", "\n", ", ", "/", "-", ".", ":", ";", "\t", '"', "'", "=", "|", ">", "@", "_")
DRAWN = "0123456789/-. ,:;abcdefABCDEF@\n"
WERE_BAD = (  # what took seconds once
    "2/7254219871193463/8917",
    "83 914 914 571 67914 571 673,1 673,, 46  3,, 46  3,, 46  ",
    "absurd abandon ",
    "wallet absurd abandon ",
    "123456789 ",
    "passport ssn phone 123456789 ",
)
PROBE = 4_000
WHOLE = 100_000
SECOND = 1000.0
GROWTH = 2.6
KEPT = 24
DRAWN_FIRST = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Trial:
    """What a repeated unit takes, in milliseconds of CPU for each kilobyte."""

    cost: float
    unit: str
    refused: bool = False


def repeated(unit: str, size: int) -> str:
    """Much the same again and again, with other digits: what was judged once is remembered."""
    dice, text = random.Random(size), (unit * (size // len(unit) + 1))[:size]
    changes = dice.choices("0123456789", k=size)
    return "".join(
        new if old.isdecimal() and place % 3 == 0 else old
        for place, (old, new) in enumerate(zip(text, changes, strict=True))
    )


def spent(engine: Engine, text: str) -> tuple[float, bool]:
    """Milliseconds of this thread's CPU, and whether the text was refused."""
    begun = time.thread_time()
    try:
        engine.scan(text)
        refused = False
    except TooDense:
        refused = True
    return (time.thread_time() - begun) * 1000, refused


def try_unit(engine: Engine, unit: str) -> Trial:
    text = repeated(unit, PROBE)
    ms, refused = min(spent(engine, text), spent(engine, text))  # the first compiles what it needs
    return Trial(ms / PROBE * 1000, unit, refused)


def pieces(engine: Engine) -> list[str]:
    """What the texts are made of."""
    values, words = [], set()
    for vector in read_vectors():
        values.append(vector.text[slice(*vector.span)] if vector.span else vector.text)
    for kind in engine.kinds.values():
        words.update(kind.words[:2])
    return [value for value in values if value and len(value) < 400] + sorted(words)


def changed(dice: random.Random, unit: str, known: Sequence[str]) -> str:
    """A unit with something added, taken away or put in another's place."""
    at = dice.randrange(len(unit) + 1)
    to = min(len(unit), at + dice.randrange(1, 12))
    added: Sequence[Callable[[], str]] = (
        lambda: dice.choice(known),
        lambda: dice.choice(SEPARATORS),
        lambda: "".join(dice.choices(DRAWN, k=dice.randrange(1, 8))),
        lambda: dice.choice(SEPARATORS) + dice.choice(known),
        lambda: unit[at:to],
    )
    return (unit[:at] + dice.choice(added)() + unit[dice.choice((at, to)) :])[:400] or "0"


def search(engine: Engine, rounds: int, *, seed: int = 3) -> list[Trial]:
    """The worst units, the worst first."""
    dice, known = random.Random(seed), pieces(engine)
    drawn = dice.sample(known, min(len(known), DRAWN_FIRST))
    units = {*WERE_BAD}
    units |= {f"{value}{dice.choice(SEPARATORS)}" for value in drawn}
    units |= {f"{dice.choice(known)}{dice.choice(SEPARATORS)}{value} " for value in drawn}
    worst = sorted((try_unit(engine, unit) for unit in units), reverse=True)[:KEPT]
    for _ in range(rounds):
        unit = changed(dice, dice.choice(worst).unit, known)
        if all(unit != each.unit for each in worst):
            worst = sorted([*worst, try_unit(engine, unit)], reverse=True)[:KEPT]
    return worst


def growth(engine: Engine, unit: str) -> float:
    """How many times as long twice the text takes, where it is not refused."""
    small, large = (
        min(spent(engine, repeated(unit, size)) for _ in range(3)) for size in (20_000, 40_000)
    )
    return 1.0 if large[1] else large[0] / small[0]


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=2000)
    asked = options.parse_args()
    engine = build_engine(Path(tempfile.gettempdir()) / "curtilage-bench-patterns")
    engine.prepare()
    kept = True
    for trial in search(engine, asked.rounds)[:8]:
        ms, refused = spent(engine, repeated(trial.unit, WHOLE))
        grown = growth(engine, trial.unit)
        kept &= ms <= SECOND and grown <= GROWTH
        said = "refused" if refused else f"twice as much takes {grown:.1f} times as long"
        print(f"{WHOLE // 1000} kB: {ms:6.0f} ms, {said}: {trial.unit[:60]!r}")
    print("gates kept" if kept else "gates MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
