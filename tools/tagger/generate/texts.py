"""Labelled texts without end, the same for the same seed."""

from collections.abc import Iterator
from random import Random

from tools.tagger.corpora import Labelled
from tools.tagger.generate.frames import Frames
from tools.tagger.generate.genres import GENRES, choose
from tools.tagger.generate.noise import noisy
from tools.tagger.generate.pieces import joined

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")


def generate(count: int, *, seed: int, dev: bool) -> Iterator[Labelled]:
    """`count` texts, of all languages in turn. Names and frames of `dev` are in no other."""
    source = Random(f"{seed} {'dev' if dev else 'train'}")
    frames = {lang: Frames(source, lang, dev=dev) for lang in LANGUAGES}
    for number in range(count):
        lang = LANGUAGES[number % len(LANGUAGES)]
        genre = choose(source)
        pieces = GENRES[genre][0](frames[lang])
        pieces = noisy(source, pieces, casual=genre in ("chat", "dialogue"))
        text, spans = joined(pieces)
        yield Labelled(text, tuple(spans), f"generated {genre}", lang)
