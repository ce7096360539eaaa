"""What can go wrong with a provider, and with the accounts that people have there."""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PeerError,
)


class ProviderReason(StrEnum):
    """Why nobody was let in by what came back from a provider."""

    STATE = "provider.state"
    BROWSER = "provider.other-browser"
    ISSUER = "provider.issuer"
    DENIED = "provider.denied"
    ANSWER = "provider.answer"
    EXCHANGE = "provider.exchange"
    TOKEN = "provider.token"
    KEY = "provider.key"
    NONCE = "provider.nonce"
    PARTY = "provider.authorized-party"
    TENANT = "provider.tenant"
    SUBJECT = "provider.subject"
    STALE = "provider.not-asked-again"
    PERSON = "provider.other-person"


class ProviderRefused(AuthenticationError):
    """One answer for whatever comes back and does not hold. `reason` is for the record."""

    code = "providers.refused"
    title = "Signing in there did not lead here"
    hint = "Begin again on the sign-in page, in one browser window, within ten minutes."

    def __init__(self, reason: ProviderReason) -> None:
        super().__init__()
        self.reason = reason


class ProviderUnusable(PeerError):
    """What a provider publishes cannot be used. Says which part, never what it holds."""

    code = "providers.unusable"
    title = "The provider's metadata cannot be used"
    hint = "Compare the issuer in the settings with the one in the provider's own document."


class UnknownProvider(NotFoundError):
    code = "providers.unknown"
    title = "No such provider"
    hint = "Providers stand in the settings under identity.providers."


class UnknownLink(NotFoundError):
    code = "providers.unknown-link"
    title = "No such connected account"


class LinkTaken(ConflictError):
    code = "providers.link-taken"
    title = "That account is connected to somebody already"
    hint = "Sign in with it, take it away there, and then connect it here."


class AddressTaken(ConflictError):
    """Two arrivals wanted one address at once; the second begins again."""

    code = "providers.address-taken"
    title = "Somebody with this address just came"
    hint = "Sign in again."
