"""Section `[detect]` of the settings."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DetectSettings:
    """What is looked for beside the built-in patterns."""

    # whether names, places, dates and what else free text says of people are looked for; without
    # it only patterns and hidden text are
    names: bool = True
    # seconds that a text of a call may wait for its names; then the call gets 503
    names_timeout: float = 20.0
    # files of rules of one's own (TOML), each a path
    rules: tuple[Path, ...] = ()
    # what finds names in running text: `compact`, the larger `transformer` (the extra `tagger`), or one of
    # your own from a local path, as `spacy:/path`, `hugging_face:/path`, `gliner:/path`, `presidio:/path/recognizers.yaml`; several look one after the other
    taggers: tuple[str, ...] = ("compact",)
    # what a tagger's labels are called here, as `PATIENT=PERSON`, beside the usual PER, LOC, GPE, ORG
    labels: tuple[str, ...] = ()
