"""Who calls, and as what they ask to be treated: from the headers of a request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalId, PurposeKey, Scope, SubjectId
from curtilage.gateway.errors import PurposeNotHeld, SubjectNotAllowed
from curtilage.gateway.headers import CallerHeaders, read_headers
from curtilage.gateway.snapshot import Snapshot
from curtilage.identity.models import ApiKey
from curtilage.identity.rules import verify_api_key
from curtilage.identity.wire.apikey import parse_api_key

EPOCH_START = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_DAYS = 30
DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller whose key holds, with what they asked to be treated as.

    `refusal` is set where they may not be treated so: the record then names the
    caller, and nothing of what was claimed.
    """

    key: ApiKey
    principal: Principal
    purpose: PurposeKey
    scope: Scope
    headers: CallerHeaders
    refusal: DeniedError | None = None

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


def admit(snapshot: Snapshot, raw: Iterable[tuple[bytes, bytes]], at: datetime) -> Admitted:
    """The caller behind these headers. Raises an AuthenticationError or InputError."""
    headers = read_headers(raw)
    key = snapshot.keys.get(parse_api_key(headers.key))
    principal = verify_api_key(key, at=at)
    try:
        purpose = _purpose(headers, principal, snapshot)
        subject = _subject(headers, principal)
    except DeniedError as refusal:
        scope = _scope(principal, None, "", at)
        return Admitted(key, principal, PurposeKey(""), scope, headers, refusal)
    return Admitted(
        key, principal, purpose, _scope(principal, subject, headers.session, at), headers
    )


def _purpose(headers: CallerHeaders, principal: Principal, snapshot: Snapshot) -> PurposeKey:
    if headers.purpose:
        purpose = PurposeKey(headers.purpose)
    elif len(principal.purposes) == 1:
        (purpose,) = principal.purposes
    else:
        purpose = PurposeKey(snapshot.settings.default_purpose)
    if purpose not in principal.purposes:
        raise PurposeNotHeld
    return purpose


def _subject(headers: CallerHeaders, principal: Principal) -> SubjectId | None:
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
