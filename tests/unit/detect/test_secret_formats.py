"""Secrets made from their documented formats are found, and near misses are not.

The table of formats says what issuers say; the patterns do not read it. What the
figures mean and what they do not: `docs/reference/detectors.md` lists the kinds.
"""

import random
from collections import Counter

from curtilage.core.models import Finding
from tests.unit.detect.engines import fast, plain
from tests.unit.detect.secret_formats import near_misses, positives, read_formats

SEED = 20261128
RECALL, RIGHT_TYPE, SPECIFICITY = 0.985, 0.98, 0.99


def _secrets(text: str) -> list[Finding]:
    return [item for item in fast().scan(text) if item.category.startswith("secret.")]


def test_nearly_all_documented_formats_are_found_as_what_they_are() -> None:
    rng = random.Random(SEED)
    missed: Counter[str] = Counter()
    mistyped: Counter[str] = Counter()
    total = 0
    for form in read_formats():
        for text, value in positives(form, rng):
            total += 1
            start = text.index(value)
            found = [
                item
                for item in _secrets(text)
                if item.end > start and item.start < start + len(value)
            ]
            missed[form.issuer] += not found
            mistyped[form.issuer] += form.kind not in {item.type for item in found}
    assert missed.total() <= total * (1 - RECALL), missed.most_common(9)
    assert mistyped.total() <= total * (1 - RIGHT_TYPE), mistyped.most_common(9)


def test_near_misses_and_placeholders_are_left_alone() -> None:
    rng = random.Random(SEED)
    wrong: Counter[str] = Counter()
    total = 0
    for form in read_formats():
        for text in near_misses(form, rng):
            total += 1
            wrong[form.issuer] += bool(_secrets(text))
    assert wrong.total() <= total * (1 - SPECIFICITY), wrong.most_common(9)


def test_both_engines_find_the_same_in_every_format() -> None:
    rng = random.Random(SEED)
    for form in read_formats():
        text, _ = next(positives(form, rng))
        assert fast().candidates(text) == plain().candidates(text), form.issuer
