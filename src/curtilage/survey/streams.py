"""Texts in JSONL, findings in JSONL: line for line, in order, in constant memory."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO, NamedTuple

import orjson

from curtilage.core.errors import InputError, LimitError
from curtilage.survey.errors import Unreadable
from curtilage.survey.examining import Wishes, is_wanted
from curtilage.survey.pools import Pool, Step, built, in_order
from curtilage.survey.ports import Detector, DetectorBuilder

BUNDLED = 256 * 1024  # bytes of lines that go out together
LONGEST = 64 * 1024 * 1024  # bytes of one line
Bundle = Sequence[tuple[int, bytes]]
"""Some lines with their numbers."""

WANTED = 'expected an object like {"id": "1", "text": "…"}'


class Answered(NamedTuple):
    """What one line gave: a line of the answer, or why there is none."""

    line: str
    found: int = 0
    problem: str = ""


def answer_stream(
    opened: BinaryIO, build: DetectorBuilder, wishes: Wishes, pool: Pool
) -> Iterator[Answered]:
    """An answer to every line, in their order; one by one where nothing runs beside this."""
    size = BUNDLED if pool.backlog else 0
    return in_order(
        (_step(bundle, build, wishes, pool) for bundle in read_bundles(opened, size)), pool.backlog
    )


def _step(bundle: Bundle, build: DetectorBuilder, wishes: Wishes, pool: Pool) -> Step[Answered]:
    return Step(
        then=lambda answers: answers,
        future=pool.submit(answer_lines, bundle, build, wishes),
        on_loss=partial(_lost, bundle),
    )


def answer_lines(bundle: Bundle, build: DetectorBuilder, wishes: Wishes) -> Sequence[Answered]:
    """What some lines give, wherever this runs."""
    detector = built(build)
    return [answer_line(number, line, detector, wishes) for number, line in bundle]


def _lost(bundle: Bundle) -> Sequence[Answered]:
    return [
        Answered("", problem=f"Line {number}: the process that examined it died.")
        for number, _ in bundle
    ]


def read_bundles(opened: BinaryIO, size: int) -> Iterator[Bundle]:
    """Numbered lines, about `size` bytes of them at a time; of one too long, its beginning."""
    bundle: list[tuple[int, bytes]] = []
    number = held = 0
    while line := opened.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while (rest := opened.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
        if line.strip():
            bundle.append((number, line))
            held += len(line)
        if bundle and held >= size:
            yield bundle
            bundle, held = [], 0
    if bundle:
        yield bundle


def answer_line(number: int, line: bytes, detector: Detector, wishes: Wishes) -> Answered:
    """The findings of one line's text."""
    try:
        id, text = parse_line(line)
        findings = [item for item in detector.scan(text) if is_wanted(item, wishes)]
    except (Unreadable, InputError, LimitError) as problem:
        return Answered("", problem=f"Line {number}: {problem.detail}")
    record = {
        "id": id,
        "findings": [
            {
                "start": item.start,
                "end": item.end,
                "type": item.type,
                "category": item.category,
                "score": item.score,
                "detector": item.detector,
                **({"value": text[item.start : item.end]} if wishes.values else {}),
            }
            for item in findings
        ],
    }
    return Answered(json.dumps(record), len(findings))


def parse_line(line: bytes) -> tuple[Any, str]:
    """The id and the text of a line."""
    if len(line) > LONGEST:
        raise Unreadable(f"it is longer than {LONGEST:,} bytes.")
    try:
        record = _load(line)
    except ValueError:
        raise Unreadable(f"it is not JSON; {WANTED}.") from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise Unreadable(f"it has no text; {WANTED}.")
    return record.get("id"), record["text"]


def _load(line: bytes) -> Any:
    """Strictly, or by the lenient parser of Python: it knows lone surrogates."""
    try:
        return orjson.loads(line)
    except ValueError:
        try:
            return json.loads(line)
        except RecursionError:
            raise ValueError from None
