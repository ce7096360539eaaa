"""The two engines, built once a run. Compiled patterns are kept by their content's hash."""

import tempfile
from functools import lru_cache
from pathlib import Path

from curtilage.detect.engine import Engine, build_engine
from curtilage.detect.scanner import Scanner, build_scanner

CACHE = Path(tempfile.gettempdir()) / "curtilage-test-patterns"


@lru_cache(maxsize=1)
def fast() -> Engine:
    return build_engine(CACHE, backend="hyperscan")


@lru_cache(maxsize=1)
def plain() -> Engine:
    return build_engine(backend="re")


@lru_cache(maxsize=1)
def whole() -> Scanner:
    """All finders together, as they are shipped."""
    scanner = build_scanner(CACHE)
    scanner.prepare()
    return scanner


def found(text: str) -> list[tuple[str, str]]:
    """Type and text of what is found."""
    return [(item.type, text[item.start : item.end]) for item in fast().scan(text)]


def types(text: str) -> list[str]:
    return [kind for kind, _ in found(text)]
