"""`curtilage eval`: how well detection does on labelled text of one's own."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from curtilage.app.detection import open_scanner
from curtilage.app.tools import make_tools
from curtilage.cli.options import find_settings
from curtilage.core.errors import InputError
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.detect.evaluation import BINS, Labelled, Report, Tally, parse_labelled

LONGEST = 16 * 1024 * 1024  # bytes of one line
LEAST_SURE = 0.8


def add_commands(app: typer.Typer) -> None:
    app.command("eval", epilog="Example: curtilage eval --data labelled.jsonl")(evaluate)


def evaluate(
    data: Annotated[
        Path, typer.Option("--data", metavar="FILE", help="Labelled text, one JSON object a line.")
    ],
    types: Annotated[
        str,
        typer.Option(
            "--types", metavar="T,…", help="Count these types alone; else all that are labelled."
        ),
    ] = "",
    every: Annotated[
        bool, typer.Option("--every", help="Count findings of types that nothing is labelled with.")
    ] = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Measure detection on labelled text.

    A line: {"text": "Mail Ada", "spans": [{"start": 5, "end": 8, "type": "PERSON"}], "lang": "en"}.
    What is measured is detection as the configuration has it, with its rules and taggers.

    Masked: the share of labelled spans of which no letter would be left. F2 counts a
    miss twice as much as a false alarm. Only findings of labelled types are counted,
    unless --every is given."""
    today = make_tools().clock.now().date()
    scanner = open_scanner(find_settings(config, data_dir), today=today)
    rows = list(_read(data))
    wanted = set(types.split(",")) if types else {span.type for row in rows for span in row.spans}
    report, spent = Report(), 0.0
    for row in rows:
        begun = time.thread_time()
        found = scanner.scan(row.text)
        spent += time.thread_time() - begun
        spans = [span for span in row.spans if span.type in wanted]
        report.add(
            Labelled(row.text, spans, row.lang),
            [item for item in found if every or item.type in wanted],
        )
    size = sum(len(row.text.encode("utf-8", "surrogatepass")) for row in rows)
    speed = size / spent / 1e6 if spent else 0.0
    if as_json:
        typer.echo(json.dumps(_as_json(report, speed), indent=2))
    else:
        for line in _lines(report, speed):
            typer.echo(line)


def _read(path: Path) -> Iterator[Labelled]:
    try:
        with path.open("rb") as lines:
            number = 0
            while line := lines.readline(LONGEST + 1):
                number += 1
                if len(line) > LONGEST:
                    raise InputError(f"Line {number} is longer than {LONGEST:,} bytes.")
                if line.strip():
                    yield parse_labelled(line, number)
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}.") from None


def _lines(report: Report, speed: float) -> Iterator[str]:
    yield f"{'':<28} {'labelled':>8} {'masked':>7} {'recall':>7} {'prec.':>7} {'F2':>7} {'exact F1':>9}"
    yield _line("all", report.all)
    for title, tallies in (("type", report.by_type), ("language", report.by_language)):
        yield f"by {title}"
        for name in sorted(tallies):
            yield _line(f"  {name or '(none given)'}", tallies[name])
    yield "findings by score, and the share that is right"
    for edge in BINS:
        if edge in report.reliability:
            count, right = report.reliability[edge]
            yield f"  {edge:.2f} and up {count:>8} {right / count:>8.3f}"
    yield f"of those with {LEAST_SURE} or more, {report.share_right(LEAST_SURE):.3f} are right"
    yield f"{report.texts:,} {'text' if report.texts == 1 else 'texts'}, {report.characters:,} characters, {speed:.2f} MB/s on one core"


def _line(name: str, tally: Tally) -> str:
    figures = (tally.masked_recall, tally.recall, tally.precision, tally.f2)
    return (
        f"{name:<28} {tally.spans:>8} "
        + " ".join(f"{figure:>7.3f}" for figure in figures)
        + f" {tally.exact_f1:>9.3f}"
    )


def _as_json(report: Report, speed: float) -> Mapping[str, Any]:
    return {
        "texts": report.texts,
        "characters": report.characters,
        "mb_per_second": round(speed, 3),
        "all": _figures(report.all),
        "by_type": {name: _figures(report.by_type[name]) for name in sorted(report.by_type)},
        "by_language": {
            name: _figures(report.by_language[name]) for name in sorted(report.by_language)
        },
        "reliability": [
            {"from": edge, "findings": count, "right": right}
            for edge, (count, right) in sorted(report.reliability.items())
        ],
        "right_of_sure": round(report.share_right(LEAST_SURE), 4),
    }


def _figures(tally: Tally) -> Mapping[str, float]:
    return {
        "labelled": tally.spans,
        "findings": tally.findings,
        "masked": round(tally.masked_recall, 4),
        "recall": round(tally.recall, 4),
        "precision": round(tally.precision, 4),
        "f2": round(tally.f2, 4),
        "exact_f1": round(tally.exact_f1, 4),
    }
