"""All that finds names and what else free text says of people: phrases, and taggers.

Apart from the scanner, which a gateway has without them: there they work in a process
of their own.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.phrases.finder import build_phrases
from curtilage.detect.tagger.build import COMPACT, open_tagger
from curtilage.detect.tagger.labels import parse_labels
from curtilage.detect.tagger.likely import LikelyNames

Find = Callable[[str], Sequence[Finding]]


def build_names(
    cache_dir: Path | None = None, *, taggers: Iterable[str] = (), labels: Iterable[str] = ()
) -> tuple[Find, ...]:
    """The finders of names. `taggers` (the compact one, unless said) and `labels` are as in
    the settings. Raises a SetupError where one cannot be had."""
    called = parse_labels(labels)
    chosen = [LikelyNames(open_tagger(name, called)).tag for name in taggers or (COMPACT,)]
    return build_phrases(cache_dir).find, *chosen
