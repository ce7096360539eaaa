"""Put a text into the form in which it may leave."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

from curtilage.core.models import STRICTNESS, Finding, Treatment
from curtilage.shield.errors import Blocked, TreatmentUnavailable
from curtilage.shield.grammar import has_space
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.labels import label_of
from curtilage.shield.tokens import LITERAL, TokenMatch, TokenMint

Clash = Literal["pass", "escape"]

_MADE = frozenset({Treatment.TOKEN, Treatment.MASK})


@dataclass(frozen=True, slots=True)
class Protected:
    """A text that may leave, and what was done to it: counts by type and treatment."""

    text: str
    counts: Mapping[tuple[str, Treatment], int] = field(default_factory=dict)


class _Span(NamedTuple):
    start: int
    end: int
    type: str
    treatment: Treatment


def protect_text(
    text: str,
    findings: Iterable[Finding],
    treatments: Mapping[str, Treatment],
    *,
    mint: TokenMint,
    held: Held,
    origin: Origin,
    clash: Clash = "pass",
) -> Protected:
    """Replace what was found as the treatments say; a type that they do not name is blocked.

    What looks like a token and is none of ours leaves as a token for itself.
    Our own tokens pass (`clash="pass"`: a client resends its history) or, where
    they stand for a value of this very text, leave as tokens for themselves too
    (`clash="escape"`: restoring gives back every text exactly).
    """
    spans = [_span(finding, treatments, len(text)) for finding in findings]
    matches = mint.find(text)
    if not spans and not matches:
        return Protected(text)
    own = [match for match in matches if match.exact and match.genuine]
    changed = [span for span in spans if span.treatment is not Treatment.ALLOW]
    if matches:
        changed = _outside(own, changed)
        changed += [_literal(match) for match in matches if _is_lookalike(match, text)]
    changed = _merge(changed)
    _refuse(changed)
    form_of = partial(_form, text=text, mint=mint, held=held, origin=origin)
    forms = {span: form_of(span) for span in changed}
    if clash == "escape" and own:
        forms.update(_escape_own(_apart(own, changed), form_of, held))
        changed = sorted(forms)
    allowed = [span for span in spans if span.treatment is Treatment.ALLOW]
    return Protected(_weave(text, changed, forms), _count(allowed + changed))


def _span(finding: Finding, treatments: Mapping[str, Treatment], length: int) -> _Span:
    if not 0 <= finding.start < finding.end <= length:
        raise ValueError("expected a finding that lies within its text")
    treatment = treatments.get(finding.type, Treatment.BLOCK)
    return _Span(finding.start, finding.end, finding.type, treatment)


def _refuse(spans: list[_Span]) -> None:
    """Raise for what may not leave, before anything is held."""
    for span in spans:
        if span.treatment is Treatment.BLOCK:
            raise Blocked(span.type)
        if span.treatment not in _MADE:
            raise TreatmentUnavailable(span.type, span.treatment.value)


def _literal(match: TokenMatch) -> _Span:
    return _Span(match.start, match.end, LITERAL, Treatment.TOKEN)


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


def _form(span: _Span, *, text: str, mint: TokenMint, held: Held, origin: Origin) -> str:
    """The form in which a span leaves; what becomes a token is held."""
    if span.treatment is Treatment.MASK:
        return mask_of(span.type)
    value = HeldValue(text[span.start : span.end], span.type, origin)
    attempt = 0
    while not held.hold(token := mint.mint(span.type, value.value, attempt=attempt), value):
        attempt += 1
    return token


def mask_of(type: str) -> str:
    """What stands for any value of a type that must not come back."""
    return f"[{label_of(type)}]"


def _escape_own(
    own: list[TokenMatch], form_of: Callable[[_Span], str], held: Held
) -> dict[_Span, str]:
    """Escape our own tokens that a restorer would take for a value of this text.

    Escaping one puts a new token into the text, which may stand there literally
    as well: that one is then escaped in its turn.
    """
    standing: dict[str, list[_Span]] = {}
    for match in own:
        standing.setdefault(match.canonical, []).append(_literal(match))
    escaped: dict[_Span, str] = {}
    clashing = [token for token in standing if token in held]
    while clashing:
        same = standing.pop(clashing.pop())
        form = form_of(same[0])
        escaped.update((span, form) for span in same)
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


def _weave(text: str, spans: list[_Span], forms: Mapping[_Span, str]) -> str:
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += (text[at : span.start], forms[span])
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def _count(spans: list[_Span]) -> dict[tuple[str, Treatment], int]:
    return dict(Counter([(span.type, span.treatment) for span in spans]))
