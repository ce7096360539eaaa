"""What the pages of people are given and show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from curtilage.core.models import PrincipalId
from curtilage.identity.passphrases import LEAST
from curtilage.identity.people.devices import read_label
from curtilage.identity.people.models import (
    Assurance,
    AuthenticatorKind,
    InvitationState,
    InviterKind,
    Step,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """From where somebody signs in: the address, what the browser calls itself, the secret
    of the session that it had until now, what it is known by without one, and the tag of the
    language in which they read the page."""

    address: str = ""
    agent: str = ""
    previous: str = field(default="", repr=False)
    browser: str = field(default="", repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that has one step to take before it opens anything, or is asked for a proof
    again; by which ways its owner could give one.

    `passkey` is what to ask the browser for, as JSON; "" where it has none to show here.
    `account` is what its owner types to sign in: by that password managers know them."""

    ways: frozenset[AuthenticatorKind]
    passkey: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    step: Step = Step.PROVE


@dataclass(frozen=True, slots=True)
class StepOffer:
    """What is next on the way in, and what its owner could set up for it."""

    step: Step
    passkeys: bool = False
    app: bool = False
    passphrase: bool = False
    shortest: int = LEAST


@dataclass(frozen=True, slots=True)
class HeldItem:
    """Something that somebody proves themselves with, as they see it.

    Of a passkey: whether it is `synced` to other devices, and whether it was made for the
    domain that this service has today."""

    id: str
    kind: AuthenticatorKind
    created_at: datetime
    last_used_at: datetime | None = None
    label: str = field(default="", repr=False)
    synced: bool = False
    works_here: bool = True
    leaked: bool = False

    @property
    def called(self) -> str:
        """Its label, in words that can be said in another language where they are ours."""
        return read_label(self.label)


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as its owner sees it."""

    id: str
    device: str
    started_at: datetime
    seen_at: datetime
    assurance: Assurance
    is_this: bool

    @property
    def browser(self) -> str:
        """The device in words that can be said in another language."""
        return read_label(self.device)


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Somebody as an administrator sees them."""

    id: PrincipalId
    name: str = field(repr=False)
    address: str = field(repr=False)
    roles: frozenset[str]
    created_at: datetime
    disabled_at: datetime | None
    ways: frozenset[AuthenticatorKind]


@dataclass(frozen=True, slots=True)
class MadeInvitation:
    """An invitation that was just made: the link is shown this once."""

    id: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """An invitation that nobody took up yet. `inviter` is the name of a person, else ""."""

    id: str
    address: str = field(repr=False)
    roles: frozenset[str]
    by: PrincipalId
    by_kind: InviterKind
    inviter: str = field(repr=False)
    made_at: datetime
    expires_at: datetime
    state: InvitationState


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """An app that somebody allowed something, in words."""

    id: str
    name: str
    may: Sequence[str]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class SentMail:
    """A message as somebody got it, or would have got it."""

    id: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Overview:
    """How somebody signs in, and where they are signed in.

    `passkeys` says whether they can have any here; `accepted` is what their devices are told
    of those left, as JSON."""

    held: Sequence[HeldItem]
    codes_left: int
    sessions: Sequence[ListedSession]
    passkeys: bool = False
    accepted: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """What an authenticator app is set up with, shown to its owner alone."""

    ceremony: str = field(repr=False)
    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasskeyOffer:
    """What the browser is asked to make, as JSON, and the ceremony that waits for it."""

    ceremony: str = field(repr=False)
    options: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class JoinOffer:
    """How somebody who joins may sign in from now on. `shortest` is of a passphrase."""

    shortest: int = LEAST
    passkeys: bool = False
    mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a browser answered that was asked to make somebody's first passkey."""

    ceremony: str = field(repr=False)
    answer: str = field(repr=False)
    browser: str = field(default="", repr=False)
    agent: str = ""


@dataclass(frozen=True, slots=True)
class MailLink:
    """Whom a link signs in; the code to type elsewhere where this browser did not ask for it."""

    name: str = field(repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Recovering:
    """Who chooses a new passphrase, and how short it may be."""

    name: str = field(repr=False)
    shortest: int = LEAST


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider that somebody may sign in through: its name in addresses, and its label."""

    name: str
    label: str
