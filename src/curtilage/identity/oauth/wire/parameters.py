"""Parameters of a request, decoded: each at most once but for those that may repeat."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curtilage.identity.oauth.errors import Fault, RequestRefused

LONGEST_VALUE = 4096
MOST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent, by name. Values may be secrets: never log them."""

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def find(self, name: str) -> str:
        """The value, "" where it was not sent or empty (RFC 6749 §3.1).

        Raises `invalid_request` for one that is sent twice, too long or not printable."""
        values = self.given.get(name, ())
        if len(values) > 1:
            raise RequestRefused(Fault.INVALID_REQUEST, "A parameter was sent more than once.")
        return _verify(values[0]) if values else ""

    def get(self, name: str) -> str:
        """The value. Raises `invalid_request` where it is missing."""
        value = self.find(name)
        if not value:
            raise RequestRefused(Fault.INVALID_REQUEST, f"The parameter {name} is missing.")
        return value

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that may repeat, such as `resource` (RFC 8707 §2)."""
        return tuple(_verify(each) for each in self.given.get(name, ()) if each)

    def words(self, name: str) -> tuple[str, ...]:
        """A list separated by spaces, each word once."""
        words = tuple(dict.fromkeys(self.find(name).split(" ")))
        if len(words) > MOST_WORDS:
            raise RequestRefused(Fault.INVALID_REQUEST, "A list in the request is too long.")
        return tuple(word for word in words if word)

    def verify_single(self) -> None:
        """Raise `invalid_request` where any but `resource` was sent twice (RFC 6749 §3.1)."""
        if any(len(values) > 1 for name, values in self.given.items() if name != "resource"):
            raise RequestRefused(Fault.INVALID_REQUEST, "A parameter was sent more than once.")


def _verify(value: str) -> str:
    if len(value) > LONGEST_VALUE:
        raise RequestRefused(Fault.INVALID_REQUEST, "A parameter is too long.")
    if not value.isprintable():
        raise RequestRefused(Fault.INVALID_REQUEST, "A parameter has characters of control.")
    return value
