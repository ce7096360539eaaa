"""What is worth knowing about who sees raw values."""

from collections.abc import Sequence

from curtilage.core.models import Observation
from curtilage.identity.reveal.settings import Mode


def check_reveals(mode: Mode) -> Sequence[Observation]:
    """That one person alone may see values. Off is stricter than the default: no finding."""
    if mode is not Mode.REASON:
        return []
    return [
        Observation(
            code="reveals.one-person",
            title="One person alone can see raw values in the console",
            detail="The setting console.reveal is `reason`: nobody else has to agree.",
            severity="warning",
            mend="Set console.reveal to `two-people`, or to `off`.",
        )
    ]
