"""What can be wrong with an installation, its processes, and the use of the library."""

from curtilage.core.errors import (
    ConflictError,
    DeniedError,
    InputError,
    LimitError,
    NotFoundError,
    PeerError,
    SetupError,
    TamperError,
    UnavailableError,
)


class BrokenLink(PeerError):
    code = "app.broken-link"
    title = "A process of this service sent what the other does not understand"
    hint = "It begins anew by itself; if it lasts, stop the service and start all of it in one version."


class ChildFailed(SetupError):
    """Its words and exit code are the child's own where that could say why."""

    code = "app.child-failed"
    title = "A part of the service did not start"
    hint = "The service's log says why; `curtilage doctor` looks further."

    def __init__(
        self, detail: str = "", *, hint: str = "", exit_code: int = SetupError.exit_code
    ) -> None:
        super().__init__(detail, hint=hint)
        self.exit_code = exit_code  # type: ignore[misc]  # the one class that speaks for others


class NoInstallation(SetupError):
    """A command that only reads makes nothing where nothing is."""

    code = "app.no-installation"
    title = "There is no installation here"
    hint = "Name the right place with --data-dir or --config; `curtilage init` makes a new one."


class KeysWithData(SetupError):
    code = "app.keys-with-data"
    title = "The settings store.url and vault.url lead to one database"
    hint = "Make a database of its own for vault.url: a backup of the data must not hold its keys."


class LedgerElsewhere(SetupError):
    """Workers would record where nobody reads, signs and verifies."""

    code = "app.ledger-elsewhere"
    title = "The setting ledger.url names another database than store.url"
    hint = "Give it the address of the same database, with the role that may only append."


class LedgerInStore(SetupError):
    """What was recorded last may be in no file, and two places would go on from one history."""

    code = "app.ledger-in-store"
    title = "The ledger is in the database, and the setting ledger.log is `files`"
    hint = "Set ledger.log to `store` again: nothing brings a ledger back into files."


class PortInUse(SetupError):
    code = "app.port-in-use"
    title = "The port is taken"
    hint = "Stop what listens there, or choose another with --port."


class AnotherService(SetupError):
    code = "app.another-service"
    title = "Another service uses this data directory"
    hint = "Stop it, or give this one a directory of its own with --data-dir."


class LedgerGone(SetupError):
    """A history that was begun is not begun anew without a word."""

    code = "app.ledger-gone"
    title = "The ledger of this installation is gone"
    hint = "Put it back from a backup. A new history needs a new key directory."


class ControlUnreachable(UnavailableError):
    code = "app.control-unreachable"
    title = "The control process does not answer"
    hint = "It is started again by itself; `curtilage doctor` looks further."


class UnknownType(InputError):
    """A slip in the `policy` of `curtilage.protect` must not widen what leaves."""

    code = "library.unknown-type"
    title = "No data of this type is looked for"
    hint = "The reference of detectors lists every type."


class UnknownTreatment(InputError):
    code = "library.unknown-treatment"
    title = "There is no treatment of this name"
    hint = "Use allow, token, mask or block."


class ScopeRefused(DeniedError):
    """The vault refused this scope, for example because its key was destroyed."""

    code = "app.scope-refused"
    title = "There is no key for this caller any more"
    hint = "Call with another key or token: this one was revoked, or its owner deleted."


class ReasonUnfit(InputError):
    code = "sealed.reason-unfit"
    title = "The reason cannot be written down as it is"
    hint = "Give --reason one sentence of at most 300 characters, such as the number of a ticket."


class NotOpened(NotFoundError):
    """One error for a key that is gone and for one that was never there."""

    code = "sealed.not-opened"
    title = "No key here opens the sealed part of this record"
    hint = (
        "A call about a person is opened with --subject and that person's id; once their key was "
        "destroyed, nothing opens it."
    )


