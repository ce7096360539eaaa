"""One service to a data directory: the second is told so before it starts anything."""

from curtilage.app.errors import AnotherService
from curtilage.app.settings import Settings
from curtilage.ledger.disk import is_leased


def refuse_second(settings: Settings) -> None:
    """Raise AnotherService where one writes the ledger of this data directory now.

    Two that start at once are told apart by the ledger itself, a little later."""
    data_dir = settings.server.data_dir
    if is_leased(data_dir / "ledger" / "sequencer.lease"):
        raise AnotherService(f"Another service uses {data_dir}.")
