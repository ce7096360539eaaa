"""Section `[ledger]` of the settings."""

from dataclasses import dataclass, field
from pathlib import Path

IN_STORE = "store"
LOGS = ("files", IN_STORE)


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where the ledger lies, who else shall see its head, and how long records are kept."""

    # `files`, below data_dir; or `store`, in the PostgreSQL of store.url, for all nodes
    log: str = "files"
    # another address of that database, for workers, with a role that may only append
    url: str = field(default="", repr=False)
    # each its address, a space and its verifier key, as
    # `https://witness.example/ witness.example+<id>+<key>`
    witnesses: tuple[str, ...] = ()
    witness_seconds: float = 60.0  # how often a head is shown to each witness, 1 to 86400
    timestamp_url: str = ""  # the address of an RFC 3161 time-stamp authority
    timestamp_ca: Path | None = None  # PEM file of the authorities that its tokens lead to
    timestamp_seconds: float = 3600.0  # how often a head is time-stamped, 1 to 604800
    # the age from which `ledger prune` removes records; none: it has to be told a day
    keep_days: int | None = None
