"""Ordinary code, READMEs and logs: what is found here is a false alarm, near enough.

The code and the READMEs are those of the packages that happen to be installed;
authors' names and addresses in them are true finds, so lines that name people, places
or addresses, in an example or to thank them, are left out. Logs are made up.
"""

import random
import re
import site
from collections.abc import Iterator, Mapping
from pathlib import Path

LEFT_OUT = re.compile(
    r"(?i)@|author|maintain|copyright|licen[cs]e|contribut|thanks|credit|https?://|www\.|password|secret|token"
    r"|thank|written by|created by|implement|name\b|\buser|location|city|john"
)
OTHERS_DATA = re.compile("test|locale|stdnum|phonenumbers|faker|geonames|django/contrib|botocore")
"""What is full of numbers and names on purpose."""
KINDS: Mapping[str, tuple[str, ...]] = {"code": ("*.py",), "readme": ("*.md", "METADATA", "*.rst")}
LONGEST = 20_000
NOT_COUNTED = frozenset({"URL", "DATE_TIME", "EMAIL_ADDRESS"})
"""Apart: they are what they say they are, wherever they stand."""


def texts(kind: str, *, seed: int, words: int = 200_000) -> Iterator[str]:
    """Texts of one kind, until they have so many words together."""
    if kind == "logs":
        yield from logs(seed=seed, words=words)
        return
    paths = [
        path
        for folder in site.getsitepackages()
        for pattern in KINDS[kind]
        for path in Path(folder).rglob(pattern)
        if not OTHERS_DATA.search(path.as_posix())
    ]
    random.Random(seed).shuffle(paths)
    left = words
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")[:LONGEST]
        text = "\n".join(line for line in text.splitlines() if not LEFT_OUT.search(line))
        if text.isascii() and text.strip():
            yield text
            left -= len(text.split())
        if left < 0:
            return


def logs(*, seed: int, words: int) -> Iterator[str]:
    """Made-up logs of servers, in pieces of some hundred lines."""
    dice = random.Random(seed)
    while words > 0:
        text = "\n".join(_line(dice) for _ in range(300))
        words -= len(text.split())
        yield text


def _line(dice: random.Random) -> str:
    moment = f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}T{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}.{dice.randrange(1000):03}Z"
    number = dice.randrange(10 ** dice.randrange(2, 13))
    hexed = f"{dice.getrandbits(64):016x}"
    return dice.choice(
        (
            f"{moment} INFO  [worker-{dice.randrange(9)}] request finished id={hexed} status=200 bytes={number} ms={dice.randrange(900)}",
            f"{moment} DEBUG cache miss for key user:{number}:profile, loading from store",
            f"{moment} WARN  slow query took {dice.randrange(9000)} ms rows={number} plan={hexed[:8]}",
            f'127.0.0.1 - - [{dice.randrange(1, 29):02}/Oct/2026:10:11:12 +0000] "GET /api/v2/items/{number}?page=3 HTTP/1.1" 200 {dice.randrange(90000)} "-" "curl/8.5.0"',
            f"Oct {dice.randrange(1, 29)} 10:11:12 host-{dice.randrange(9)} kernel: [{dice.randrange(10**6)}.{dice.randrange(10**6):06}] eth0: link up, 1000 Mbps",
            f"{moment} ERROR Traceback in module app.core.loader line {dice.randrange(900)}: ValueError: expected {number} got {dice.randrange(99)}",
            f"offset={number} partition={dice.randrange(64)} lag={dice.randrange(10**7)} group=orders-{hexed[:6]}",
            f"commit {hexed}{hexed[::-1]}{hexed[:8]} build 20261123.{dice.randrange(99)} version 2.{dice.randrange(30)}.{dice.randrange(30)}",
            f"{dice.randrange(10**9, 10**10)}.{dice.randrange(1000)} [GC] heap {dice.randrange(10**9)} -> {dice.randrange(10**8)} pause {dice.random():.6f}s",
        )
    )
