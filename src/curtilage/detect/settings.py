"""Section `[detect]` of the settings."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DetectSettings:
    """What is looked for beside the built-in patterns."""

    # whether names, places, dates and what else free text says of people are looked for, where a
    # text is not on its way through the gateway: there only patterns and hidden text are
    names: bool = True
    # files of rules of one's own (TOML), each a path; the gateway does not use them yet
    rules: tuple[Path, ...] = ()
    # what finds names in running text: `compact`, or one of your own from a local path, as `spacy:/path`,
    # `hugging_face:/path`, `gliner:/path`, `presidio:/path/recognizers.yaml`; several look one after the other
    taggers: tuple[str, ...] = ("compact",)
    # what a tagger's labels are called here, as `PATIENT=PERSON`, beside the usual PER, LOC, GPE, ORG
    labels: tuple[str, ...] = ()
