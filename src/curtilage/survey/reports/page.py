"""The report for people: one HTML page that needs nothing beside it and runs nothing.

Everything from files is escaped, and the page's own policy lets it load and run
nothing at all. Its look is passed in, as style sheets.
"""

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import TextIO

from curtilage.survey.models import Found, Note, Problem, Result
from curtilage.survey.reports.records import where
from curtilage.survey.reports.text import printable
from curtilage.survey.tallying import Tally

MOST = 5000  # findings on one page; a browser copes, and nobody reads more
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
body { margin: 0; background: var(--n0); color: var(--n9); font: var(--t2)/1.5 var(--font); }
main { max-width: 72rem; margin: 0 auto; padding: var(--s5) var(--s4) var(--s7); }
h1 { font-size: var(--t5); line-height: 1.2; margin: 0 0 var(--s2); }
h2 { font-size: var(--t4); margin: var(--s6) 0 var(--s3); }
h3 { font: 600 var(--t2)/1.4 var(--mono); margin: var(--s5) 0 var(--s2); overflow-wrap: anywhere; }
p { max-width: var(--line); margin: 0 0 var(--s3); color: var(--n7); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--n6); padding-bottom: var(--s1); }
th { text-align: left; font-weight: 600; color: var(--n6); }
th, td { padding: var(--s1) var(--s4) var(--s1) 0; border-bottom: 1px solid var(--n3); vertical-align: top; }
td.place, td.value { font-family: var(--mono); font-size: var(--t1); overflow-wrap: break-word; }
td.place { width: 45%; min-width: 7rem; max-width: 24rem; }
td.value { width: 25%; min-width: 6rem; max-width: 20rem; }
td.number, th.number { text-align: right; }
table.sum { width: auto; min-width: 20rem; }
.kind { font-weight: 600; white-space: nowrap; color: var(--attention); }
.kind.secret { color: var(--danger); }
.why { color: var(--n6); font-size: var(--t1); }
.gap { border-left: 3px solid var(--attention); background: var(--attention-wash); padding: var(--s3) var(--s4); border-radius: var(--radius); }
.gap li { margin-bottom: var(--s2); overflow-wrap: anywhere; }
.gap ul { margin: 0; padding-left: var(--s4); }
"""


class PageReport:
    """A page; it is written when all is known."""

    def __init__(self, out: TextIO, *, look: str) -> None:
        self._out = out
        self._look = look
        self._found: list[Found] = []
        self._categories: dict[str, str] = {}
        self._problems: list[Problem] = []
        self._notes: list[Note] = []

    def take(self, result: Result) -> None:
        if isinstance(result, Found):
            self._categories[result.finding.type] = result.finding.category
            if len(self._found) < MOST:
                self._found.append(result)
        elif isinstance(result, Problem):
            self._problems.append(result)
        elif isinstance(result, Note):
            self._notes.append(result)

    def close(self, tally: Tally) -> None:
        for part in self._page(tally):
            self._out.write(part)

    def _page(self, tally: Tally) -> Iterator[str]:
        total = tally.found.total()
        yield (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>What was found</title><style>{self._look}{STYLE}</style></head><body><main>\n"
            f"<h1>{total:,} {_plural(total, 'finding', 'findings')} in {tally.files:,} {_plural(tally.files, 'file', 'files')}</h1>\n"
            f"<p>{escape(_told(tally))}</p>\n"
        )
        yield from self._gaps()
        if total:
            yield from self._sum(tally.found)
            yield from _columns(tally)
            yield from self._details(total)
        yield "</main></body></html>\n"

    def _gaps(self) -> Iterator[str]:
        if self._problems:
            yield '<section class="gap" aria-labelledby="gaps"><h2 id="gaps" style="margin-top:0">Not examined</h2><ul>\n'
            for problem in self._problems:
                place = " › ".join([problem.path, *problem.within])
                yield f"<li><strong>{_shown(place)}</strong>: {_shown(problem.why)} {_shown(problem.advice)}</li>\n"
            yield "</ul></section>\n"
        if self._notes:
            yield "<h2>Notes</h2><ul>\n"
            for note in self._notes:
                yield f"<li><strong>{_shown(note.path)}</strong>: {_shown(note.what)}</li>\n"
            yield "</ul>\n"

    def _sum(self, found: Counter[str]) -> Iterator[str]:
        yield (
            '<h2>By type</h2><div class="wide"><table class="sum"><thead><tr><th scope="col">Type</th>'
            '<th scope="col">Category</th><th scope="col" class="number">Findings</th></tr></thead><tbody>\n'
        )
        for type, count in found.most_common():
            category = self._categories.get(type, "")
            yield f'<tr><td>{_kind(type, category)}</td><td>{_shown(category)}</td><td class="number">{count:,}</td></tr>\n'
        yield "</tbody></table></div>\n"

    def _details(self, total: int) -> Iterator[str]:
        yield "<h2>By file</h2>\n"
        if total > len(self._found):
            yield f"<p>The first {len(self._found):,} of {total:,}; other forms of the report have all.</p>\n"
        path: str | None = None
        for found in self._found:
            if found.path != path:
                yield f"{_END if path is not None else ''}<h3>{_shown(found.path)}</h3>{_HEAD}"
                path = found.path
            yield _row(found)
        yield _END


def _columns(tally: Tally) -> Iterator[str]:
    if not tally.columns:
        return
    yield (
        '<h2>Columns of tables</h2><div class="wide"><table><thead><tr><th scope="col">Table</th><th scope="col">Column</th>'
        '<th scope="col">Holds</th><th scope="col">Evidence</th></tr></thead><tbody>\n'
    )
    for column in tally.columns:
        place = " › ".join([column.path, *column.within])
        title = column.title or f"column {column.number}"
        holds = ("" if column.is_mostly else "some ") + _kind(column.type, column.category)
        yield f'<tr><td class="place">{_shown(place)}</td><td>{_shown(title)}</td><td>{holds}</td><td>{_shown(column.told())}</td></tr>\n'
    yield _END


_HEAD = (
    '<div class="wide"><table><thead><tr><th scope="col">Where</th><th scope="col">Type</th>'
    '<th scope="col" class="number">Score</th><th scope="col">Value</th></tr></thead><tbody>\n'
)
_END = "</tbody></table></div>\n"


def _row(found: Found) -> str:
    finding = found.finding
    length = finding.end - finding.start
    value = found.value or f"{length:,} {_plural(length, 'character', 'characters')}"
    reasons = "".join(f'<div class="why">{_shown(reason)}</div>' for reason in found.why)
    commit = ""
    if found.commit is not None:
        words = (found.commit.hash[:10], found.commit.date, found.commit.author)
        commit = f'<div class="why">{_shown(" · ".join(words))}</div>'
    return (
        f'<tr><td class="place">{_shown(where(found))}{commit}</td><td>{_kind(finding.type, finding.category)}{reasons}</td>'
        f'<td class="number">{finding.score:.2f}</td><td class="value">{_shown(value)}</td></tr>\n'
    )


def _kind(type: str, category: str) -> str:
    secret = " secret" if category.startswith("secret.") else ""
    return f'<span class="kind{secret}">{_shown(type)}</span>'


def _told(tally: Tally) -> str:
    parts = [f"{tally.characters:,} characters were examined."]
    if tally.known:
        parts.append(f"{tally.known:,} more are known from the baseline and not shown.")
    if tally.skipped:
        parts.append(f"{tally.skipped:,} files hold no text and were not read.")
    if not tally.problems:
        parts.append("Nothing was left out for want of a way to read it.")
    return " ".join(parts)


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _shown(text: str) -> str:
    return escape(printable(text))
