"""What the shield costs: minting, protecting, restoring, per call in microseconds.

Best of several rounds, so that a busy machine shows less. The gates are ratios
to a plain piece of Python measured in the same run: two HMAC-SHA-256 for what
hashes twice, a method call that searches its text twice for what passes it on.
"""

import gc
import hmac
import sys
import time
from collections.abc import Callable
from itertools import count

from curtilage.core.models import Finding, Treatment
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import protect_text
from curtilage.shield.restore import Form, StreamRestorer, restore_text
from curtilage.shield.tokens import ScopeKey, TokenMint

KEY = bytes(range(32))
TREATMENTS = {"EMAIL_ADDRESS": Treatment.TOKEN}
ROUNDS = 7
ORDINARY = "The quarterly report is ready, and nobody has asked a question about it yet. "


def cost(work: Callable[[], object], calls: int) -> float:
    """Microseconds per call: the best of several rounds."""
    best = float("inf")
    gc.collect()
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, time.process_time() - begun)
    return best / calls * 1e6


def a_mint() -> TokenMint:
    return TokenMint(b"bench", ScopeKey(1, KEY))


def minting() -> dict[str, float]:
    mint, number = a_mint(), count()
    return {
        "two HMAC-SHA-256 (baseline)": cost(
            lambda: (hmac.digest(KEY, b"x" * 32, "sha256"), hmac.digest(KEY, b"y" * 32, "sha256")),
            20_000,
        ),
        "mint, new value, normal spelling": cost(
            lambda: mint.mint("EMAIL_ADDRESS", f"a{next(number)}@orchard.example"), 20_000
        ),
        "mint, new value, other spelling": cost(
            lambda: mint.mint("PERSON", f"Ada {next(number)}"), 20_000
        ),
        "mint, known value": cost(lambda: mint.mint("PERSON", "Ada"), 50_000),
    }


def dense(size: int) -> tuple[str, list[Finding]]:
    """A text with a value about every 125 characters, as 65 in 8 KB."""
    parts: list[str] = []
    findings: list[Finding] = []
    at = 0
    for number in count():
        value = f"person{number}@orchard.example"
        text = (ORDINARY * 2)[: 125 - len(value)] + value
        end = at + len(text)
        if end > size:
            break
        findings.append(
            Finding(end - len(value), end, "EMAIL_ADDRESS", 1.0, "user.contact.email", "bench")
        )
        parts.append(text)
        at = end
    return "".join(parts), findings


def protecting(size: int) -> dict[str, float]:
    text, findings = dense(size)
    known = a_mint()

    def protect(mint: TokenMint, held: Held, text: str, findings: list[Finding]) -> str:
        return protect_text(text, findings, TREATMENTS, mint=mint, held=held, origin=Origin.CALLER)

    held = Held()
    left = protect(known, held, text, findings)
    name = f"{size // 1024} KB, {len(findings)} values"
    return {
        f"protect {name}, new scope": cost(lambda: protect(a_mint(), Held(), text, findings), 300),
        f"protect {name}, known values": cost(lambda: protect(known, Held(), text, findings), 300),
        f"protect {name}, all tokens already": cost(lambda: protect(known, Held(), left, []), 300),
        f"restore {name}": cost(lambda: restore_text(left, held), 100),
    }


class _PassOn:
    """The least that a stream filter in Python can be."""

    def feed(self, text: str) -> str:
        return text if "Q" not in text and "q" not in text else ""


def streaming() -> dict[str, float]:
    mint, held = a_mint(), Held()
    text, findings = dense(1024)
    left = protect_text(
        text,
        findings,
        TREATMENTS,
        mint=mint,
        held=held,
        origin=Origin.CALLER,
    )
    pieces = [left[at : at + 4] for at in range(0, len(left), 4)]
    arguments = '{"text":"' + left + '"}'
    json_pieces = [arguments[at : at + 4] for at in range(0, len(arguments), 4)]
    bare, quiet = _PassOn(), StreamRestorer(held, sink=Sink.TEXT, form=Form.TEXT)

    def stream(pieces: list[str], form: Form) -> None:
        restorer = StreamRestorer(held, sink=Sink.TEXT, form=form)
        for piece in pieces:
            restorer.feed(piece)
        restorer.close()

    return {
        "a call that passes text on (baseline)": cost(lambda: bare.feed("hello"), 50_000),
        "feed, nothing there (fast path)": cost(lambda: quiet.feed("hello"), 50_000),
        "a new restorer": cost(
            lambda: StreamRestorer(held, sink=Sink.TEXT, form=Form.TEXT), 20_000
        ),
        "per event, dense reply in pieces of 4": cost(lambda: stream(pieces, Form.TEXT), 30)
        / len(pieces),
        "per event, dense arguments in pieces of 4": cost(
            lambda: stream(json_pieces, Form.JSON), 30
        )
        / len(json_pieces),
    }


HOSTILE = {
    "triggers only": "Q",
    "starts only": "QX1",
    "almost tokens": "QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj",
    "letters and spaces": "qx1 " + "a " * 60,
    "dashes and spaces": "qx1 - a - b - c - d - e - f - g - h - j - k - m ",
    "open brackets": "[a](<b " + "(" * 8,
    "links in links": "](a(b 'c ](<d>\\) ",
    "tags in tags": "<a b=c d='<e f=\"g' <h\n> =i ",
    "scripts in tags": "<script a='b'>c</script <style =d>e</style> ",
    "definitions": "[a\\]: b\n",
    "open objects": '{"a":"{\\"b\\":',
}


def hostility() -> dict[str, float]:
    """Milliseconds per megabyte of text made to be slow."""
    mint = a_mint()

    def both(text: str) -> float:
        return cost(lambda: (mint.find(text), restore_text(text, Held())), 1)

    tail = " QX1-EMAIL-" + "0" * 16 + "-" + "0" * 16
    return {
        f"hostile: {name}, ms per MB": both(piece * (250_000 // len(piece)) + tail) * 4 / 1000
        for name, piece in HOSTILE.items()
    }


GATES = {
    "mint, new value, normal spelling": ("two HMAC-SHA-256 (baseline)", 1.5),
    "feed, nothing there (fast path)": ("a call that passes text on (baseline)", 8.0),
}


def main() -> int:
    rows = minting() | protecting(1024) | protecting(8192) | streaming() | hostility()
    for name, figure in rows.items():
        print(f"{name:48} {figure:10.2f}")
    failed = [name for name, (base, most) in GATES.items() if rows[name] > most * rows[base]]
    for name in failed:
        base, most = GATES[name]
        print(f"gate: {name} is more than {most} times {base}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
