"""How fast detection is: ordinary text, dense text, and Presidio beside it where it is installed.

    python -m bench.detect [--presidio]

Ordinary text and dense text are generated, the same on every run. Gates are per core:
at least 25 MB/s of ordinary text; dense 1 / 8 / 32 KB in at most 0.15 / 1 / 4 ms;
at least 60 / 80 times Presidio's pattern and phone recognisers (blank spaCy) at 8 / 32 KB;
ten times the text takes at most eleven times as long. What is in seconds is scaled by a
piece of interpreter work that is measured in the same run. CPU time of this thread is
counted, the best of many rounds: what a busy neighbour takes is not ours.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench._machine import peers_python
from curtilage.detect.checksums import luhn
from curtilage.detect.engine import Engine, build_engine

WORDS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "be",
    "by",
    "on",
    "not",
    "he",
    "his",
    "but",
    "at",
    "are",
    "this",
    "have",
    "from",
    "or",
    "had",
    "an",
    "they",
    "which",
    "one",
    "you",
    "were",
    "her",
    "all",
    "she",
    "there",
    "would",
    "their",
    "we",
    "him",
    "been",
    "has",
    "when",
    "who",
    "will",
    "more",
    "no",
    "if",
    "out",
    "so",
    "said",
    "what",
    "up",
    "its",
    "about",
    "into",
    "than",
    "them",
    "can",
    "only",
    "other",
    "new",
    "some",
    "could",
    "time",
    "these",
    "two",
    "may",
    "then",
    "do",
    "first",
    "any",
    "my",
    "now",
    "such",
    "like",
    "our",
    "over",
    "man",
    "me",
    "even",
    "most",
    "made",
    "after",
    "also",
    "did",
    "many",
    "before",
    "must",
    "through",
    "back",
    "years",
    "where",
    "much",
    "your",
    "way",
    "well",
    "down",
    "should",
    "because",
    "each",
    "just",
    "those",
    "people",
    "how",
    "little",
    "state",
    "good",
    "very",
    "make",
    "world",
    "still",
    "own",
    "see",
    "men",
    "work",
    "long",
    "get",
    "here",
    "between",
    "both",
    "life",
    "being",
    "under",
    "never",
    "day",
    "same",
    "another",
    "know",
    "while",
    "last",
    "might",
    "us",
    "great",
    "old",
    "year",
    "off",
    "come",
    "since",
    "against",
    "go",
    "came",
    "right",
    "used",
    "take",
    "three",
    "meeting",
    "report",
    "project",
    "team",
    "release",
    "customer",
    "question",
    "answer",
    "document",
    "table",
    "number",
    "value",
    "function",
    "return",
    "import",
    "class",
    "context",
    "window",
    "model",
]
CODE = [
    "def total(items: list[int]) -> int:",
    "    return sum(item.price * item.count for item in items)",
    "for (let i = 0; i < rows.length; i++) { out.push(rows[i].name); }",
    'log.info("request done", extra={"status": 200, "ms": 12.5})',
    "SELECT id, name, created_at FROM orders WHERE total > 100 ORDER BY created_at DESC;",
    '{"sku": "A1-4471", "qty": 3, "version": "2.14.0", "ok": true, "tags": ["new", "blue"]}',
]
GATE_ORDINARY = 25.0
GATE_DENSE = {1: 0.15, 8: 1.0, 32: 4.0}
GATE_PRESIDIO = {8: 60.0, 32: 80.0}
GATE_GROWTH = 11.0
OTHERS = {
    "German": "Die schöne Straße führt über den großen Fluss und weiter in die grünen Wälder. ",
    "Russian": "Красивая дорога ведёт через большую реку и дальше в зелёные леса. ",
    "Chinese": "这条美丽的道路穿过大河，通向远方的绿色森林。",
}
REFERENCE_MS = (
    12.0  # what `reference` takes on the machine of the gates (EPYC Zen 3) when it is quiet
)


def ordinary_text(size: int) -> str:
    """Prose with some numbers and dates, a fifth of it code and JSON."""
    dice = random.Random(11)
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        if dice.random() < 0.2:
            lines.append(dice.choice(CODE))
            continue
        words = [dice.choice(WORDS) for _ in range(dice.randrange(8, 22))]
        if dice.random() < 0.3:
            words.insert(
                4,
                dice.choice(
                    ["in 2024", "on 12 May", "for 3,499 units", "version 2.4.1", "at 10:30"]
                ),
            )
        lines.append(" ".join(words).capitalize() + ".")
    return "\n".join(lines)[:size]


def dense_text(size: int) -> str:
    """65 findings per 8 KB, of eleven kinds, among prose."""
    dice = random.Random(7)
    makers: list[Callable[[], str]] = [
        lambda: (
            f"write to {dice.choice(WORDS)}.{dice.randrange(999)}@mail{dice.randrange(99)}.example.org"
        ),
        lambda: f"her card {_card(dice)}",
        lambda: f"call +49 30 {dice.randrange(100000, 999999)}",
        lambda: f"or (202) 555-{dice.randrange(100, 200):04}",
        lambda: (
            f"SSN {dice.randrange(100, 665)}-{dice.randrange(10, 99)}-{dice.randrange(1000, 9999)}"
        ),
        lambda: f"from 203.0.113.{dice.randrange(33, 250)}",
        lambda: f"born {dice.randrange(1, 28)}.{dice.randrange(1, 12)}.19{dice.randrange(40, 99)}",
        lambda: "IBAN " + _iban(dice),
        lambda: f"password={''.join(dice.choices('abcXYZ', k=4))}-{dice.randrange(100, 999)}-Kq",
        lambda: (
            "key sk_live_" + "".join(dice.choices("abcdefghjkmnpqrstuvwxyzABCDEFGH23456789", k=24))
        ),
        lambda: f"at {dice.choice(WORDS)}{dice.randrange(99)}@{dice.choice(WORDS)}.example",
    ]
    parts: list[str] = []
    while sum(len(part) + 1 for part in parts) < size:
        parts.append(makers[len(parts) % len(makers)]())
        filler = 8 * 1024 // 65 - len(parts[-1]) - 3
        text = ""
        while len(text) < filler:
            text += dice.choice(WORDS) + " "
        parts[-1] += ", " + text.strip() + "."
    return " ".join(parts)[:size]


def _card(dice: random.Random) -> str:
    stem = "4" + "".join(str(dice.randrange(10)) for _ in range(14))
    number = next(stem + str(digit) for digit in range(10) if luhn(stem + str(digit)))
    return " ".join(number[place : place + 4] for place in range(0, 16, 4))


def _iban(dice: random.Random) -> str:
    body = f"{dice.randrange(10**18):018}"
    return f"DE{98 - int(body + '131400') % 97:02}{body}"


def best_of(rounds: int, work: Callable[[], Any]) -> float:
    """The shortest of `rounds` runs, in milliseconds of this thread's CPU."""
    times = []
    for _ in range(rounds):
        begun = time.thread_time()
        work()
        times.append((time.thread_time() - begun) * 1000)
    return min(times)


