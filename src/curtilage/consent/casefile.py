"""Corrections as cases: the words around a value, and the file that is made of them. Pure.

Who corrects may agree that the words around the value are kept, sealed, until the
correction ends. What is exported of them is a suite that `curtilage policy test`
tries: it measures detection alone, so a case that passes is one whose correction is
not needed any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from curtilage.consent.cases import FINDS, IGNORES
from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.errors import PolicyError
from curtilage.consent.wire import CASES
from curtilage.core.clock import encode_instant

AROUND = 200  # characters that are kept on each side of a value, at most
LONGEST_FILE = 8 << 20  # bytes; as many corrections as are kept fill a quarter of it
NAMES = "policy"  # the key by which a suite names its policy
_WORDS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.MISSED: (FINDS, "should be found"),
    Verdict.NOT_PERSONAL: (IGNORES, "is not personal"),
}


@dataclass(frozen=True, slots=True)
class KeptText:
    """A value, and the words around it."""

    text: str = field(repr=False)
    value: str = field(repr=False)


def cut_text(text: str, value: str) -> KeptText | None:
    """The whole words around the first place where the value stands; None where it does not."""
    before, there, after = text.partition(value) if value else (text, "", "")
    if not there:
        return None
    if len(before) > AROUND:
        before = before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0]
    return KeptText(before + value + after, value)


def encode_text(kept: KeptText) -> bytes:
    """What is sealed. Format 1."""
    return orjson.dumps([1, kept.text, kept.value])


def parse_text(raw: bytes) -> KeptText:
    """What `encode_text` wrote."""
    version, text, value = orjson.loads(raw)
    if version != 1:
        raise ValueError("a kept text of a later version")
    return KeptText(text, value)


def encode_suite(policy: str, kept: Iterable[tuple[Correction, KeptText]]) -> bytes:
    """A line that names the policy, and one for each case."""
    rows = [{NAMES: policy}, *(_describe(correction, text) for correction, text in kept)]
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def _describe(correction: Correction, kept: KeptText) -> dict[str, Any]:
    kind = correction.qualified.rpartition(":")[2]
    key, words = _WORDS[correction.verdict]
    return {
        "name": f"{correction.id}: {kind} {words}",
        "text": kept.text,
        key: [{"value": kept.value, "type": kind}],
        "because": correction.reason,
        "author": correction.author,
        "until": encode_instant(correction.ends_at)[:10],
    }


def parse_suite(raw: bytes) -> Mapping[str, Any]:
    """The tables of a suite in lines, as those of one in TOML. Raises `PolicyError`."""
    if len(raw) > LONGEST_FILE:
        raise PolicyError("The suite is too long; expected at most 8 MiB.")
    rows = [
        _parse_line(line, number)
        for number, line in enumerate(raw.split(b"\n"), start=1)
        if line.strip()
    ]
    if not rows or set(rows[0]) != {NAMES}:
        raise PolicyError('A suite in lines begins with {"policy": NAME} and nothing else.')
    return {**rows[0], CASES: rows[1:]}


def _parse_line(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise PolicyError(f"Line {number} is not valid JSON.") from None
    if type(row) is not dict:
        raise PolicyError(f"Line {number} is not a JSON object.")
    return row
