"""Dates and times, as they are written in eight languages.

A date is written in numbers (`12.03.1987`), or around the name of a month. Times, days of
the week and the other end of a range join the date that they stand beside. Versions,
ratios, fractions and times inside identifiers are none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from curtilage.detect.phrases.digits import (
    APART,
    CLOCK,
    DAY,
    IN,
    YEAR,
    Span,
    find_in_numbers,
    text_before,
)
from curtilage.detect.phrases.lexicon import Hit, Hits, Words

LOOK_BACK = 40  # characters before a month: "the 12th, 13th and 14th of"

# Around the name of a month.
_ORDINAL = r"(?:st|nd|rd|th|er|ère|re|e|º|ª|°|\.|-?(?:go|ego|tego))?"
_AND = r"(?: ?(?:-|/|,|&) ?| (?:to|and|or|through|bis|und|oder|au|et|ou|al?|y|o|e|ed|até|en|of|tot|t/m|tot en met|do|i|oraz) )"
_OF = r"(?:,? (?:of|d[eo]|di|van|del) | d['’]| ?[-/.] ?| )?"
_BEFORE = re.compile(rf"{APART}{DAY}{_ORDINAL}(?:{_AND}{DAY}{_ORDINAL}){{0,3}}{_OF}\Z")
_ORDINAL_OR_OF = re.compile(r"[0-9](?:st|nd|rd|th)|of|de")
_BEFORE_SPELLED = re.compile(r" (?:of |de |d[ie] |van )?(?:the )?\Z")
_AFTER_DAY = re.compile(
    rf"(?:(?:\.?,? ?(?:de |del |of |do |di |d'|van |roku )?|[-/])(?P<year>{YEAR}(?::{CLOCK})?)|[-/ ]?'[0-9]{{2}}|(?P<mark>[-/])[0-9]{{2}})(?![^\W_])(?!\.[0-9])"
)
_YEAR_AFTER = re.compile(
    rf"(?:\.?,?[ /-]?(?:of |de |del |d[eio] )?)(?:{YEAR}|'[0-9]{{2}})(?![^\W_])(?!\.[0-9])"
)
_DAY_AFTER = re.compile(
    rf"(?:\.? {{0,2}}|-){DAY}(?P<ordinal>st|nd|rd|th)?(?:(?: ?[-&] ?| to | and |, ){DAY}(?:st|nd|rd|th)?)?"
    rf"(?![^\W_])(?!%|:[0-9]|[.,][0-9])(?P<year>(?: {CLOCK})?,?[ -]{YEAR}(?![^\W_]))?"
)
_JOINED = re.compile(
    r"(?:(?: ?r\.)?,? ?(?:at|on|um|ab|gegen|à|a las?|alle(?: ore)?|às|as|om|o|ore|o godz\.?|godz\.?|kl\.?|T|around|circa|vers)? ?|,? | ?- ?| \(|[,;]? (?:to|bis|until|till|au|al|hasta|a|fino al?|até|tot|do|and|und|et|y|e|en|i) (?:the |le |el |il |o |den )?|\t)\Z"
)
MAX_JOINED = 24

Ordinals = Mapping[int, int]
"""Days that are written in words: where they start, by where they end."""


def find_dates(words: Words, hits: Hits) -> Iterator[Span]:
    """The dates and times of a text, in order and apart."""
    text = words.text
    ordinals = {hit.end: hit.start for hit in hits.get("ordinal", ())}
    around = (_around_month(text, hit, ordinals) for hit in hits.get("month", ()))
    months = [span for span in around if span is not None]
    spans = [*months, *find_in_numbers(text), *_seasons(text, hits)]
    names = [*hits.get("weekday", ()), *hits.get("month", ())]
    beside = [Span(hit.start, hit.end, 0.0) for hit in names if _is_name(text, hit)]
    yield from (span for span in _join(text, [*spans, *beside]) if span.score)


def _is_name(text: str, hit: Hit) -> bool:
    """Whether a day of the week or a month may join what stands beside it."""
    return not hit.term.is_weak and (hit.term.language != "en" or text[hit.start].isupper())


def _around_month(text: str, hit: Hit, ordinals: Ordinals) -> Span | None:
    """The date that the name of a month is a part of."""
    start, end, _, _, term = hit
    if text[start - 1 : start] == "_" or text[end : end + 1] == "_":
        return None
    before = _BEFORE.search(text, max(0, start - LOOK_BACK), start)
    if before is None:
        before_start = _spelled_day(text, start, ordinals)
    else:
        before_start = before.start()
    if before_start is not None:
        after = _AFTER_DAY.match(text, end)
        if after is None and term.is_weak:
            return None
        if after is None and term.language == "en" and not _is_month(text, before, start, end):
            return None
        dot = text[end : end + 1] == "." and term.label == "short"
        tail = after.end() if after else end + dot
        return Span(before_start, tail, 0.9 if after else 0.75)
    after = _YEAR_AFTER.match(text, end)
    if after:
        return Span(start, after.end(), 0.75)
    return _month_first(text, hit)


def _is_month(text: str, before: re.Match[str] | None, start: int, end: int) -> bool:
    """Whether "may" and "march" are months: in small letters only as "3rd of may"."""
    if text[start].isupper() or text[start:end] not in {"may", "march", "mar", "dec", "sept"}:
        return True
    return before is not None and _ORDINAL_OR_OF.search(before[0]) is not None


def _spelled_day(text: str, month: int, ordinals: Ordinals) -> int | None:
    """Where "the third of" begins, before a month."""
    for end in range(month - 1, month - 10, -1):
        if end in ordinals and _BEFORE_SPELLED.match(text, end, month):
            return ordinals[end]
    return None


def _month_first(text: str, hit: Hit) -> Span | None:
    """`May 3rd, 2021`, and a month by itself where a word says that it is one."""
    start, end, _, _, term = hit
    has_capital = text[start].isupper()
    if term.language == "en":
        after = _DAY_AFTER.match(text, end)
        if after and (has_capital or after["ordinal"] or after["year"]):
            return Span(start, after.end(), 0.85 if after["year"] or after["ordinal"] else 0.7)
    is_name = has_capital or term.language != "en"
    if is_name and term.label == "full" and IN.search(text_before(text, start)):
        return Span(start, end, 0.4)
    return None


def _seasons(text: str, hits: Hits) -> Iterator[Span]:
    for hit in hits.get("season", ()):
        after = _YEAR_AFTER.match(text, hit.end)
        if after:
            yield Span(hit.start, after.end(), 0.6)


def _join(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Spans in order, those that overlap or stand beside each other as one."""
    current: Span | None = None
    for span in sorted(spans):
        if current is None:
            current = span
        elif span.start < current.end or _belong(text, current, span):
            current = _both(current, span)
        else:
            yield current
            current = span
    if current is not None:
        yield current


def _both(first: Span, second: Span) -> Span:
    return Span(
        min(first.start, second.start),
        max(first.end, second.end),
        max(first.score, second.score),
    )


def _belong(text: str, first: Span, second: Span) -> bool:
    gap = text[first.end : second.start]
    return len(gap) <= MAX_JOINED and _JOINED.match(gap) is not None