def reference() -> int:
    """A fixed piece of interpreter work, to tell a busy or slower machine from slower code."""
    return sum(range(1_000_000))


def presidio_ms(text: str) -> tuple[float, float] | None:
    """Presidio's pattern recognisers alone, and with its phone one; by the peers' own Python."""
    python = peers_python()
    if python is None:
        return None
    peer = [python, Path(__file__).with_name("_presidio.py")]
    done = subprocess.run(peer, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    alone, with_phones = map(float, done.stdout.split()[-2:])
    return alone, with_phones


def measure(engine: Engine) -> dict[str, float]:
    """Figures by name; prints as it goes."""
    figures: dict[str, float] = {}
    ordinary = ordinary_text(256 * 1024)
    ms = best_of(15, lambda: engine.scan(ordinary))
    figures["ordinary MB/s"] = len(ordinary) / ms / 1000
    print(
        f"ordinary text: {figures['ordinary MB/s']:6.1f} MB/s ({len(engine.scan(ordinary))} findings)"
    )
    for language, sentence in OTHERS.items():
        text = sentence * (64 * 1024 // len(sentence))
        ms = best_of(15, lambda text=text: engine.scan(text))
        print(f"{language}: {len(text) / ms / 1000:6.1f} million characters/s")
    for kilobytes in GATE_DENSE:
        text = dense_text(kilobytes * 1024)
        ms = best_of(200 // kilobytes + 20, lambda text=text: engine.scan(text))
        figures[f"dense {kilobytes} KB ms"] = ms
        print(f"dense {kilobytes:2} KB: {ms:8.3f} ms ({len(engine.scan(text))} findings)")
    return figures


def _grows_evenly(engine: Engine) -> bool:
    """Whether ten megabytes take about ten times as long as one."""
    text = ordinary_text(1_000_000)
    one, ten = (best_of(4, lambda text=text * times: engine.scan(text)) for times in (1, 10))
    print(f"ten times the text takes {ten / one:.1f} times as long")
    return ten / one <= GATE_GROWTH


def _is_ahead_of_presidio(engine: Engine, kilobytes: int, limit: float) -> bool | None:
    """Whether we are `limit` times as fast; None where Presidio is not installed."""
    text = dense_text(kilobytes * 1024)
    peer = presidio_ms(text)
    if peer is None:
        print("Presidio: not installed, not measured")
        return None
    ours = best_of(100, lambda: engine.scan(text))
    print(
        f"Presidio, dense {kilobytes} KB: patterns {peer[0]:.1f} ms ({peer[0] / ours:.0f} times ours), "
        f"with phones {peer[1]:.1f} ms ({peer[1] / ours:.0f} times ours)"
    )
    return peer[1] / ours >= limit


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--presidio", action="store_true", help="fail where Presidio is not installed"
    )
    asked = options.parse_args()
    begun = time.perf_counter()
    engine = build_engine(Path(tempfile.gettempdir()) / "curtilage-bench-patterns")
    print(
        f"{len(engine.kinds)} kinds, ready in {time.perf_counter() - begun:.2f} s ({engine.backend})"
    )
    figures = measure(engine)
    slow = max(1.0, best_of(30, reference) / REFERENCE_MS)
    print(f"this machine now: {slow:.2f} times slower than the one of the gates; limits are scaled")
    kept = figures["ordinary MB/s"] * slow >= GATE_ORDINARY
    kept &= all(
        figures[f"dense {size} KB ms"] <= limit * slow for size, limit in GATE_DENSE.items()
    )
    kept &= _grows_evenly(engine)
    beside = [_is_ahead_of_presidio(engine, size, limit) for size, limit in GATE_PRESIDIO.items()]
    kept &= all(ahead if ahead is not None else not asked.presidio for ahead in beside)
    print("gates kept" if kept else "gates MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
