"""What is found in a text and in its other readings, as a scanner puts them together."""

from functools import lru_cache

from curtilage.core.models import Finding
from curtilage.detect.hidden.reader import HiddenText, build_hidden_text
from tests.patterns import compiled_patterns
from tests.unit.detect.engines import fast


@lru_cache(maxsize=1)
def hidden() -> HiddenText:
    return build_hidden_text(compiled_patterns(), backend="hyperscan")


@lru_cache(maxsize=1)
def hidden_plain() -> HiddenText:
    return build_hidden_text(backend="re")


def names(text: str) -> list[str]:
    return [reading.name for reading in hidden().readings(text)]


def uncovered(text: str) -> list[Finding]:
    """The findings of all readings, at their place in `text`."""
    findings = []
    for reading in hidden().readings(text):
        for finding in fast().scan(reading.text):
            if reading.keeps(finding):
                start, end = reading.span(finding.start, finding.end)
                findings.append(finding._replace(start=start, end=end))
    return findings


def found(text: str) -> list[tuple[str, str]]:
    """Type and place of what only another reading shows, each once."""
    pairs = [(item.type, text[item.start : item.end]) for item in uncovered(text)]
    return list(dict.fromkeys(pairs))
