"""Who calls, and as what they ask to be treated: from the headers of a request."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from curtilage.core.errors import AuthenticationError, DeniedError
from curtilage.core.models import (
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    Scope,
    SubjectId,
)
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.errors import (
    NonceAsked,
    ProofRefused,
    PurposeNotHeld,
    ScopeMissing,
    SubjectNotAllowed,
    TokenRefused,
)
from curtilage.gateway.headers import CallerHeaders, read_headers
from curtilage.gateway.snapshot import Snapshot
from curtilage.identity.budgets import Payer
from curtilage.identity.models import ApiKey
from curtilage.identity.rules import verify_api_key
from curtilage.identity.token_callers import (
    CALL,
    PURPOSE,
    ShownToken,
    TokenCaller,
    UsedProof,
)
from curtilage.identity.wire.apikey import parse_api_key
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.presented import Scheme

EPOCH_START = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_DAYS = 30
DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller whose key holds, with what they asked to be treated as.

    `refusal` is set where they may not be treated so: the record then names the
    caller, and nothing of what was claimed. `proof` is what must not have come before:
    `proofs.admit_once` asks, and nobody is admitted without.
    """

    key: ApiKey
    principal: Principal
    purpose: PurposeKey
    scope: Scope
    headers: CallerHeaders
    refusal: DeniedError | None = None
    proof: UsedProof | None = None
    at: datetime | None = None
    paid_by: Payer | None = None

    @property
    def payer(self) -> Payer:
        """Whose budgets the call draws on: the key's, unless a token says whose."""
        return self.paid_by or self.key.payer

    @property
    def app(self) -> str:
        """The app whose access token was shown; "" where it was an API key."""
        return self.key.id if self.headers.is_token else ""

    @property
    def owner(self) -> Scope:
        """The scope of what a provider keeps for this caller beyond any session: files and
        what is made of them. One for each purpose: what may leave for one is not thereby
        there for another."""
        principal, name = self.principal, f"files:{self.purpose}"
        return Scope(principal.tenant, principal.id, self.scope.subject, "collection", name)

    @property
    def collection(self) -> Scope:
        """The scope of what is compared: one for all who hold the purpose, so that what
        one of them indexed is found by another. A subject makes no other one of it."""
        owner = PrincipalId(f"purpose:{self.purpose}")
        name = self.headers.collection or DEFAULT_COLLECTION
        return Scope(self.principal.tenant, owner, None, "collection", name)


def admit(
    snapshot: Snapshot,
    raw: Iterable[tuple[bytes, bytes]],
    at: datetime,
    *,
    method: str = "",
    path: str = "",
) -> Admitted:
    """The caller behind these headers. Raises an AuthenticationError or InputError.

    `method` and `path`, as it was sent, are what a proof of possession is for."""
    headers = read_headers(raw)
    if headers.is_token:
        return _admit_token(snapshot, headers, at, method, path)
    key = snapshot.keys.get(parse_api_key(headers.key))
    caller = TokenCaller(key, verify_api_key(key, at=at), key.payer)
    return _admit(snapshot, caller, headers, at)


def _admit(
    snapshot: Snapshot, caller: TokenCaller, headers: CallerHeaders, at: datetime
) -> Admitted:
    principal = caller.principal
    try:
        purpose = _purpose(headers, principal, snapshot)
        subject = _subject(headers, principal, is_person=_is_person(headers, principal))
    except DeniedError as refusal:
        return _refused(caller, headers, at, refusal)
    scope = _scope(principal, subject, headers.session, at)
    return Admitted(
        caller.key, principal, purpose, scope, headers, None, caller.proof, at, caller.payer
    )


def _refused(
    caller: TokenCaller, headers: CallerHeaders, at: datetime, refusal: DeniedError
) -> Admitted:
    scope = _scope(caller.principal, None, "", at)
    nothing = PurposeKey("")
    return Admitted(
        caller.key,
        caller.principal,
        nothing,
        scope,
        headers,
        refusal,
        caller.proof,
        at,
        caller.payer,
    )


