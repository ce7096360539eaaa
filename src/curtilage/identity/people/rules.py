"""How far proofs reach, how long sessions live, who is found by what was typed. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from curtilage.core.authority import ADMINISTRATOR
from curtilage.identity.errors import UnacceptableAddress, UnacceptableName
from curtilage.identity.people.errors import SetupLinkRefused
from curtilage.identity.people.models import (
    Assurance,
    AuthenticatorKind,
    Ceremony,
    Proof,
    ProofKind,
    SecondFactor,
    Session,
    SetupLink,
    Step,
)

SESSION_IDLE = timedelta(minutes=30)
SESSION_LIMIT = timedelta(hours=12)
SETUP_LINK_LIFE = timedelta(hours=24)
APPS_IDLE = timedelta(minutes=30)  # access tokens live ten minutes: three were not renewed
PENDING_LIMIT = timedelta(minutes=10)  # to bring the second factor after the first
# By what a session reaches: SP 800-63B-4 §2.1.3, §2.2.3 and §2.3.3 allow more at levels 1 and 2;
# these satisfy its drafts as well. Longer ones are for those whom a mailbox lets in anyway.
LIMITS: dict[Assurance, tuple[timedelta, timedelta]] = {
    Assurance.NONE: (SESSION_IDLE, SESSION_LIMIT),
    Assurance.ONE: (SESSION_IDLE, SESSION_LIMIT),
    Assurance.TWO: (SESSION_IDLE, SESSION_LIMIT),
    Assurance.THREE: (timedelta(minutes=15), SESSION_LIMIT),
}
SHORTEST_IDLE = min(idle for idle, _ in LIMITS.values())
SEEN_EVERY = timedelta(minutes=1)  # how exact `seen_at` is; fewer writes than page views
FRESH = timedelta(minutes=10)  # how long a proof is good enough to change what one signs in with
MOST_TRIES = 5  # wrong codes within one ceremony

KNOWS, HAS = "knows", "has"
# What a provider asked for is most often a passphrase: with another one it is no second factor.
_FACTOR = {ProofKind.PASSPHRASE: KNOWS, ProofKind.TOTP: HAS, ProofKind.PASSKEY: HAS,
           ProofKind.RECOVERY_CODE: HAS, ProofKind.PROVIDER: KNOWS}  # fmt: skip
_MAY_BE_TWO = (ProofKind.PASSKEY, ProofKind.PROVIDER)  # both factors at once
_AMR = {  # RFC 8176 §2, and words of our own where it has none
    ProofKind.PASSPHRASE: "pwd",
    ProofKind.TOTP: "otp",
    ProofKind.RECOVERY_CODE: "recovery",
    ProofKind.MAILBOX: "email",
    ProofKind.PROVIDER: "fed",
    ProofKind.SETUP_LINK: "setup",
}
LONGEST_NAME = 64
_NAME = re.compile(r"[\w.@'-]+(?: [\w.@'-]+)*")
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, without the brackets
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def assess_assurance(proofs: Iterable[Proof]) -> Assurance:
    """The level that these proofs reach together (NIST SP 800-63B-4 §2).

    Two proofs of one kind of factor are one factor, whoever repeats them, and a mailbox is
    none. A passkey that verified its user is two by itself; where its key cannot leave the
    device, nothing stronger is known here."""
    proofs = tuple(proofs)
    verified = [proof for proof in proofs if proof.kind in _MAY_BE_TWO and proof.verified_user]
    if any(proof.bound for proof in verified):
        return Assurance.THREE
    factors = {_FACTOR[proof.kind] for proof in proofs if proof.kind in _FACTOR}
    if verified or len(factors) > 1:
        return Assurance.TWO
    if factors or any(proof.kind is ProofKind.SETUP_LINK for proof in proofs):
        return Assurance.ONE
    return Assurance.NONE


def needed_at_sign_in(
    kinds: Iterable[AuthenticatorKind], *, by_provider: bool = False, passkeys_work: bool = True
) -> Assurance:
    """What somebody with these authenticators must reach before anything opens.

    Who has set up a second factor meant it, an app or a passkey: the first alone signs nobody
    in, and neither does a mailbox where there is any authenticator. Never more than what they
    have can reach: passkeys that were made for another address are no second factor here.
    `by_provider`: who comes from a provider has that as well, and it is a first factor."""
    kinds = set(kinds) - {AuthenticatorKind.RECOVERY_CODE}
    has_first = by_provider or AuthenticatorKind.PASSPHRASE in kinds
    seconds = {AuthenticatorKind.TOTP} | ({AuthenticatorKind.PASSKEY} if passkeys_work else set())
    if has_first and kinds & seconds:
        return Assurance.TWO
    return Assurance.ONE if kinds else Assurance.NONE


def demanded_of(policy: SecondFactor, roles: Iterable[str]) -> Assurance:
    """What is asked of somebody with these roles, whatever they have set up so far."""
    asked = policy is SecondFactor.EVERYBODY or (
        policy is SecondFactor.ADMINISTRATORS and ADMINISTRATOR in roles
    )
    return Assurance.TWO if asked else Assurance.NONE


def next_step(session: Session, *, reachable: Assurance) -> Step | None:
    """What a session has to do before it opens anything; None where it is signed in.

    `reachable` is what its owner could reach by what they have, recovery codes left out: those
    are for who lost a second factor, and are none themselves."""
    reached = assess_assurance(session.proofs)
    if reached < min(session.needs, reachable):
        return Step.PROVE
    if session.must_change:
        return Step.PASSPHRASE
    return Step.ENROL if reached < session.needs else None


def leads_further(proofs: Iterable[Proof], kind: AuthenticatorKind, *, at: datetime) -> bool:
    """Whether a proof by this, beside those that there are, could reach more."""
    proofs = tuple(proofs)
    one_more = Proof(ProofKind(kind.value), at, verified_user=kind is AuthenticatorKind.PASSKEY)
    return assess_assurance((*proofs, one_more)) > assess_assurance(proofs)


def list_amr(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """How somebody proved who they are, in the words of RFC 8176, sorted."""
    proofs = tuple(proofs)
    words = {word for proof in proofs for word in _words_of(proof)}
    if assess_assurance(proofs) >= Assurance.TWO:
        words.add("mfa")
    return tuple(sorted(words))


def _words_of(proof: Proof) -> tuple[str, ...]:
    if proof.kind is not ProofKind.PASSKEY:
        return (_AMR[proof.kind],)
    key = "hwk" if proof.bound else "swk"
    return (key, "user") if proof.verified_user else (key,)


def parse_acr(raw: str) -> Assurance:
    """The level of a name as `Assurance.acr` gives it; NONE for any other."""
    return next((each for each in Assurance if each.acr == raw), Assurance.NONE)


def leads_to(proofs: Iterable[Proof], kind: AuthenticatorKind, level: Assurance) -> bool:
    """Whether one proof more of this kind could reach the level, at its best."""
    at = datetime.min.replace(tzinfo=UTC)
    best = Proof(ProofKind(kind.value), at, verified_user=True, bound=True)
    return assess_assurance((*proofs, best)) >= level


def is_signed_in(session: Session) -> bool:
    """Whether the proofs of the session reach what it needs, and nothing else comes first."""
    return assess_assurance(session.proofs) >= session.needs and not session.must_change


def ends_at(session: Session) -> datetime:
    """When the session ends at the latest, whatever is done in it."""
    if not is_signed_in(session):
        return session.started_at + PENDING_LIMIT
    return session.started_at + LIMITS[assess_assurance(session.proofs)][1]


def is_live(session: Session, *, at: datetime) -> bool:
    """True for a session inside both of its limits.

    A clock that went back makes `at` earlier than `seen_at`; the session then
    lives on, at most as long as its limit from the start."""
    idle, _ = LIMITS[assess_assurance(session.proofs)]
    return at < session.seen_at + idle and at < ends_at(session)


def is_over_for_apps(session: Session, *, at: datetime, is_used: bool) -> bool:
    """Whether a session has ended for whatever hangs on it, too.

    Somebody who works in an app all morning opens none of our pages. These want them signed in
    again; the app goes on while it uses what it has of the session, to the session's limit."""
    return at >= ends_at(session) or (not is_live(session, at=at) and not is_used)


