"""Bars of a chart as numbers, so that the template only draws them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
HEIGHT = 160
LEFT = 44  # room for the labels of the axis
BOTTOM = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle with what it says."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart ready to draw; `top` is the value at the upper end of the axis."""

    bars: tuple[Bar, ...]
    top: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def bars(values: Sequence[tuple[str, int]]) -> Bars:
    """Lay out bars of equal width under a round number."""
    top = round_up(max((value for _, value in values), default=0))
    step = (WIDTH - LEFT) / max(len(values), 1)
    base = HEIGHT - BOTTOM
    laid: list[Bar] = []
    for place, (label, value) in enumerate(values):
        height = round((base - 8) * max(value, 0) / top, 1)
        x = round(LEFT + place * step + step * 0.15, 1)
        laid.append(Bar(label, value, x, round(base - height, 1), round(step * 0.7, 1), height))
    return Bars(tuple(laid), top)


def round_up(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …, at least 1."""
    unit = 1
    while True:
        for factor in (1, 2, 5):
            if value <= factor * unit:
                return factor * unit
        unit *= 10
