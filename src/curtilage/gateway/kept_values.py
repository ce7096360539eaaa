"""Values behind tokens, as sealed rows of `recall` and `files.holdings` hold them."""

from collections.abc import Iterable, Iterator, Sequence

from curtilage.shield.held import HeldValue, Origin


def encode_values(values: Iterable[tuple[str, HeldValue]]) -> list[list[str]]:
    return [[token, value.type, value.origin.value, value.value] for token, value in values]


def parse_values(rows: Iterable[Sequence[str]]) -> Iterator[tuple[str, HeldValue]]:
    """What `encode_values` gave: the seal holds, so that it is as it should be."""
    for token, type, origin, value in rows:
        yield token, HeldValue(value, type, Origin(origin))
