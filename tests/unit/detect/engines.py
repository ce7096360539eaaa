"""The two engines, built once a run."""

from functools import lru_cache

from curtilage.detect.engine import Engine, build_engine
from curtilage.detect.scanner import Scanner, build_scanner
from tests.patterns import compiled_patterns


@lru_cache(maxsize=1)
def fast() -> Engine:
    return build_engine(compiled_patterns(), backend="hyperscan")


@lru_cache(maxsize=1)
def plain() -> Engine:
    return build_engine(backend="re")


@lru_cache(maxsize=1)
def whole() -> Scanner:
    """All finders together, as they are shipped."""
    scanner = build_scanner(compiled_patterns())
    scanner.prepare()
    return scanner


def found(text: str) -> list[tuple[str, str]]:
    """Type and text of what is found."""
    return [(item.type, text[item.start : item.end]) for item in fast().scan(text)]


def types(text: str) -> list[str]:
    return [kind for kind, _ in found(text)]
