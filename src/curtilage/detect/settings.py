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
