"""One parser under fire: what it is fed, what it may answer, and the law of the way back."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from curtilage.core.errors import CurtilageError
from tests.property.fuzz.mutation import bend_bytes, bend_document, bend_text

Bend = Callable[[random.Random, Sequence[Any]], Any]


@dataclass(frozen=True)
class Target:
    """`run` is fed bent seeds: it gives a model, or raises what `refuses` names.

    `again` writes a model back into input; read once more it must give an equal
    model. `covers` are the parsers that this tries, for the test that none is left
    out. `refuses` is the tree of our own errors, but for inner rules that say
    otherwise in their docstring.
    """

    name: str
    covers: tuple[Callable[..., Any], ...]
    seeds: Sequence[Any]
    run: Callable[[Any], Any]
    again: Callable[[Any], Any] | None = None
    refuses: tuple[type[BaseException], ...] = (CurtilageError,)
    cases: int = 300
    bend: Bend = field(init=False)

    def __post_init__(self) -> None:
        kinds = {bytes: bend_bytes, str: bend_text}
        object.__setattr__(self, "bend", kinds.get(type(self.seeds[0]), bend_document))

    def try_seeds(self) -> None:
        """Every seed is valid, so that what is bent begins deep inside the parser."""
        for seed in self.seeds:
            self._check_way_back(self.run(seed))

    def try_case(self, number: int) -> bool:
        """Feed one bent input; whether it was taken. Raises what must not come."""
        given = self.bend(random.Random(f"{self.name} {number}"), self.seeds)
        try:
            model = self.run(given)
        except self.refuses:
            return False
        self._check_way_back(model)
        return True

    def _check_way_back(self, model: Any) -> None:
        if self.again is not None:
            assert self.run(self.again(model)) == model, self.name
