"""How every connection to PostgreSQL is made, whichever driver's face makes it.

Two do: `engine` through SQLAlchemy, for state and keys, and the ledger's own line
(`ledger.adapters.postgresline`), which workers have without SQLAlchemy. What an address may
be, how long is waited for what, and which options a session has is said here alone.
"""

from dataclasses import dataclass
from typing import Any

from curtilage.core.errors import SetupError

SCHEME = "postgresql://"
LOCK_SECONDS = 5  # a writer waits so long for another
OPTIONS = f"-c timezone=UTC -c lock_timeout={LOCK_SECONDS}s"
# An idle server that vanished without a word is noticed after ten seconds, not after two hours:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-KEEPALIVES-IDLE
KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 1, "keepalives_count": 5}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a connection, for a peer that is gone, and for an answer."""

    connect_seconds: int
    gone_seconds: int  # bytes that nobody confirms
    answer_seconds: float  # bytes that somebody takes and does not answer (`silence`)
    options: str = ""  # more than every session has


FOR_STATE = Patience(  # longer than waiting for another node that starts or migrates
    connect_seconds=5, gone_seconds=15, answer_seconds=75.0
)
FOR_RECORDS = Patience(  # callers wait for them, and others could take the log meanwhile
    connect_seconds=3,
    gone_seconds=5,
    answer_seconds=6.0,  # the server itself gives a statement up before
    options="-c synchronous_commit=on -c statement_timeout=5s",
)


def is_postgres(url: str) -> bool:
    """Whether a setting names a database of PostgreSQL."""
    return url.startswith(SCHEME)


def connect_arguments(given: str, patience: Patience) -> dict[str, Any]:
    """What libpq is told beside the address, whose own `options` are `given`: ours count."""
    return {
        "options": " ".join(filter(None, (given, OPTIONS, patience.options))),
        "connect_timeout": patience.connect_seconds,
        "tcp_user_timeout": patience.gone_seconds * 1000,
        **KEEPALIVES,
    }


def driver_missing() -> SetupError:
    """What to say where the extra is not installed."""
    return SetupError(
        "The driver for PostgreSQL is not installed.",
        hint="Install the extra `postgres`: `python3 tools/setup.py extras`, or `pip install '.[postgres]'`.",
    )
