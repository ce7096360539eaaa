"""A history that is sent again costs a hash; what is found in a text depends on earlier ones only."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.models import Finding
from curtilage.gateway.findings import FindingsCache
from curtilage.gateway.scanning import Course

WORDS = st.sampled_from(["ada", "bob", "eve", "wrote", "again"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6)


class Scripted:
    """Finds `ada` by itself, and any word that stood behind `ada` in an earlier text."""

    def __init__(self) -> None:
        self.scanned: list[str] = []
        self.known: set[str] = set()

    def scan(self, text: str) -> tuple[Finding, ...]:
        self.scanned.append(text)
        return _find(text, {"ada"})

    def follow(self, text: str, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(sorted({*found, *_find(text, self.known)}))

    def take(self, text: str, found: Sequence[Finding], *, spoken: bool) -> None:
        del spoken
        words = text.split()
        starts = {item.start for item in found}
        for place in range(len(words) - 1):
            if len(" ".join(words[:place])) + bool(place) in starts:
                self.known.add(words[place + 1])


def _find(text: str, wanted: set[str]) -> tuple[Finding, ...]:
    found, at = [], 0
    for word in text.split():
        if word in wanted:
            found.append(Finding(at, at + len(word), "PERSON", 1.0, "user.name", "scripted"))
        at += len(word) + 1
    return tuple(found)


def _look(cache: FindingsCache, texts: Sequence[str]) -> list[tuple[Finding, ...]]:
    course = Course(cache, b"context", Scripted)
    return [course.look(text, spoken=True) for text in texts]


def _cache() -> tuple[FindingsCache, Scripted]:
    scripted = Scripted()
    return FindingsCache(scripted.scan, key=b"k" * 16), scripted


@given(TEXTS)
def test_a_cache_that_knows_a_part_of_it_changes_nothing(texts: list[str]) -> None:
    whole = _look(_cache()[0], texts)
    for known in range(1, len(texts) + 1):
        cache, _ = _cache()
        assert _look(cache, texts[:known]) == whole[:known]
        assert _look(cache, texts) == whole


def test_a_history_that_is_sent_again_is_not_looked_into_again() -> None:
    cache, scripted = _cache()
    _look(cache, ["ada bob", "bob wrote"])
    _look(cache, ["ada bob", "bob wrote", "again"])
    assert scripted.scanned == ["ada bob", "bob wrote", "again"]


def test_a_text_elsewhere_is_not_found_as_behind_another() -> None:
    cache, _ = _cache()
    assert _look(cache, ["ada bob", "bob wrote"])[1]
    assert not _look(cache, ["eve", "bob wrote"])[1]


def test_without_a_conversation_each_text_is_looked_into_alone() -> None:
    cache, _ = _cache()
    course = Course(cache, b"context", None)
    assert course.look("ada bob", spoken=True) and not course.look("bob wrote", spoken=True)
