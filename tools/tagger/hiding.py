"""A lexicon that does not know some words: training must not lean on lists alone."""

from zlib import crc32

from curtilage.detect.tagger.lexicon import NO_CLUSTERS, NO_FACTS, Lexicon


class HidingLexicon(Lexicon):
    """Knows nothing of `share` in a hundred names of people, and a third as many of places."""

    def __init__(self, whole: Lexicon, share: int) -> None:
        self.size = whole.size
        self._whole = whole
        self._share = share
        self.facts = self._facts
        self.clusters = self._clusters

    def _hides(self, low: str) -> bool:
        given, family, place, *_ = self._whole.facts(low)
        share = self._share // 3 if place else self._share if given or family else 0
        return crc32(f"hide {low}".encode()) % 100 < share

    def _facts(self, word: str) -> tuple[int, ...]:
        return NO_FACTS if self._hides(word) else self._whole.facts(word)

    def _clusters(self, word: str) -> tuple[int, ...]:
        return NO_CLUSTERS if self._hides(word.lower()) else self._whole.clusters(word)