def _admit_token(
    snapshot: Snapshot, headers: CallerHeaders, at: datetime, method: str, path: str
) -> Admitted:
    """Whom the token stands for. The caller is told whether it or the proof does not hold,
    and nothing of why."""
    if snapshot.tokens is None:
        raise TokenRefused
    scheme = Scheme.DPOP if headers.is_bound else Scheme.BEARER
    shown = ShownToken(headers.key, scheme, headers.proofs, method, path)
    try:
        caller = snapshot.tokens.know(shown, tenant=snapshot.tenant, at=at)
    except JoseRefused as refusal:
        raise _told(refusal) from None
    if CALL not in caller.principal.scopes:
        return _refused(caller, headers, at, ScopeMissing(CALL))
    if not caller.principal.purposes:
        caller = _with_usual_purpose(caller, snapshot)
    return _admit(snapshot, caller, headers, at)


def _told(refusal: JoseRefused) -> AuthenticationError:
    """What a caller may know of it."""
    if refusal.reason is JoseReason.NONCE:
        return NonceAsked()
    return ProofRefused() if refusal.of_proof else TokenRefused()


def _with_usual_purpose(caller: TokenCaller, snapshot: Snapshot) -> TokenCaller:
    """Who may call and names no purpose has the usual one, if the policy knows it."""
    usual = PurposeKey(snapshot.settings.default_purpose)
    if snapshot.policy.find_purpose(usual) is None:
        return caller
    return replace(caller, principal=replace(caller.principal, purposes=frozenset((usual,))))


def _is_person(headers: CallerHeaders, principal: Principal) -> bool:
    """Whether somebody comes with a token of their own, or an agent with theirs."""
    return headers.is_token and principal.kind is not PrincipalKind.SERVICE


def path_of(scope: ASGIScope) -> str:
    """The path as it was sent, escapes and all, without the query."""
    raw: bytes = scope.get("raw_path") or str(scope["path"]).encode()
    return raw.decode("latin-1").partition("?")[0]


def _purpose(headers: CallerHeaders, principal: Principal, snapshot: Snapshot) -> PurposeKey:
    if headers.purpose:
        purpose = PurposeKey(headers.purpose)
    elif len(principal.purposes) == 1:
        (purpose,) = principal.purposes
    else:
        purpose = PurposeKey(snapshot.settings.default_purpose)
    if purpose not in principal.purposes:
        raise PurposeNotHeld(_needed(purpose, snapshot) if headers.is_token else None)
    return purpose


def _needed(purpose: PurposeKey, snapshot: Snapshot) -> tuple[str, ...]:
    """The scopes that a token for it has (RFC 6750 §3): none for a purpose that nobody has,
    which was made up by who asks."""
    known = snapshot.policy.find_purpose(purpose)
    return () if known is None else (CALL, f"{PURPOSE}{known.key}")


def _subject(headers: CallerHeaders, principal: Principal, *, is_person: bool) -> SubjectId | None:
    """Whose data it is: who comes with a token of their own speaks of nobody else."""
    if is_person:
        if headers.subject not in ("", principal.id):
            raise SubjectNotAllowed("A person's own token speaks for that person alone.")
        return SubjectId(principal.id)
    if not headers.subject:
        return None
    if "subject:assert" not in principal.rights:
        raise SubjectNotAllowed
    return SubjectId(headers.subject)


def _scope(principal: Principal, subject: SubjectId | None, session: str, at: datetime) -> Scope:
    """The one scope of this request: the caller's session, else the 30-day epoch."""
    if session:
        return Scope(principal.tenant, principal.id, subject, "session", session)
    epoch = (at - EPOCH_START).days // EPOCH_DAYS
    return Scope(principal.tenant, principal.id, subject, "epoch", str(epoch))
