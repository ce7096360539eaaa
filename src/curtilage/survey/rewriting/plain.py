"""Text that has no parts: one slot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.survey.rewriting.documents import Runs, Slot


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text as it stands."""

    text: str = field(repr=False)
    left_out: Sequence[str] = ()
    keeps_lines: bool = True

    @property
    def slots(self) -> Sequence[Slot]:
        return (Slot((self.text,)),)

    @property
    def view(self) -> Sequence[str | int]:
        return (0,)

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        return "".join(changed.get(0, (self.text,))).encode("utf-8", "surrogatepass")
