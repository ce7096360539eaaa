"""What a caller of the ledger may want to tell apart."""

from curtilage.core.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    TamperError,
    UnavailableError,
)
from curtilage.core.words import say


class LedgerUnavailable(UnavailableError):
    """It could not be made durable: nothing was recorded, nothing may leave."""

    code = "ledger.unavailable"
    title = "The ledger cannot record this now"
    hint = "Free space on the disk of the data directory, then try again; the ledger recovers by itself."


class SlotInUse(ConflictError):
    code = "ledger.slot-in-use"
    title = "Another process writes to this ledger slot"
    hint = "Stop the other process, or start this one with a slot or data directory of its own."


class RecordRefused(InputError):
    """An event that no record can hold; a fault of our own code."""

    code = "ledger.record-refused"
    title = "The event does not fit a record"
    hint = "Facts hold counts, types and commitments; large things belong elsewhere."


class LedgerNotBegun(NotFoundError):
    code = "ledger.not-begun"
    title = "Nothing was recorded here yet"
    hint = "The ledger begins when the service first starts: `curtilage serve`."


class RecordNotFound(NotFoundError):
    code = "ledger.record-not-found"
    title = "No record has this id"
    hint = "Copy the id from `curtilage ledger show`, or from the x-curtilage-request-id header."


class NotYetProvable(ConflictError):
    code = "ledger.not-yet-provable"
    title = "No checkpoint covers this record yet"
    hint = "Checkpoints are signed every few seconds while the service runs; try again then."


class LedgerTampered(TamperError):
    """Stored bytes are not what was written; `curtilage ledger verify` says where."""

    code = "ledger.tampered"
    title = "The ledger is not as it was written"
    hint = "Keep a copy of the data directory as evidence, then run `curtilage ledger verify`."


class LedgerKeyMissing(TamperError):
    code = "ledger.key-missing"
    title = "There is a ledger, and its key is not among the keys"
    hint = "Put the key directory back that belongs to this data directory."


class RollbackDetected(TamperError):
    code = "ledger.rollback"
    title = "The ledger is older than what was already signed"
    hint = "A backup was restored or records were removed. Put back the newest data directory."


class ProofInvalid(TamperError):
    code = "ledger.proof-invalid"
    title = "The proof does not hold"
    hint = "Check that the proof, the key and the record belong together and are complete."


class UnknownCheck(NotFoundError):
    code = "ledger.unknown-check"
    title = say("No verification with this id is kept")
    hint = say("Start a new one; only the last twenty are kept.")


class PeerUnreachable(UnavailableError):
    """No whole answer came in time. Says nothing of what was sent or received."""

    code = "ledger.peer-unreachable"
    title = "A witness or a time-stamp authority did not answer"
    hint = "Nothing is lost: the newest head is shown to it again later."


class NotYetAnchored(ConflictError):
    """A pruning is recorded, and nothing was removed."""

    code = "ledger.not-yet-anchored"
    title = "No anchor covers the record of the pruning yet"
    hint = (
        "Nothing was removed. Run `curtilage ledger prune` again when the service has anchored it."
    )


class NoRetention(InputError):
    code = "ledger.no-retention"
    title = "Nothing says how long records are kept"
    hint = "Give --before with a day, or set ledger.keep_days."


class NotPublished(NotFoundError):
    code = "ledger.not-published"
    title = "No log has this part"
    hint = (
        "Take the origin from a checkpoint, and only what that checkpoint covers (C2SP tlog-tiles)."
    )
