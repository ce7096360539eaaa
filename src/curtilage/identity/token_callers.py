"""Whom an access token stands for at the gateway, by what a worker was told of tokens.

The signature is looked at once for each token (`token_cache`), and what a book says of it
once for each book: when anything ends, a worker gets another book. A token that is bound to a key comes with a proof for this very request. Whether the
proof came before, the caller of `know` still has to ask: it is the one thing that a worker
cannot know by itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from curtilage.core.models import Principal, PrincipalKind, PurposeKey, TenantId
from curtilage.identity.budgets import Payer
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.models import ApiKey
from curtilage.identity.payer_claim import open_payer
from curtilage.identity.principal_ids import principal_id
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.wire.access_tokens import AccessToken
from curtilage.identity.wire.claims import SKEW
from curtilage.identity.wire.dpop import (
    VerifiedProof,
    find_proof,
    live_nonces,
    mint_nonce,
    verify_proof,
)
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.once import ENDED_GRANT, ENDED_TOKEN, PROOF_AT_RESOURCE, once_digest
from curtilage.identity.wire.presented import Scheme, verify_binding

RESOURCE_PATH = "/v1"  # behind the public address: the resource that tokens for us name
CALL = "models:call"
PURPOSE = "purpose:"  # begins the scope that is a purpose
LEVELS = {f"aal{level}": level for level in range(4)}
NO_TIME = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class ShownToken:
    """A token as a request brought it. Nothing about it is known."""

    raw: str = field(repr=False)
    scheme: Scheme = Scheme.BEARER
    proofs: tuple[str, ...] = field(default=(), repr=False)
    method: str = ""
    path: str = ""  # as it was sent, without the query


@dataclass(frozen=True, slots=True)
class UsedProof:
    """A proof that holds, if it has not come before `until`."""

    digest: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class TokenCaller:
    """Whom a token stands for. `key` is what records call it: it has no limits of its own,
    and no models that it is held to."""

    key: ApiKey
    principal: Principal
    payer: Payer
    proof: UsedProof | None = None


@dataclass(frozen=True, slots=True)
class TokenBook:
    """What tokens are judged by at one instant. `base` is the public address; `payer_key`
    opens who pays where a token does not say it, `nonce_key` makes the nonces that proofs
    need, if they need any. `rights` are those that people have now, by
    grant, `scopes` those that clients have, of those whose changed while tokens from before
    may be about."""

    cache: TokenCache = field(repr=False)
    base: str
    grants: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    tokens: frozenset[bytes] = frozenset()
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scopes: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    payer_key: bytes = field(default=b"", repr=False)
    nonce_key: bytes = field(default=b"", repr=False)
    budgets: CallerBudgets = CallerBudgets()  # noqa: RUF009 -- never changes
    _judged: dict[tuple[TenantId, str], tuple[AccessToken, TokenCaller]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def know(self, shown: ShownToken, *, tenant: TenantId, at: datetime) -> TokenCaller:
        """Who this is. Raises JoseRefused."""
        token = self.cache.verify(shown.raw, at=at)
        judged, caller = self._judged.get((tenant, token.jti), (None, None))
        if caller is None or judged is not token:  # by the token itself, not by its name
            caller = self._judge(token, tenant)
        if (shown.scheme is Scheme.DPOP) != bool(token.jkt):
            raise JoseRefused(JoseReason.ACCESS_TOKEN)
        if not token.jkt:
            return caller
        return replace(caller, proof=self._verify_proof(shown, token, at))

    def _judge(self, verified: AccessToken, tenant: TenantId) -> TokenCaller:
        """Whom it stands for by this book, which says the same of it each time; another book
        takes its place when anything changes. Raises JoseRefused."""
        token = self._narrow(verified)
        self._refuse_ended(token)
        key, principal = as_key(token, tenant), as_principal(token, tenant)
        payer = self.budgets.make_payer(tenant, person=self._find_person(token), app=key.id)
        while len(self._judged) >= self.cache.most:
            del self._judged[next(iter(self._judged))]
        caller = TokenCaller(key, principal, payer)
        self._judged[tenant, verified.jti] = verified, caller
        return caller

    def nonce(self, at: datetime) -> str:
        """The nonce for the next proof (RFC 9449 §9); "" where none is needed."""
        return mint_nonce(self.nonce_key, at=at) if self.nonce_key else ""

    def _find_person(self, token: AccessToken) -> str:
        """Who pays beside the app; "" where it acts for itself."""
        if token.payer:
            return open_payer(self.payer_key, token.payer, jti=token.jti)
        return "" if token.subject == token.client_id else principal_id(token.subject)

    def _narrow(self, token: AccessToken) -> AccessToken:
        """What it says, without what its person or its client lost since it was made.

        Raises JoseRefused for a client that may not come here at all any more."""
        token = self._without_lost_rights(token)
        if token.client_id not in self.scopes:
            return token
        left = self.scopes[token.client_id]
        if left is None:
            raise JoseRefused(JoseReason.ENDED)
        return replace(
            token,
            scopes=token.scopes & left,
            rights=token.rights & left,  # each was a scope by the same name
            purposes=token.purposes & list_purposes(left),
        )

    def _without_lost_rights(self, token: AccessToken) -> AccessToken:
        left = self.rights.get(grant_of(token))
        return token if left is None else replace(token, rights=token.rights & left)

    def _refuse_ended(self, token: AccessToken) -> None:
        grant = grant_of(token)
        if token.client_id in self.clients or grant in self.grants:
            raise JoseRefused(JoseReason.ENDED)
        if not self.tokens:
            return
        ended = once_digest(ENDED_TOKEN, token.jti), once_digest(ENDED_GRANT, grant)
        if not self.tokens.isdisjoint(ended):
            raise JoseRefused(JoseReason.ENDED)

    def _verify_proof(self, shown: ShownToken, token: AccessToken, at: datetime) -> UsedProof:
        """The address is the one that is configured, never what a request says (RFC 9449
        §4.3, check 9): a proxy in front changes nothing."""
        try:
            found = find_proof(shown.proofs)
            if found is None:
                raise JoseRefused(JoseReason.MALFORMED)
            proof = verify_proof(
                found,
                method=shown.method,
                url=f"{self.base}{shown.path}",
                at=at,
                access_token=shown.raw,
                expected_jkt=token.jkt,
                expected_nonces=live_nonces(self.nonce_key, at=at) if self.nonce_key else None,
            )
            verify_binding(token, scheme=shown.scheme, proof=proof)
        except JoseRefused as refusal:
            raise JoseRefused(refusal.reason, of_proof=True) from None
        return as_used(proof)


def grant_of(token: AccessToken) -> str:
    """The grant is the beginning of the `jti`, see `oauth.service.minting`."""
    return token.jti.partition(".")[0]


def as_used(proof: VerifiedProof) -> UsedProof:
    """What is kept of a proof, so that there is no second time: nor for a node whose clock
    is behind that of the one that forgets."""
    digest = once_digest(PROOF_AT_RESOURCE, proof.jkt, proof.jti)
    return UsedProof(digest, proof.forget_at + SKEW)


def as_principal(token: AccessToken, tenant: TenantId) -> Principal:
    """Who acts. A client that acts for itself is its own subject (RFC 9068 §2.2)."""
    is_client = token.subject == token.client_id
    kind = PrincipalKind.SERVICE if is_client else PrincipalKind.PERSON
    return Principal(
        tenant=tenant,
        id=principal_id(token.subject),
        kind=PrincipalKind.AGENT if token.act else kind,
        purposes=list_purposes(token.scopes) | frozenset(map(PurposeKey, token.purposes)),
        rights=token.rights,
        scopes=token.scopes,
        act=tuple(principal_id(each) for each in token.act),
        assurance=0 if is_client else LEVELS.get(token.acr, 0),
        authenticated_at=None if is_client else token.authenticated_at,
    )


def list_purposes(scopes: Collection[str]) -> frozenset[PurposeKey]:
    """Those that scopes name."""
    return frozenset(
        PurposeKey(scope.removeprefix(PURPOSE)) for scope in scopes if scope.startswith(PURPOSE)
    )


def as_key(token: AccessToken, tenant: TenantId) -> ApiKey:
    """What stands where a key would: the app's name in records, and no limits."""
    client = principal_id(token.client_id)
    return ApiKey(client, tenant, client, "", b"", NO_TIME)


def audience_of(base: str) -> str:
    """The resource that tokens for the gateway name (RFC 8707)."""
    return base + RESOURCE_PATH
