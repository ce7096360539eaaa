"""The finder with all its lexicons, built once a run, and what it finds."""

from functools import lru_cache

from curtilage.core.models import Finding
from curtilage.detect.phrases.finder import Phrases, build_phrases


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    return build_phrases()


def found(text: str, kind: str = "") -> list[str]:
    """What is found, of one kind or all."""
    return [text[item.start : item.end] for item in findings(text, kind)]


def findings(text: str, kind: str = "") -> list[Finding]:
    return [item for item in phrases().find(text) if item.type == kind or not kind]
