"""Put a text into the form in which it may leave."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from curtilage.core.models import STRICTNESS, Finding, Treatment
from curtilage.shield.errors import Blocked, TreatmentUnavailable
from curtilage.shield.grammar import has_space
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.labels import label_of
from curtilage.shield.tokens import LITERAL, TokenMatch, TokenMint

Clash = Literal["pass", "escape"]

# Bound once: reading a member off its class costs as much as comparing two.
_ALLOW, _TOKEN, _MASK, _BLOCK = Treatment.ALLOW, Treatment.TOKEN, Treatment.MASK, Treatment.BLOCK


class _Span(NamedTuple):
    start: int
    end: int
    type: str
    treatment: Treatment


_Pieces = list[tuple[_Span, str]]
"""Spans in order, without overlap, each with the form in which it leaves."""


def protect_text(
    text: str,
    findings: Iterable[Finding],
    treatments: Mapping[str, Treatment],
    *,
    mint: TokenMint,
    held: Held,
    origin: Origin,
    clash: Clash = "pass",
) -> str:
    """Replace what was found as the treatments say; a type that they do not name is blocked.

    What looks like a token and is none of ours leaves as a token for itself.
    Our own tokens pass (`clash="pass"`: a client resends its history) or, where
    they stand for a value of this very text, leave as tokens for themselves too
    (`clash="escape"`: restoring gives back every text exactly).
    """
    changed = _spans(findings, treatments, len(text))
    matches = mint.find(text)
    own = [match for match in matches if match.exact and match.genuine]
    if matches:
        changed = _outside(own, changed)
        changed += [_literal(match) for match in matches if _is_lookalike(match, text)]
    if not changed:
        return text
    changed = _merge(changed)
    _refuse(changed)
    pieces = [(span, _form(span, text, mint, held, origin)) for span in changed]
    if clash == "escape" and own:
        pieces += _escape_own(_apart(own, changed), text, mint, held, origin)
        pieces.sort()
    return _weave(text, pieces)


def _spans(
    findings: Iterable[Finding], treatments: Mapping[str, Treatment], length: int
) -> list[_Span]:
    """What is to be changed, as the findings say."""
    spans = []
    for start, end, type, *_ in findings:
        if not 0 <= start < end <= length:
            raise ValueError("expected a finding that lies within its text")
        treatment = treatments.get(type, _BLOCK)
        if treatment is not _ALLOW:
            spans.append(_Span(start, end, type, treatment))
    return spans


def _refuse(spans: list[_Span]) -> None:
    """Raise for what may not leave, before anything is held."""
    for span in spans:
        if span.treatment is _BLOCK:
            raise Blocked(span.type)
        if span.treatment is not _TOKEN and span.treatment is not _MASK:
            raise TreatmentUnavailable(span.type, span.treatment.value)


def _literal(match: TokenMatch) -> _Span:
    return _Span(match.start, match.end, LITERAL, _TOKEN)


def _is_lookalike(match: TokenMatch, text: str) -> bool:
    """Anything in a token's shape that is not an undamaged token of ours.

    Words that only fit the shape across white space are left alone, unless the
    tag proves them.
    """
    if match.exact or match.genuine:
        return not (match.exact and match.genuine)
    return not has_space(text[match.start : match.end])


def _outside(own: list[TokenMatch], spans: list[_Span]) -> list[_Span]:
    """The spans that are more than a part of a token of ours; they take whole tokens along."""
    starts = [match.start for match in own]
    kept = []
    for span in spans:
        first = bisect_right(starts, span.start) - 1
        last = bisect_left(starts, span.end) - 1
        start = own[first].start if first >= 0 and own[first].end > span.start else span.start
        end = max(span.end, own[last].end) if last >= 0 else span.end
        if first < 0 or span.end > own[first].end:
            kept.append(_Span(start, end, span.type, span.treatment))
    return kept


def _merge(spans: list[_Span]) -> list[_Span]:
    """Spans in order without overlap. Where some overlap, the strictest takes all of it."""
    merged: list[_Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = _join(merged[-1], span)
        else:
            merged.append(span)
    return merged


def _join(first: _Span, second: _Span) -> _Span:
    stricter = first if STRICTNESS[first.treatment] >= STRICTNESS[second.treatment] else second
    return _Span(first.start, max(first.end, second.end), stricter.type, stricter.treatment)


def _form(span: _Span, text: str, mint: TokenMint, held: Held, origin: Origin) -> str:
    """The form in which a span leaves; what becomes a token is held."""
    start, end, type, treatment = span
    if treatment is _MASK:
        return mask_of(type)
    value = text[start:end]
    held_value = HeldValue(value, type, origin)
    attempt = 0
    while not held.hold(token := mint.mint(type, value, attempt=attempt), held_value):
        attempt += 1
    return token


def mask_of(type: str) -> str:
    """What stands for any value of a type that must not come back."""
    return f"[{label_of(type)}]"


def _escape_own(
    own: list[TokenMatch], text: str, mint: TokenMint, held: Held, origin: Origin
) -> _Pieces:
    """Escape our own tokens that a restorer would take for a value of this text.

    Escaping one puts a new token into the text, which may stand there literally
    as well: that one is then escaped in its turn.
    """
    standing: dict[str, list[_Span]] = {}
    for match in own:
        standing.setdefault(match.canonical, []).append(_literal(match))
    escaped: _Pieces = []
    clashing = [token for token in standing if token in held]
    while clashing:
        same = standing.pop(clashing.pop())
        form = _form(same[0], text, mint, held, origin)
        escaped += [(span, form) for span in same]
        if form in standing:
            clashing.append(form)
    return escaped


def _apart(own: list[TokenMatch], spans: list[_Span]) -> list[TokenMatch]:
    """The tokens that no span touches."""
    ends = [span.end for span in spans]
    kept = []
    for match in own:
        after = bisect_right(ends, match.start)
        if after == len(spans) or match.end <= spans[after].start:
            kept.append(match)
    return kept


def _weave(text: str, pieces: _Pieces) -> str:
    parts: list[str] = []
    at = 0
    for (start, end, _, _), form in pieces:
        parts += (text[at:start], form)
        at = end
    parts.append(text[at:])
    return "".join(parts)
