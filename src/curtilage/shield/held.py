"""What one request replaced, and what of it this caller may see again where."""

from collections.abc import Iterator
from enum import Enum
from itertools import islice
from typing import NamedTuple, Protocol

from curtilage.shield.grammar import may_hold_token, may_start_token


class Origin(Enum):
    """Who put a value into the request."""

    CALLER = "caller"
    APPLICATION = "application"


class Sink(Enum):
    """Where restored text goes.

    TEXT is read by the caller; ARGUMENTS go to a tool that the caller itself
    runs; NONE is any place that may not hold a value. INVERSE is a protected
    text that comes back as it left: restored everywhere and as it stands, which
    a model's reply never is.
    """

    TEXT = "text"
    ARGUMENTS = "arguments"
    NONE = "none"
    INVERSE = "inverse"


# Bound once: they are compared for every token.
_NONE, _CALLER = Sink.NONE, Origin.CALLER


class HeldValue(NamedTuple):
    """A value that left as a token or as a surrogate."""

    value: str
    type: str
    origin: Origin

    def __repr__(self) -> str:
        return f"HeldValue(‹personal, {len(self.value)} chars›, {self.type}, {self.origin.value})"


class Watched(Protocol):
    """One text of a reply that is watched: what is fed comes back, or what may be shown of it.

    Nothing may be held back without end, and any cuts give the same whole."""

    def feed(self, text: str) -> str: ...

    def close(self) -> str: ...


class Watch(Protocol):
    """Looks at what a reply says to its reader. `has_cut`: some of it is not shown."""

    @property
    def has_cut(self) -> bool: ...

    def may_meet(self, text: str) -> bool:
        """Whether a whole text is worth watching. Cheap, and never wrongly False."""

    def begin(self) -> Watched:
        """For one text."""


class Held:
    """The tokens of one request and the values they stand for.

    `caller` and `application`: whether who reads the reply may see values that
    the one or the other put into the request. `withheld`: types that never come back. `within`: a wider map, such as that
    of an explicit scope, which learns all that is held here and agrees with it.
    A surrogate is held as a token is; one that stood in the request already is
    held for itself, so that nothing else gets it. `watch` sees all that a reader does.
    """

    def __init__(
        self,
        *,
        caller: bool = True,
        application: bool = True,
        withheld: frozenset[str] = frozenset(),
        within: "Held | None" = None,
        watch: Watch | None = None,
    ) -> None:
        self._values: dict[str, HeldValue] = {}
        self._caller = caller
        self._application = application
        self._withheld = withheld
        self._within = within
        self.watch = watch
        self.has_surrogates = False

    def hold(self, token: str, held: HeldValue) -> bool:
        """Remember a value under its token; False where another value has that token.

        A value that the caller sent too is the caller's.
        """
        if self._within is not None and not self._within.hold(token, held):
            return False
        known = self._values.get(token)
        if known is None:
            self._values[token] = held
            self.has_surrogates |= not may_start_token(token)
            return True
        if known.value != held.value or known.type != held.type:
            return False
        if held.origin is _CALLER:
            self._values[token] = held
        return True

    def first(self, count: int) -> "Held":
        """A map of the `count` values that were held first, for everybody to see."""
        held = Held()
        for token, value in islice(self._values.items(), count):
            held.hold(token, value)
        return held

    def find(self, token: str) -> HeldValue | None:
        """The value under a token."""
        return self._values.get(token)

    def may_hold(self, text: str) -> bool:
        """Whether a text is worth reading for what is held. Cheap, and never wrongly False."""
        return self.has_surrogates or may_hold_token(text)

    def may_meet(self, text: str) -> bool:
        """Whether a text is worth reading for who watches."""
        return self.watch is not None and self.watch.may_meet(text)

    def find_widely(self, token: str) -> HeldValue | None:
        """The value under a token, here or in the wider map."""
        known = self._values.get(token)
        return known if known or self._within is None else self._within.find(token)

    def may_restore(self, held: HeldValue, sink: Sink) -> bool:
        """Whether a value of this request may go into a sink."""
        if sink is _NONE or held.type in self._withheld:
            return False
        return self._caller if held.origin is _CALLER else self._application

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[tuple[str, HeldValue]]:
        """Tokens with their values, in the order in which they were held."""
        return iter(self._values.items())

    def __contains__(self, token: str) -> bool:
        return token in self._values
