"""What pages of people ask: one port for each desk, for the one tenant that they serve.

The last two are of other parts of identity, with what stands there where those are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.models import Principal, PrincipalId
from curtilage.core.page import NewSession
from curtilage.identity.people.models import (
    Assurance,
    ProofKind,
)
from curtilage.identity.people.views import (
    Arrival,
    ConnectedApp,
    JoinOffer,
    Made,
    MailLink,
    Offer,
    Overview,
    PasskeyOffer,
    Recovering,
    StepOffer,
    TotpOffer,
    Waiting,
)


class SignInDesk(Protocol):
    """Signs people in and out, and enrols the first by the set-up link."""

    async def is_enrolled(self) -> bool:
        """Whether there is somebody who could sign in."""

    async def look_at_link(self, link: str) -> JoinOffer:
        """Raises AuthenticationError for a link that is unknown, used or expired."""

    async def enrol(self, *, link: str, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        """Raises as `look_at_link`; InputError for a name or a passphrase that will not do."""

    async def offer_first_passkey(self, link: str, *, name: str, browser: str) -> PasskeyOffer:
        """Raises as `look_at_link`, `PasskeysOff`, or an InputError for a name."""

    async def enrol_by_passkey(
        self, link: str, *, name: str, made: Made, arrival: Arrival
    ) -> NewSession:
        """Raises as `enrol`."""

    async def sign_in(self, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        """Raises AuthenticationError, or LimitError after too many tries."""

    def offer_passkey(self, browser: str) -> str:
        """What to ask this browser for, as JSON; "" where there are no passkeys."""

    async def sign_in_by_passkey(self, answer: str, arrival: Arrival) -> NewSession:
        """Raises AuthenticationError or LimitError."""

    async def find_waiting(self, session: str) -> Waiting | None:
        """What the session still needs; None where it is signed in, over, or unknown."""

    async def list_ways(self, session: str, level: Assurance = Assurance.NONE) -> Waiting | None:
        """By what its owner could prove themselves once more and reach the level; None where
        it is over."""

    async def has_level(self, session: str, level: Assurance) -> bool:
        """Whether what its owner proved lately reaches the level."""

    async def prove(self, session: str, kind: ProofKind, value: str, *, address: str) -> NewSession:
        """Bring the session further. Raises AuthenticationError or LimitError."""

    async def sign_out(self, session: str) -> None:
        """End the session; unknown ones are no error."""


class MailDesk(Protocol):
    """What is done by way of a mailbox: joining, signing in, a new passphrase.

    No answer tells whether an address or a name has an account."""

    @property
    def sign_up(self) -> str:
        """`closed`, `invited` or `open`."""

    @property
    def mail_sign_in(self) -> bool: ...

    async def ask_to_join(self, address: str, *, peer: str, language: str = "en") -> None:
        """The message is in `language`, as those below.

        Raises `SignUpClosed`, `UnacceptableAddress` or a LimitError."""

    async def look_at_invitation(self, link: str) -> JoinOffer:
        """Raises `CeremonyOver`."""

    async def offer_first_passkey(self, link: str, *, name: str, browser: str) -> PasskeyOffer:
        """Raises as `join`, or `PasskeysOff`."""

    async def join_by_passkey(
        self, link: str, *, name: str, made: Made, arrival: Arrival
    ) -> NewSession:
        """Raises as `join`, or an AuthenticationError for an answer that does not hold."""

    async def join_by_mailbox(self, link: str, *, name: str, arrival: Arrival) -> NewSession:
        """Raises as `join`, or `MailSignInOff`."""

    async def join(self, link: str, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        """Raises `CeremonyOver`, `NameTaken`, or an InputError for what will not do."""

    async def ask_to_sign_in(
        self, address: str, *, browser: str, peer: str, language: str = "en"
    ) -> None:
        """Raises `MailSignInOff` or a LimitError."""

    async def look_at_sign_in(self, link: str, *, browser: str) -> MailLink:
        """Raises `CeremonyOver`."""

    async def sign_in_by_link(self, link: str, arrival: Arrival) -> NewSession:
        """Raises `CeremonyOver`."""

    async def sign_in_by_code(self, code: str, arrival: Arrival) -> NewSession:
        """Raises an AuthenticationError."""

    async def ask_to_recover(self, name: str, *, peer: str, language: str = "en") -> None:
        """Raises a LimitError."""

    async def look_at_recovery(self, link: str) -> Recovering:
        """Whose it is. Raises `CeremonyOver`."""

    async def recover(self, link: str, passphrase: str) -> None:
        """Raises `CeremonyOver` or `WeakPassphrase`."""


class StepDesk(Protocol):
    """What somebody sets up on the way in. `session` is the secret in the cookie.

    All but `look` raise `CeremonyOver` where that is not the next step, and `ProveAgain`."""

    async def look(self, session: str) -> StepOffer | None:
        """None for a session that is signed in, over, or unknown."""

    async def set_passphrase(self, session: str, passphrase: str) -> NewSession:
        """Raises `WeakPassphrase`."""

    async def offer_totp(self, session: str) -> TotpOffer: ...

    async def look_at_totp(self, session: str, ceremony: str) -> TotpOffer: ...

    async def add_totp(self, session: str, ceremony: str, code: str) -> NewSession:
        """Raises `CodeRefused`."""

    async def offer_passkey(self, session: str) -> PasskeyOffer:
        """Raises `PasskeysOff` or `TooManyPasskeys`."""

    async def add_passkey(
        self, session: str, ceremony: str, answer: str, *, agent: str
    ) -> NewSession:
        """Raises as `offer_passkey`, or an InputError for an answer that does not hold."""


class AccountDesk(Protocol):
    """Shows people their own account and changes it. `session` is the secret in the cookie.

    What changes how somebody signs in raises `ProveAgain` where that must come first."""

    async def overview(self, session: str) -> Overview: ...

    async def change_passphrase(self, session: str, passphrase: str) -> int:
        """Gives how many other sessions ended. Raises `WeakPassphrase`."""

    async def shortest(self, session: str) -> int:
        """How short a new passphrase may be."""

    async def offer_totp(self, session: str) -> TotpOffer: ...

    async def look_at_totp(self, session: str, ceremony: str) -> TotpOffer:
        """Raises `CeremonyOver`."""

    async def add_totp(self, session: str, ceremony: str, code: str) -> NewSession:
        """The session goes on under a new secret. Raises `CeremonyOver` or `CodeRefused`."""

    async def offer_passkey(self, session: str) -> PasskeyOffer:
        """Raises `PasskeysOff` or `TooManyPasskeys`."""

    async def add_passkey(
        self, session: str, ceremony: str, answer: str, *, agent: str
    ) -> NewSession:
        """The session goes on under a new secret. Raises `CeremonyOver`, `PasskeysOff`,
        `TooManyPasskeys`, or an InputError for an answer that does not hold."""

    async def rename_passkey(self, session: str, id: str, label: str) -> None:
        """Raises `UnknownAuthenticator` or `PasskeysOff`."""

    async def renew_recovery_codes(self, session: str) -> Sequence[str]: ...

    async def remove(self, session: str, id: str) -> None:
        """Raises `UnknownAuthenticator` or `LastWayIn`."""

    async def leave(self, session: str) -> None:
        """Delete the account. Raises `LastAdministrator`."""

    async def end_session(self, session: str, id: str) -> bool:
        """False where there is none of theirs with this id."""

    async def end_other_sessions(self, session: str) -> int: ...


class AppsOfPeople(Protocol):
    """Says which apps people allowed something, and ends that."""

    @property
    def own(self) -> str:
        """Where somebody sees their own, "" for nowhere."""

    async def list_apps(self, actor: Principal, person: PrincipalId) -> Sequence[ConnectedApp]: ...

    async def end_app(self, actor: Principal, person: PrincipalId, app: str) -> None:
        """Raises a NotFoundError where nothing was allowed."""


@dataclass(frozen=True, slots=True)
class NoApps:
    """Where there are none."""

    own: str = ""

    async def list_apps(self, actor: Principal, person: PrincipalId) -> Sequence[ConnectedApp]:
        return ()

    async def end_app(self, actor: Principal, person: PrincipalId, app: str) -> None:
        return None


class Elsewhere(Protocol):
    """Providers that people may sign in through, as the pages of people show them."""

    @property
    def offers(self) -> Sequence[Offer]: ...

    @property
    def has_realms(self) -> bool:
        """Whether some addresses lead to a provider."""

    def find_realm(self, typed: str) -> str:
        """The name of the provider that an address leads to, "" for none."""

    async def list_again(self, session: str, level: Assurance = Assurance.NONE) -> Sequence[Offer]:
        """Those through which whose session this is can prove themselves once more."""


@dataclass(frozen=True, slots=True)
class NobodyElse:
    """Where nobody signs in through others."""

    offers: Sequence[Offer] = ()
    has_realms: bool = False

    def find_realm(self, typed: str) -> str:
        return ""

    async def list_again(self, session: str, level: Assurance = Assurance.NONE) -> Sequence[Offer]:
        return ()
