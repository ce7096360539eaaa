"""Opens what `ledger.log` names."""

from collections.abc import Callable
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.core.db.postgres import driver_missing, is_postgres
from curtilage.core.errors import SetupError
from curtilage.core.ids import Ids
from curtilage.core.lease import Lease
from curtilage.ledger.keeping.files import FileLogs
from curtilage.ledger.keeping.logs import LedgerKeeping
from curtilage.ledger.settings import IN_STORE, LedgerSettings


def build_keeping(
    settings: LedgerSettings,
    ledger: Path,
    *,
    url: str,
    clock: Clock,
    ids: Ids,
    lease: Callable[[], Lease | None] = lambda: None,
) -> LedgerKeeping:
    """Where records go, as `ledger.log` says. `url` is that of the store.

    `lease` gives the signer's lease while this process has it."""
    if settings.log != IN_STORE:
        return LedgerKeeping(FileLogs(ledger), None, clock, ids)
    if not is_postgres(url):
        raise SetupError(
            "The setting ledger.log is `store`, and store.url is `sqlite`.",
            hint="Records can be kept in PostgreSQL: give store.url a postgresql:// address.",
        )
    try:
        from curtilage.ledger.adapters.postgreslogs import PostgresLogs  # noqa: PLC0415 - an extra
        from curtilage.ledger.adapters.postgresstore import PostgresStore  # noqa: PLC0415
    except ModuleNotFoundError:
        raise driver_missing() from None
    return LedgerKeeping(PostgresLogs(url, clock, ids), PostgresStore(url, lease), clock, ids)
