"""Section `[console]` of the settings."""

from dataclasses import dataclass
from enum import StrEnum

from curtilage.core.errors import SetupError


class Mode(StrEnum):
    """Whether anybody sees raw values in the console, and whose word that takes."""

    TWO_PEOPLE = "two-people"
    REASON = "reason"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the console shows to whom."""

    # who may see a raw value: `two-people`: for a reason, and once a second person agreed;
    # `reason`: for a reason, alone, which is recorded at each start; `off`: nobody
    reveal: str = Mode.TWO_PEOPLE.value

    def __post_init__(self) -> None:
        if self.reveal not in set(Mode):
            known = ", ".join(each.value for each in Mode)
            raise SetupError(f"The setting console.reveal is none of: {known}.")

    @property
    def mode(self) -> Mode:
        return Mode(self.reveal)