class UnknownMap(NotFoundError):
    """Without its map a text is what it is."""

    code = "map.unknown"
    title = "There is no map here"
    hint = "Give the --scope or the --map that the text was protected with."


class MapDamaged(TamperError):
    """Nothing is read from a map whose seal does not hold."""

    code = "map.damaged"
    title = "The map does not open: it was changed, or belongs to another installation"
    hint = "Put it back from a backup, beside the key directory that it was written with."


class MapMisplaced(TamperError):
    """A file that was moved to where the map of another scope is kept."""

    code = "map.misplaced"
    title = "The map that lies here is of another scope"
    hint = "It was moved or renamed; put the files in `maps` back from a backup."


class MapKeyMissing(DeniedError):
    code = "map.key-missing"
    title = "The key of this map is not among the keys here"
    hint = "Name the installation that wrote it; if its keys are gone, nobody can read it."


class MapInUse(UnavailableError):
    code = "map.in-use"
    title = "Another process has been writing maps in this folder for too long"
    hint = "Try again; if it lasts, look for a `curtilage protect` that hangs."


class OutputUnwritable(UnavailableError):
    code = "text.output-unwritable"
    title = "The result could not be written"
    hint = "Make room or name another place, then run it again: the result is the same."


class MapOutOfReach(UnavailableError):
    code = "map.out-of-reach"
    title = "The map can be neither read nor written"
    hint = "See to the disk and to whose the folder is; nothing was given out."


class MapFull(LimitError):
    code = "map.full"
    title = "The map would hold more than 64 MiB"
    hint = "Begin another scope; what was protected in this one can still be restored."


class TextRefused(DeniedError):
    code = "text.refused"
    title = "The policy does not let this text leave"
    hint = "`curtilage policy show` prints what it permits, and for which purposes."


class TextTooLong(InputError):
    code = "text.too-long"
    title = "The text is too long to be worked on at once"
    hint = "Cut it into parts and give them one after the other, in the same scope."


class TextNotUTF8(InputError):
    code = "text.not-utf-8"
    title = "The text is not valid UTF-8"
    hint = (
        "Convert a text first; other encodings would come back changed. "
        "What is no text, such as a database, can be scanned and not protected."
    )


class PlaceTaken(ConflictError):
    """Nothing that is there is written over, by a backup or by restoring one."""

    code = "backup.place-taken"
    title = "There is something already where this would go"
    hint = "Name a folder that is not there yet, or move what is there; nothing was written."


class PlaceUnfit(InputError):
    code = "backup.place-unfit"
    title = "The backup cannot go there"
    hint = "Name a folder apart from the data, from the keys, and from the other backup."


class BackupUnwritable(UnavailableError):
    code = "backup.unwritable"
    title = "The files could not be written; nothing was left behind"
    hint = "Make room there, or give this user the right to write, then run it again."


class BackupUnknown(InputError):
    code = "backup.unknown"
    title = "There is no backup here that this version reads"
    hint = "Name the folder that `curtilage backup` made, with its manifest.json."


class BackupDamaged(TamperError):
    """Nothing is put in place of which one byte is in doubt."""

    code = "backup.damaged"
    title = "The backup is not as it was made"
    hint = "Nothing was put in place. Take another copy of this backup, or an earlier one."


class BackupForeign(DeniedError):
    code = "backup.foreign"
    title = "The backup is of another installation than these keys"
    hint = "Nothing was put in place. Name the backup of its keys with --keys."


class BackupOlder(ConflictError):
    """What happened after the backup would be lost: that is for a person to decide."""

    code = "backup.older"
    title = "The ledger went on after this backup"
    hint = (
        "Nothing was put in place. Restore a newer backup, or accept the loss with --lose-newer: "
        "the anchors that show it are kept."
    )


class NotProtectedHere(InputError):
    """A call that nobody here can look into."""

    code = "library.not-protected"
    title = "This call is not protected, so it was not sent"
    hint = "Make it with the client that was wrapped, if it may leave as it is."
