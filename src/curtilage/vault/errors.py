"""What may be wrong with keys and with what they sealed."""

from curtilage.core.errors import (
    ConflictError,
    DeniedError,
    InputError,
    NotFoundError,
    SetupError,
    TamperError,
    UnavailableError,
)


class SealBroken(TamperError):
    """One error for every reason, so that nobody learns from it which byte was wrong."""

    code = "vault.seal-broken"
    title = "Sealed data does not open with this key in this place"
    hint = "It was altered, moved, or sealed under another key; compare it with a backup."


class KeyTableDamaged(TamperError):
    code = "vault.key-table-damaged"
    title = "The key table contradicts itself"
    hint = "Stop the service and restore key_dir from its backup."


class KeyDestroyed(DeniedError):
    code = "vault.key-destroyed"
    title = "The key of this person or service was destroyed"
    hint = "That is final: what it sealed cannot be read, and it is not made again."


class UnknownTenant(NotFoundError):
    code = "vault.unknown-tenant"
    title = "Tenant not known to this installation"
    hint = "Use the keys and the data of one installation: server.key_dir, vault.url and store.url."


class UnknownKey(NotFoundError):
    code = "vault.unknown-key"
    title = "No such key; it never was or has been destroyed"
    hint = "Check whose it is. A key that was destroyed is final: what it sealed cannot be read."


class UnknownSpan(InputError):
    code = "vault.unknown-span"
    title = "A scope spans a session, an epoch or a collection"
    hint = "Name it `session`, `epoch` or `collection`."


class RotationUnfinished(ConflictError):
    code = "vault.rotation-unfinished"
    title = "Another rotation of the root key is under way"
    hint = "Wait for it to end; after a crash, start the service once and it is finished."


class RootKeyNotSpread(ConflictError):
    code = "vault.root-key-not-spread"
    title = "Other nodes do not have the next root key yet"
    hint = (
        "Run `curtilage vault prepare-root`, copy root.key.next from key_dir to every other node, "
        "then rotate."
    )


class NothingToPrepare(ConflictError):
    code = "vault.nothing-to-prepare"
    title = "The key table is a file of this node, so no other node needs the root key"
    hint = "Run `curtilage vault rotate --root`."


class ClockImplausible(UnavailableError):
    code = "vault.clock-implausible"
    title = "The machine's clock is before 2020, so the key epoch is not known"
    hint = "Set the clock (NTP) and try again."


class RootKeyProblem(SetupError):
    code = "vault.root-key"
    title = "The root key file cannot be used"
    hint = "Restore root.key from its backup; do not edit it."


class KeyTableProblem(SetupError):
    code = "vault.key-table"
    title = "The key table cannot be used"
    hint = "Start the version that made it, or restore the keys from before the upgrade."


class KeysElsewhere(SetupError):
    """What is stored was begun with other keys: new ones would open nothing of it."""

    code = "vault.keys-elsewhere"
    title = "The keys of what is stored are not here"
    hint = (
        "Name their place in server.key_dir and vault.url, or put them back from their backup. "
        "A new installation needs an empty store and an empty data directory."
    )


class KeyDirProblem(SetupError):
    code = "vault.key-dir"
    title = "The key directory cannot be used"
    hint = "Give server.key_dir a directory that this user owns and that has room."


class StaleVersion(ConflictError):
    """Inside the vault only: the tenant key was rotated meanwhile; load it and try again."""

    code = "vault.stale-version"
    title = "The tenant key was rotated meanwhile"
    hint = "Read the tenant's key again, then try once more."
