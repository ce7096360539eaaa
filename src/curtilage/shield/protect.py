"""Put a text into the form in which it may leave."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from curtilage.core.models import STRICTNESS, Finding, Treatment
from curtilage.shield import surrogates
from curtilage.shield.errors import Blocked
from curtilage.shield.grammar import has_space
from curtilage.shield.held import Held, HeldValue, Origin, Sink
from curtilage.shield.labels import label_of
from curtilage.shield.tokens import LITERAL, TokenMatch, TokenMint

Clash = Literal["pass", "escape"]

# Bound once: reading a member off its class costs as much as comparing two.
_ALLOW, _TOKEN, _MASK, _BLOCK = Treatment.ALLOW, Treatment.TOKEN, Treatment.MASK, Treatment.BLOCK
_SURROGATE, _ENCRYPT = Treatment.SURROGATE, Treatment.ENCRYPT


class Replacement(NamedTuple):
    """A span of a text, and the form in which it leaves."""

    start: int
    end: int
    form: str


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
    """Replace what was found as the treatments say; a type that they do not name is blocked."""
    return weave(
        text,
        find_replacements(
            text, findings, treatments, mint=mint, held=held, origin=origin, clash=clash
        ),
    )


def find_replacements(
    text: str,
    findings: Iterable[Finding],
    treatments: Mapping[str, Treatment],
    *,
    mint: TokenMint,
    held: Held,
    origin: Origin,
    clash: Clash = "pass",
) -> Sequence[Replacement]:
    """What takes the place of what, in order and without overlap.

    What looks like a token and is none of ours leaves as a token for itself.
    Our own tokens pass (`clash="pass"`: a client resends its history) or, where
    they stand for a value of this very text, leave as tokens for themselves too
    (`clash="escape"`: restoring gives back every text exactly). What a token of
    ours carries is held, where it passes.
    """
    changed = _spans(findings, treatments, text)
    matches = mint.find(text)
    own = [match for match in matches if match.exact and match.genuine]
    if matches:
        changed = _outside(own, changed)
        changed += [_literal(match) for match in matches if _is_lookalike(match, text)]
    changed = _merge(changed)
    _refuse(changed)
    if clash == "pass" and own:
        _hold_carried(own, mint, held, Origin.APPLICATION)
    if held.has_surrogates or _SURROGATE in treatments.values():
        changed = sorted([*changed, *_clashing(text, changed, held, origin, clash)])
    if not changed:
        return ()
    pieces = _forms(changed, text, mint, held, origin)
    if clash == "escape" and own:
        pieces += _escape_own(_apart(own, changed), text, mint, held, origin)
        pieces.sort()
    return [Replacement(span.start, span.end, form) for span, form in pieces]


def hold_carried(text: str, *, mint: TokenMint, held: Held, origin: Origin) -> int:
    """Hold what the tokens in a text carry with them; how many did."""
    return _hold_carried(mint.find(text), mint, held, origin)


# Whoever resends a token did not thereby write its value: it is the caller's only where the
# caller sent it as it is, too, and what a person may not see comes back to none who quotes it.
def _hold_carried(matches: list[TokenMatch], mint: TokenMint, held: Held, origin: Origin) -> int:
    count = 0
    for match in matches:
        carried = mint.decrypt(match.canonical)
        if carried is not None and match.canonical not in held:
            type, value = carried
            count += held.hold(match.canonical, HeldValue(value, type, origin))
    return count


def _spans(
    findings: Iterable[Finding], treatments: Mapping[str, Treatment], text: str
) -> list[_Span]:
    """What is to be changed, as the findings say. What is nobody's needs no surrogate."""
    spans = []
    for start, end, type, *_ in findings:
        if not 0 <= start < end <= len(text):
            raise ValueError("expected a finding that lies within its text")
        treatment = treatments.get(type, _BLOCK)
        if treatment is _SURROGATE and surrogates.is_reserved(text[start:end]):
            continue
        if treatment is not _ALLOW:
            spans.append(_Span(start, end, type, treatment))
    return spans


def _refuse(spans: list[_Span]) -> None:
    """Raise for what may not leave, before anything is held."""
    for span in spans:
        if span.treatment is _BLOCK:
            raise Blocked(span.type)


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


def _clashing(
    text: str, changed: list[_Span], held: Held, origin: Origin, clash: Clash
) -> list[_Span]:
    """What stands in the text itself and a reader would take for a value's surrogate.

    All else in a reserved space is held for itself: no value of this text or of
    a later one gets it.
    """
    spans: list[_Span] = []
    for found in _untouched(text, changed):
        if spans and found.start < spans[-1].end:
            continue
        if held.hold(found.text, HeldValue(found.text, LITERAL, origin)):
            continue
        if clash == "escape" or _is_doubtful(found, held):
            spans.append(_Span(found.start, found.end, LITERAL, _TOKEN))
    return spans


def _untouched(text: str, changed: list[_Span]) -> Iterator[surrogates.Match]:
    """Everything in a reserved space that no span touches."""
    ends = [span.end for span in changed]
    for found in surrogates.find_anywhere(text):
        after = bisect_right(ends, found.start)
        if after == len(changed) or found.end <= changed[after].start:
            yield found


def _is_doubtful(found: surrogates.Match, held: Held) -> bool:
    """Whether it may be another one's by chance, and would come back as a value.

    Out of a large space nobody hits upon what stands for a value: it is ours."""
    value = held.find_widely(found.text)
    return found.small and value is not None and held.may_restore(value, Sink.TEXT)


def _forms(changed: list[_Span], text: str, mint: TokenMint, held: Held, origin: Origin) -> _Pieces:
    pieces: _Pieces = []
    for at, span in enumerate(changed):
        if span.treatment is _SURROGATE and not _stands_alone(changed, at, text):
            form = _form(span._replace(treatment=_TOKEN), text, mint, held, origin)
        else:
            form = _form(span, text, mint, held, origin)
        pieces.append((span, form))
    return pieces


def _stands_alone(changed: list[_Span], at: int, text: str) -> bool:
    """Whether a surrogate here could be told from what will be around it."""
    start, end, *_ = changed[at]
    near = surrogates.CONTEXT
    if at and changed[at - 1].end > start - near:
        return False
    if at + 1 < len(changed) and changed[at + 1].start < end + near:
        return False
    return surrogates.stands_alone(text, start, end)


def _form(span: _Span, text: str, mint: TokenMint, held: Held, origin: Origin) -> str:
    """The form in which a span leaves; what comes back is held."""
    start, end, type, treatment = span
    if treatment is _MASK:
        return mask_of(type)
    value = text[start:end]
    held_value = HeldValue(value, type, origin)
    if treatment is _SURROGATE or treatment is _ENCRYPT:
        form = (mint.surrogate if treatment is _SURROGATE else mint.encrypt)(type, value)
        if form is not None and held.hold(form, held_value):
            return form
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


def weave(text: str, replacements: Iterable[Replacement]) -> str:
    parts: list[str] = []
    at = 0
    for start, end, form in replacements:
        parts += (text[at:start], form)
        at = end
    parts.append(text[at:])
    return "".join(parts)
