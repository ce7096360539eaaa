"""Vector files: one a kind, `tests/vectors/detect/<TYPE>.txt`.

    # a comment; before a bad line it says what is wrong
    + text in which ⟦the value⟧ is found as this kind
    - text in which nothing of this kind is found

`\\n` is a line break. `⟨join⟩` is nothing: it cuts a secret in pieces, so that no scanner
takes an example for a live one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "vectors" / "detect"


@dataclass(frozen=True)
class Vector:
    type: str
    line: int
    text: str
    span: tuple[int, int] | None

    @property
    def name(self) -> str:
        return f"{self.type}:{self.line}"


def read_vectors(folder: Path = FOLDER) -> Iterator[Vector]:
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith(("+ ", "- ")):
                yield _parse(path.stem, number, line)


def _parse(kind: str, number: int, line: str) -> Vector:
    text = line[2:].replace("⟨join⟩", "").replace("\\n", "\n")
    if line.startswith("- "):
        return Vector(kind, number, text, None)
    before, _, rest = text.partition("⟦")
    value, _, after = rest.partition("⟧")
    return Vector(kind, number, before + value + after, (len(before), len(before) + len(value)))
