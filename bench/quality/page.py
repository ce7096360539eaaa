"""The page of figures: tables in Markdown, with what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of one kind, and what to know about them."""

    title: str
    says: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def render(tables: Sequence[Table], introduction: str) -> str:
    """The whole page."""
    return introduction + "".join(f"\n{_section(table)}" for table in tables)


def _section(table: Table) -> str:
    lines = [f"## {table.title}", "", table.says.strip(), "", _line(table.head)]
    lines.append("|---" * len(table.head) + "|")
    return "\n".join([*lines, *map(_line, table.rows)]) + "\n"


def _line(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(map(_written, cells)) + " |"


def _written(cell: Cell) -> str:
    """Shares and rates to three digits; what could not be measured as a dash."""
    if cell is None:
        return "–"
    return (
        cell if isinstance(cell, str) else f"{cell:.3f}".lstrip("0") if cell < 1 else f"{cell:.3g}"
    )