def needs_seen(session: Session, *, at: datetime) -> bool:
    """True where `seen_at` is old enough to be written again."""
    return at >= session.seen_at + SEEN_EVERY


def is_fresh(session: Session, *, at: datetime) -> bool:
    """Whether somebody proved who they are so lately that they may change how they do."""
    return at < session.proved_at + FRESH


def fresh_proofs(session: Session, *, at: datetime) -> tuple[Proof, ...]:
    """What they proved lately, without what the session has from before."""
    return tuple(each for each in session.proofs if at < each.at + FRESH)


def lead_to(
    proofs: Iterable[Proof], kinds: Iterable[AuthenticatorKind], level: Assurance
) -> frozenset[AuthenticatorKind]:
    """Those of what somebody has that bring these proofs to the level, or nearer to it; none
    where all of it together does not reach so far."""
    proofs = tuple(proofs)
    every = frozenset(kinds) - {AuthenticatorKind.RECOVERY_CODE}
    if best_of(every, proofs) < level:
        return frozenset()
    at = datetime.min.replace(tzinfo=UTC)
    return frozenset(
        each
        for each in every
        if leads_to(proofs, each, level) or leads_further(proofs, each, at=at)
    )


def best_of(kinds: Iterable[AuthenticatorKind], proofs: Iterable[Proof] = ()) -> Assurance:
    """How far all of these together reach at their best, beside the proofs."""
    at = datetime.min.replace(tzinfo=UTC)
    every = [Proof(ProofKind(each.value), at, verified_user=True) for each in kinds]
    return assess_assurance((*proofs, *every))


