"""Section `[ledger]` of the settings."""

from dataclasses import dataclass, field
from pathlib import Path

IN_STORE = "store"
LOGS = ("files", IN_STORE)


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Who else shall see the head of the ledger, and how long records are kept.

    A witness is written as its address, a space and its verifier key."""

    log: str = "files"  # below data_dir, or `store`: in the PostgreSQL of store.url, for all nodes
    url: str = field(default="", repr=False)  # how workers reach it; store.url unless given

    witnesses: tuple[str, ...] = ()  # `https://witness.example/ witness.example+<id>+<key>`
    witness_seconds: float = 60.0  # a head is shown to each witness so often, 1 to 86400
    timestamp_url: str = ""  # the address of an RFC 3161 time-stamp authority
    timestamp_ca: Path | None = None  # PEM; the roots, and intermediates, that its tokens lead to
    timestamp_seconds: float = 3600.0  # a head is time-stamped so often, 1 to 604800
    keep_days: int | None = None  # `ledger prune` removes records that are older; none: it does not
