"""What a finding is known by: its file, its type and its line, with every value taken out.

Nothing of a value is in it, so no guess of one can be confirmed. The price: another
value in the same place has the same fingerprint. Whoever has a key for it can have
both: with a key, the value goes in under it, and only who holds the key could try guesses.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence

from curtilage.core.models import Finding

AROUND = 160  # characters of the line on both sides
SIZE = 12  # bytes


def make_fingerprint(
    path: str, text: str, findings: Sequence[Finding], number: int, *, key: bytes = b""
) -> str:
    """The fingerprint of `findings[number]` in `text`; findings in order and apart."""
    finding = findings[number]
    value = text[finding.start : finding.end] if key else ""
    parts = (path, finding.type, _masked(text, findings, number), value)
    digest = hashlib.blake2b(key=hashlib.sha256(key).digest() if key else b"", digest_size=SIZE)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def key_id(key: bytes) -> str:
    """Tells keys apart and gives none away."""
    return (
        hashlib.blake2b(b"id", key=hashlib.sha256(key).digest(), digest_size=8).hexdigest()
        if key
        else ""
    )


def _masked(text: str, findings: Sequence[Finding], number: int) -> str:
    """The line of a finding with types in the place of values; where in the line stays out."""
    finding = findings[number]
    before = text.rfind("\n", max(0, finding.start - AROUND), finding.start)
    start = before + 1 if before >= 0 else max(0, finding.start - AROUND)
    after = text.find("\n", finding.end, finding.end + AROUND)
    end = after if after >= 0 else finding.end + AROUND
    near = bisect_left(findings, start, key=lambda item: item.end)
    parts: list[str] = []
    place = start
    while near < len(findings) and findings[near].start < end:
        item = findings[near]
        near += 1
        parts += [text[place : max(place, item.start)], f"‹{item.type}›"]
        place = max(place, item.end)
    return "".join([*parts, text[place:end]]).strip()
