"""Which epoch it is, which scopes keep theirs, and when a destroyed key is gone."""

from datetime import UTC, datetime, timedelta

from curtilage.vault.errors import ClockImplausible, UnknownSpan

EPOCH_ZERO = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_LENGTH = timedelta(days=30)

PINNED = {"session": True, "collection": True, "epoch": False}
"""A session's tokens must not change under it, and a collection's embeddings are
compared with old ones: both keep the epoch that they were created in."""

COPIES = {
    False: "backups of the key directory",
    True: "backups of key database and key directory, and the database's write-ahead log",
}
"""What keeps a destroyed key, by whether nodes share the key table."""

UNKNOWN_BACKUPS = {
    is_shared: f"Unknown until the declared {copies} expire."
    for is_shared, copies in COPIES.items()
}


def epoch_at(instant: datetime) -> int:
    """The number of the 30-day period since 2020-01-01. Raises ClockImplausible."""
    if instant < EPOCH_ZERO:
        raise ClockImplausible
    return (instant - EPOCH_ZERO) // EPOCH_LENGTH


def epoch_end(epoch: int) -> datetime:
    """The first instant that is no longer in `epoch`."""
    return EPOCH_ZERO + (epoch + 1) * EPOCH_LENGTH


def is_pinned(span: str) -> bool:
    """Whether a scope of this span keeps its first epoch for ever. Raises UnknownSpan."""
    if span not in PINNED:
        raise UnknownSpan
    return PINNED[span]


def choose_epoch(now: int, newest: int | None) -> int:
    """The epoch to use: now's, or the next one where another machine is already in it.

    Around a boundary clocks differ by seconds; going back would change tokens
    twice. A key further ahead was made by a clock that was wrong: it is left
    alone, or that scope would never rotate again."""
    return now + 1 if newest == now + 1 else now


def irrecoverable_by(
    unreadable_since: datetime, backups_expire_days: int | None, *, is_shared: bool = False
) -> tuple[datetime | None, str]:
    """When the last copy of a destroyed key is gone, and why then."""
    if backups_expire_days is None:
        return None, UNKNOWN_BACKUPS[is_shared]
    gone = unreadable_since + timedelta(days=backups_expire_days)
    reason = f"{COPIES[is_shared]} are declared to expire in {backups_expire_days} days."
    return gone, reason[0].upper() + reason[1:]
