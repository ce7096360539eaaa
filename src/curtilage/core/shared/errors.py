"""What may be wrong with the shared store. No error quotes its address."""

from curtilage.core.errors import SetupError, UnavailableError


class SharedUnreachable(UnavailableError):
    code = "shared.unreachable"
    title = "The shared store does not answer"
    hint = "Check that the server of store.shared, or of store.url, runs and accepts this service."


class SharedRefused(SetupError):
    code = "shared.refused"
    title = "The shared store cannot be used like this"
    hint = "Correct the setting store.shared, then start again."