def is_open(ceremony: Ceremony, *, at: datetime) -> bool:
    """Whether something can still end it."""
    return at < ceremony.expires_at and ceremony.tries < MOST_TRIES


def parse_address(raw: str) -> str:
    """An e-mail address in the one spelling that is kept. Raises `UnacceptableAddress`.

    Plain ASCII in small letters, as people mean it: RFC 5321 lets mailboxes differ by case,
    none does, and spellings that only look alike would make one person into two."""
    text = raw.strip()
    if len(raw) > LONGEST_ADDRESS + 16 or not text.isascii():
        raise UnacceptableAddress
    local, at, host = text.lower().rpartition("@")
    labels = host.split(".")
    if (
        not at
        or len(text) > LONGEST_ADDRESS
        or len(local) > 64
        or _LOCAL.fullmatch(local) is None
        or len(labels) < 2
        or any(_LABEL.fullmatch(label) is None for label in labels)
        or labels[-1].isdigit()
    ):
        raise UnacceptableAddress
    return f"{local}@{host}"


def handle_text(raw: str) -> str:
    """What was typed to say who one is, in the spelling that is hashed; "" for nothing."""
    text = unicodedata.normalize("NFKC", raw[: LONGEST_ADDRESS + 1]).strip()
    return sign_in_name_of(" ".join(text.split()))


def is_link_open(link: SetupLink, *, at: datetime) -> bool:
    """True for a link that still enrols somebody."""
    return link.used_at is None and at < link.expires_at


def verify_setup_link(link: SetupLink | None, *, claimed_digest: bytes, at: datetime) -> SetupLink:
    """The link behind this digest. Raises `SetupLinkRefused`."""
    if link is None or link.digest != claimed_digest or not is_link_open(link, at=at):
        raise SetupLinkRefused
    return link


def parse_name(raw: str) -> str:
    """A name as it is shown. Raises `UnacceptableName`."""
    name = " ".join(unicodedata.normalize("NFKC", raw[: LONGEST_NAME * 4]).split())
    if len(raw) > LONGEST_NAME * 4 or len(name) > LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise UnacceptableName
    return name


def sign_in_name_of(name: str) -> str:
    """The one spelling of a name that is compared: case does not matter."""
    return unicodedata.normalize("NFKC", name.casefold())


def mask(address: str) -> str:
    """As much of an address as tells people apart on a screen that others see: `a…@b.example`."""
    local, at, host = address.partition("@")
    return f"{local[:1]}…{at}{host}" if at else ""
