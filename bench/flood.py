"""Streams while sign-ins flood: `python -m bench.flood [ROUNDS]`. Gates at the end.

The service as `serve` starts it, on two cores, one gateway worker. Somebody's right passphrase
is typed by eight browsers at once, over and over: the most work that one address is let do.
Beside it run sixteen streams of a hundred events, one every 5 ms; rounds with and without the
flood take turns. Needs `wrk`.

The same run says what knowing who asks adds to a call: a key's check and a token's, beside the
median of a whole call.
"""

import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

import httpx

from bench import _machine as machine
from bench._servers import Running, curtilage
from bench.gateway import CELLS, PACED, Cell, put_load
from bench.tokens import measure_callers
from curtilage.identity.signing_keys import generate_signing_key

STREAMS = Cell("paced streams, c=16", PACED, 16, streams=True)
BROWSERS = 8
SECONDS = 8
PASSPHRASE = "lantern gravel otter vowel"
FORM = re.compile(r'name="_csrf" value="([^"]+)"')
BESIDE, SHARE = "p99 of streams, flooded beside calm", "who asks, part of a call's median"
CEILINGS = {BESIDE: 2.0, SHARE: 0.05}


@dataclass
class Flood:
    """Sign-ins that went well, and answers that were none."""

    running: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    refused: int = 0

    def sign_in(self, origin: str) -> None:
        """One browser: the form once, then the passphrase over and over."""
        with httpx.Client(base_url=origin, headers={"origin": origin}, timeout=30) as browser:
            fields = {"_csrf": form_of(browser, "/login"), "name": "ada", "passphrase": PASSPHRASE}
            kept = dict(browser.cookies)
            while self.running.is_set():
                browser.cookies.clear()
                browser.cookies.update(kept)
                if browser.post("/login", data=fields).status_code == 303:
                    self.done += 1
                else:
                    self.refused += 1


def form_of(browser: httpx.Client, path: str) -> str:
    """The token of the form on a page."""
    found = FORM.search(browser.get(path).text)
    assert found is not None, f"no form at {path}"
    return found[1]


def enrol(running: Running) -> None:
    """Somebody to sign in: by the set-up link of the first start."""
    assert running.ledger is not None
    origin = f"http://localhost:{running.port}"
    link = (running.ledger.parent / "set-up-link").read_text().strip().rpartition("/")[2]
    with httpx.Client(base_url=origin, headers={"origin": origin}, timeout=30) as browser:
        path = f"/setup/{link}"
        fields = {"_csrf": form_of(browser, path), "name": "ada"}
        fields |= {"passphrase": PASSPHRASE, "again": PASSPHRASE}
        assert browser.post(path, data=fields).status_code == 303


@contextmanager
def flooding(port: int) -> Iterator[Flood]:
    """Sign-ins from here to the end of the block."""
    flood = Flood()
    flood.running.set()
    origin = f"http://localhost:{port}"
    browsers = [
        threading.Thread(target=flood.sign_in, args=(origin,), daemon=True) for _ in range(BROWSERS)
    ]
    for each in browsers:
        each.start()
    time.sleep(1)
    try:
        yield flood
    finally:
        flood.running.clear()
        for each in browsers:
            each.join()


def measure(running: Running, rounds: int) -> dict[str, float]:
    put_load(running, CELLS[0], 2)
    calm, flooded, signed_in, refused = [], [], 0, 0
    for _ in range(rounds):
        calm.append(put_load(running, STREAMS, SECONDS).p99)
        with flooding(running.port) as flood:
            begun = flood.done
            flooded.append(put_load(running, STREAMS, SECONDS).p99)
            signed_in += flood.done - begun
        refused += flood.refused
    call = median(put_load(running, CELLS[0], 3).p50 for _ in range(rounds))
    callers = measure_callers(generate_signing_key())
    return {
        "p99 of a stream, calm, ms": median(calm),
        "p99 of a stream, flooded, ms": median(flooded),
        BESIDE: median(flooded) / median(calm),
        "sign-ins a second meanwhile": signed_in / rounds / SECONDS,
        "sign-ins refused": refused,
        "median of a call, ms": call,
        SHARE: max(callers["caller, key"], callers["caller, kept"]) / 1000 / call,
    }


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if shutil.which("wrk") is None:
        print("not run: the load generator wrk is missing (Debian package wrk)")
        return 0
    port = machine.free_port()
    with (
        machine.process([sys.executable, "-m", "bench._provider", str(port)], core="0,1"),
        curtilage(port, core="0,1") as running,
    ):
        enrol(running)
        found = measure(running, rounds)
    for name, value in found.items():
        print(f"{name:<44} {value:>10.3f}")
    missed = [name for name, most in CEILINGS.items() if found[name] > most]
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
