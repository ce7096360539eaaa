"""One service to a data directory: the second is told so before it starts anything."""

from curtilage.app.errors import AnotherService
from curtilage.app.settings import Settings
from curtilage.ledger.disk import is_locked


def is_served(settings: Settings) -> bool:
    """Whether a service uses this data directory now."""
    return is_locked(settings.server.data_dir / "ledger" / "sequencer.lease")


def refuse_second(settings: Settings) -> None:
    """Raise AnotherService where one writes the ledger of this data directory now.

    Two that start at once are told apart by the ledger itself, a little later."""
    if is_served(settings):
        raise AnotherService(f"Another service uses {settings.server.data_dir}.")
