"""Forms made ready to be looked for: compiled, numbered, with their scores worked out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from curtilage.detect.catalogue import Catalogue
from curtilage.detect.matching import compile_exact, trigger_body
from curtilage.detect.models import (
    Edge,
    Form,
    Kind,
    Mode,
    Normaliser,
    Strength,
    Trimmer,
    Validator,
)

NAMED_BONUS = 0.35
NEAR_BONUS = 0.25
ALONE = {
    Strength.NONE: 0.3,
    Strength.SHAPE: 0.4,
    Strength.DIGIT: 0.5,
    Strength.DOUBLE: 0.6,
    Strength.PROOF: 0.75,
}
"""What a number that needs a naming word scores without one, alone in prose, by its check."""
LEAD = 320  # how far a match may begin before its trigger: the longest e-mail address (RFC 5321 §4.5.3.1)


@dataclass(frozen=True, slots=True)
class Shape:
    """A form, ready to use."""

    kind: Kind
    form: Form
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)
    """Compiled when something is first asked of it: a millisecond each, and most texts ask few."""
    detector: str
    value: str | int
    """The group that holds the value: its own, or the whole match."""
    lead: re.Pattern[str] | None
    starts: re.Pattern[str] | None
    """Finds where in a region the form may begin: of those with open ends, which may anywhere."""
    check: Validator | None
    needs_word: bool
    alone: bool
    """Whether it may also stand alone in prose: it needs a word, but has a check."""
    number: int
    scores: tuple[float, float, float]
    """By how close a naming word is."""

    # What is asked of every match, without the way through kind and form.
    type: str
    normalise: Normaliser
    trim: Trimmer | None
    anywhere: bool
    is_whole: bool
    """Whether it begins where its region does, and its value where it does."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", _Late(self))


class _Late:
    """Stands for the pattern of a shape, until something is asked of it.

    Afterwards the pattern itself is there, so that asking costs no more than ever."""

    __slots__ = ("_pattern", "_shape")

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._pattern: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # as `copy` asks, of one that is not filled
            raise AttributeError(name)
        if self._pattern is None:
            self._pattern = compile_exact(self._shape.form)
            object.__setattr__(self._shape, "pattern", self._pattern)
        return getattr(self._pattern, name)


def load_shapes(catalogue: Catalogue) -> list[Shape]:
    """Every form of every kind, numbered in order."""
    starts: dict[str, re.Pattern[str]] = {}
    forms = [(kind, form) for kind in catalogue.kinds.values() for form in kind.forms]
    return [
        _shape(kind, form, f"{catalogue.groups[kind.type]}.{kind.type}", number, starts)
        for number, (kind, form) in enumerate(forms)
    ]


def _shape(
    kind: Kind, form: Form, detector: str, number: int, starts: dict[str, re.Pattern[str]]
) -> Shape:
    value: str | int = "value" if "(?P<value>" in form.pattern else 0
    return Shape(
        kind=kind,
        form=form,
        detector=detector,
        value=value,
        lead=re.compile(f"{form.lead}{{0,{LEAD}}}") if form.lead else None,
        starts=_starts(form, starts),
        check=form.check or kind.check,
        needs_word=form.mode is Mode.REQUIRED,
        alone=may_stand_alone(kind, form),
        number=number,
        scores=(
            ALONE[kind.strength] if form.mode is Mode.REQUIRED else form.score,
            min(1.0, round(form.score + NEAR_BONUS, 2)),
            min(1.0, round(form.score + NAMED_BONUS, 2)),
        ),
        type=kind.type,
        normalise=kind.normalise,
        trim=form.trim,
        anywhere=form.edge is Edge.OPEN,
        is_whole=not form.lead and value == 0,
    )


def _starts(form: Form, known: dict[str, re.Pattern[str]]) -> re.Pattern[str] | None:
    """One pattern for all forms with one trigger, so that a region is gone through once."""
    if form.edge is not Edge.OPEN or not form.trigger or form.lead:
        return None
    body = trigger_body(form)[0]
    return known.setdefault(body, re.compile(f"(?={body})"))


def may_stand_alone(kind: Kind, form: Form) -> bool:
    """Prose is full of small letters: a form with them needs its name."""
    is_checked = kind.strength >= Strength.DIGIT and (form.check or kind.check) is not None
    is_checked = is_checked and "a-z" not in form.pattern
    return form.mode is Mode.REQUIRED and not kind.is_secret and (form.alone or is_checked)


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """Shapes that may begin at one place, by when they are looked at. Equal only to itself."""

    free: tuple[Shape, ...]
    named: tuple[Shape, ...]
    kinds: frozenset[str]
    """What `named` need one of."""
    alone: tuple[Shape, ...]


def gather(shapes: Sequence[Shape]) -> Forms:
    """The same shapes, parted by what they need."""
    return Forms(
        tuple(shape for shape in shapes if not shape.needs_word),
        tuple(shape for shape in shapes if shape.needs_word),
        frozenset(shape.type for shape in shapes if shape.needs_word),
        tuple(shape for shape in shapes if shape.alone),
    )
