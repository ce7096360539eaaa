"""What can be wrong with an installation, its processes, and the use of the library."""

from curtilage.core.errors import (
    DeniedError,
    InputError,
    PeerError,
    SetupError,
    UnavailableError,
)


class BrokenLink(PeerError):
    code = "app.broken-link"
    title = "A process of this service sent what the other does not understand"


class ChildFailed(SetupError):
    """Its words and exit code are the child's own where that could say why."""

    code = "app.child-failed"
    title = "A part of the service did not start"

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
