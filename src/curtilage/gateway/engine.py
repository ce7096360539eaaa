"""The synchronous heart of the data plane: who, what, how. No I/O, no awaiting.

Each step takes plain values and an immutable snapshot; `exchange` calls them
in the order of a request and does what must be awaited between them.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from curtilage.consent.corrections import Dictionary
from curtilage.consent.models import GUARDED, Action, Policy
from curtilage.consent.models import Origin as PolicyOrigin
from curtilage.consent.rules import decide, find_restored, is_withheld, targets_of
from curtilage.core.entropy import Entropy
from curtilage.core.errors import DeniedError
from curtilage.core.models import (
    Decision,
    Effect,
    Finding,
    Principal,
    PrincipalId,
    PurposeKey,
    Scope,
    SubjectId,
    Treatment,
)
from curtilage.gateway.choosing import choose, is_of_one
from curtilage.gateway.errors import (
    ContentBlocked,
    ModelNotHeld,
    PolicyRefused,
    PurposeNotHeld,
    ReplyElsewhere,
    SubjectNotAllowed,
)
from curtilage.gateway.findings import FindingsCache
from curtilage.gateway.headers import CallerHeaders, read_headers
from curtilage.gateway.records import Account
from curtilage.gateway.routes import Target
from curtilage.gateway.shadow import compare_shadow
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.body import decode_content, encode_body, parse_body
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.fields import Slot, SlotKind, collect
from curtilage.gateway.wire.kept_query import KeptQuery
from curtilage.gateway.wire.media import clean_media
from curtilage.gateway.wire.note import NOTE_NUMBER
from curtilage.gateway.wire.protocols import RouteProtocol
from curtilage.identity.models import RESTORE, ApiKey
from curtilage.identity.rules import verify_api_key
from curtilage.identity.wire.apikey import parse_api_key
from curtilage.shield.errors import Blocked
from curtilage.shield.held import Held, HeldValue
from curtilage.shield.protect import protect_text
from curtilage.shield.tokens import ScopeKey, TokenMint
from curtilage.vault.models import LoadedScope
from curtilage.vault.seal import EVENT_PARTS, EventSealer, derive

EPOCH_START = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_DAYS = 30
DEFAULT_COLLECTION = "default"
CLEAN = 1024  # names and header values known to hold nothing
UNREAD = (SlotKind.MEDIA, SlotKind.FILE)
MODEL_NAME, HEADER = "The model's name", "A header that travels on"
PLACES = {MODEL_NAME: "model", HEADER: "header"}  # as a record says it
DECISIONS = 4096  # remembered decisions; one per (policy, purpose, destination, what was found)


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
        what is made of them."""
        principal = self.principal
        return Scope(principal.tenant, principal.id, self.scope.subject, "collection", "files")

    @property
    def collection(self) -> Scope:
        """The scope of what is compared: one for all who hold the purpose, so that what
        one of them indexed is found by another. A subject makes no other one of it."""
        owner = PrincipalId(f"purpose:{self.purpose}")
        name = self.headers.collection or DEFAULT_COLLECTION
        return Scope(self.principal.tenant, owner, None, "collection", name)


@dataclass(slots=True)
class Inbound:
    """A request whose body is understood: where it goes, and what is to be scanned.

    `untouched` is its body, where nothing but the policy could change it and the
    policy only observes. `account` is what the record will say of it.
    """

    document: Any
    facts: RequestFacts
    target: Target
    untouched: bytes = field(default=b"", repr=False)
    account: Account = field(default_factory=Account)


@dataclass(frozen=True, slots=True)
class Kept:
    """Which upstream keeps a reply, of which model, and the values behind its tokens."""

    upstream: str
    model: str
    values: tuple[tuple[str, HeldValue], ...] = field(default=(), repr=False)


@dataclass(slots=True)
class Outbound:
    """What may leave and what it stands for. `outbound_tools` get no value of the reply.

    `files` are ids of files that it names, and that have to be the caller's own."""

    body: bytes = field(repr=False)
    held: Held = field(repr=False)
    outbound_tools: frozenset[str]
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """What a loaded scope gives a worker, derived once and kept while it is cached.

    `mint` is taken `afresh` for each request: what it remembers goes with that.
    """

    loaded: LoadedScope
    mint: TokenMint
    identity_key: bytes = field(repr=False)
    choice_key: bytes = field(repr=False)
    sealer: EventSealer = field(repr=False)


def open_session(loaded: LoadedScope, entropy: Entropy) -> Session:
    """Derive what requests of this scope need from its key."""
    encoded = loaded.scope.encode()
    epoch, key = loaded.current
    older = [ScopeKey(epoch=number, key=derive(old, "tokens")) for number, old in loaded.older]
    return Session(
        loaded=loaded,
        mint=TokenMint(encoded, ScopeKey(epoch=epoch, key=derive(key, "tokens")), older),
        identity_key=derive(key, "identity-fields"),
        choice_key=derive(key, "choice-of-upstream"),
        sealer=EventSealer(derive(key, EVENT_PARTS), key_id=loaded.key_id, entropy=entropy),
    )


class Engine:
    """Admits, reads, protects. One per worker, shared by all its requests."""

    def __init__(
        self,
        *,
        scan: Callable[[str], tuple[Finding, ...]],
        rules: str,
        categories: Mapping[str, str],
        cache_key: bytes,
    ) -> None:
        self._findings = FindingsCache(scan, key=cache_key)
        self._scan = scan
        self._rules = rules
        self._qualified = {kind: f"{category}:{kind}" for kind, category in categories.items()}
        self._clean: set[str] = set()
        self._kept: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._decisions: OrderedDict[Any, tuple[Decision, dict[str, Treatment]]] = OrderedDict()

    def admit(
        self, snapshot: Snapshot, raw: Iterable[tuple[bytes, bytes]], at: datetime
    ) -> Admitted:
        """The caller behind these headers. Raises an AuthenticationError or InputError."""
        headers = read_headers(raw)
        key = snapshot.keys.get(parse_api_key(headers.key))
        principal = verify_api_key(key, at=at)
        try:
            purpose = self._purpose(headers, principal, snapshot)
            subject = self._subject(headers, principal)
        except DeniedError as refusal:
            scope = _scope(principal, None, "", at)
            return Admitted(key, principal, PurposeKey(""), scope, headers, refusal)
        return Admitted(
            key, principal, purpose, _scope(principal, subject, headers.session, at), headers
        )

    def _purpose(
        self, headers: CallerHeaders, principal: Principal, snapshot: Snapshot
    ) -> PurposeKey:
        if headers.purpose:
            purpose = PurposeKey(headers.purpose)
        elif len(principal.purposes) == 1:
            (purpose,) = principal.purposes
        else:
            purpose = PurposeKey(snapshot.settings.default_purpose)
        if purpose not in principal.purposes:
            raise PurposeNotHeld
        return purpose

    def _subject(self, headers: CallerHeaders, principal: Principal) -> SubjectId | None:
        if not headers.subject:
            return None
        if "subject:assert" not in principal.rights:
            raise SubjectNotAllowed
        return SubjectId(headers.subject)

    def take_in(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        raw: bytes,
        session: Session,
        *,
        account: Account,
        model: str = "",
    ) -> tuple[Inbound, Outbound]:
        """Read a body and protect it, in one piece, so that one thread can do it.

        `account` is filled in on the way; what is refused leaves it as far as it got.
        `model` is the path's, where that names it.
        """
        inbound = self.read(snapshot, admitted, protocol, raw, account, model, session=session)
        outbound = self.protect(snapshot, admitted, protocol, inbound, session)
        if inbound.target.others and is_of_one(outbound.body):
            inbound.target = replace(inbound.target, others=())
        return inbound, outbound

    def read(  # noqa: PLR0917 -- what there is of a request
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        raw: bytes,
        account: Account | None = None,
        model: str = "",
        *,
        session: Session | None = None,
    ) -> Inbound:
        """Parse the body and find its target. Raises an InputError or NotFoundError."""
        account = account or Account()
        limit = snapshot.settings.max_body_bytes
        plain = decode_content(raw, admitted.headers.encoding, limit=limit)
        document = parse_body(plain, limit=limit)
        named = document.get("model") if type(document) is dict else None
        inbound = self.place(
            snapshot, admitted, protocol, document, account, model=model, session=session
        )
        is_altered = document.get("model") != named or inbound.facts.include_usage_injected
        inbound.untouched = plain if snapshot.policy.observe and not is_altered else b""
        return inbound

    def place(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        document: Any,
        account: Account,
        *,
        model: str = "",
        session: Session | None = None,
    ) -> Inbound:
        """Find where a document goes, and give its model the name that is known there.

        Raises an InputError or NotFoundError."""
        facts = _prepare(protocol, document, snapshot.policy.allowed_opaque, model)
        account.stream = facts.stream
        target = _find_target(snapshot, facts.model, protocol)
        if target.others:
            target = _choose(target, admitted, session, document)
        account.model = target.pattern  # until the name itself was looked into
        account.upstream, account.destination = target.upstream, target.destination
        if not _may_use(admitted.key, facts.model):
            raise ModelNotHeld
        if not model and target.model != facts.model:
            protocol.name_model(document, target.model)
        return Inbound(document, facts, target, b"", account)

    def take_up(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        kept: Kept,
        query: KeptQuery,
        *,
        account: Account,
    ) -> tuple[Inbound, Outbound]:
        """An operation on what a provider keeps: nothing leaves but its id.

        Raises PolicyRefused, and ReplyElsewhere where its upstream serves its model no longer.
        """
        account.stream, account.model = query.stream, kept.model
        served = _find_target(snapshot, kept.model, protocol)
        account.upstream, account.destination = served.upstream, served.destination
        target = served.find(kept.upstream)
        if target is None:
            raise ReplyElsewhere
        account.upstream = target.upstream
        if not _may_use(admitted.key, kept.model):
            raise ModelNotHeld
        account.found, account.slots = {}, 0
        account.decision, _ = self._decide(
            snapshot, admitted, target, _action(protocol), frozenset()
        )
        if account.decision.effect is not Effect.PERMIT:
            raise PolicyRefused(f"The policy refused: {account.decision.reason}.")
        facts = RequestFacts(kept.model, stream=query.stream, after=query.after)
        held, tools = self.hold(snapshot, admitted), snapshot.policy.restore.outbound_tools
        return Inbound({}, facts, target, b"", account), Outbound(b"", held, tools)

    def protect(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        inbound: Inbound,
        session: Session,
        *,
        mint: TokenMint | None = None,
        held: Held | None = None,
    ) -> Outbound:
        """Scan every slot, decide, and write back what may leave.

        Raises PolicyRefused or ContentBlocked; then nothing may be sent. Documents of one
        file share a `mint` and what is `held`, so that each value has one token in it.
        """
        policy = snapshot.policy
        slots = collect(inbound.document, protocol.request_map, policy.allowed_opaque)
        context = f"{snapshot.tenant}\0{policy.version}\0{self._rules}".encode()
        scan = self._scan_slot if policy.observe else self._scan_kind
        texts = [
            (slot, scan(slot, context))
            for slot in slots
            if slot.kind not in UNREAD and (slot.kind is not SlotKind.IDENTITY or policy.observe)
        ]
        if snapshot.dictionary is not None:
            texts = [(slot, _correct(snapshot.dictionary, slot, found)) for slot, found in texts]
        bare = self._scan_bare(inbound.facts.model, admitted.headers)
        found = _count(findings for _, findings in texts)
        if bare:  # a name out of its shape is a slot as well, and counted there
            found = {**_count(bare.values()), **found}
        account = inbound.account
        account.found, account.slots = found, len(slots)
        if MODEL_NAME not in bare:
            account.model = inbound.facts.model
        account.decision, treatments = self._decide(
            snapshot, admitted, inbound.target, _action(protocol), frozenset(found)
        )
        if snapshot.shadow is not None:
            asked = replace(snapshot, policy=snapshot.shadow)
            shadow, _ = self._decide(
                asked, admitted, inbound.target, _action(protocol), frozenset(found)
            )
            account.shadow = compare_shadow(account.decision, shadow, found)
        if account.decision.effect is not Effect.PERMIT:
            raise PolicyRefused(f"The policy refused: {account.decision.reason}.")
        held = self.hold(snapshot, admitted) if held is None else held
        tools = policy.restore.outbound_tools
        files = tuple({slot.text: None for slot in slots if slot.kind is SlotKind.FILE})
        if policy.observe and _allows_all(treatments):
            body = inbound.untouched or encode_body(inbound.document)
            return Outbound(body, held, tools, files)
        account.bare = tuple(PLACES[what] for what in bare)
        for what in bare:
            raise ContentBlocked(f"{what} looks like personal data or a secret.")
        clean_media(slots, limit=snapshot.settings.max_media_bytes)
        mint = mint or session.mint.afresh()
        for slot, findings in texts:
            _protect_slot(slot, findings, treatments, mint, held)
        _replace_identities(slots, session.identity_key)
        if snapshot.settings.note_to_model and protocol.add_note and not policy.observe:
            protocol.add_note(inbound.document)
            account.note = NOTE_NUMBER
        return Outbound(encode_body(inbound.document), held, tools, files)

    def decide_for(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        inbound: Inbound,
        more: Mapping[str, int],
        *,
        slots: int,
    ) -> None:
        """Decide for a document together with what was found beside it, for one record.

        Raises PolicyRefused."""
        account = inbound.account
        counts = Counter(account.found)
        counts.update(more)
        account.found, account.slots = dict(counts), (account.slots or 0) + slots
        account.decision, _ = self._decide(
            snapshot, admitted, inbound.target, _action(protocol), frozenset(counts)
        )
        if account.decision.effect is not Effect.PERMIT:
            raise PolicyRefused(f"The policy refused: {account.decision.reason}.")

    def _scan_bare(self, model: str, headers: CallerHeaders) -> dict[str, tuple[Finding, ...]]:
        """What is found in the few strings that can only go out as they are, by where it stood."""
        bare: dict[str, tuple[Finding, ...]] = {}
        if model not in self._clean:
            self._scan_name(MODEL_NAME, model, bare)
        for _, value in headers.forwarded:
            if value not in self._clean:
                self._scan_name(HEADER, value, bare)
        return bare

    def _scan_name(self, what: str, text: str, bare: dict[str, tuple[Finding, ...]]) -> None:
        found = self._scan(text)
        if found:
            bare[what] = bare.get(what, ()) + found
        elif len(self._clean) < CLEAN:
            self._clean.add(text)

    def _scan_kind(self, slot: Slot, context: bytes) -> tuple[Finding, ...]:
        """What is in a slot; where the policy lets it pass, only what must never leave."""
        found = self._scan_slot(slot, context)
        if slot.kind is SlotKind.LENIENT:
            return tuple(finding for finding in found if _is_guarded(finding))
        return found

    def _scan_slot(self, slot: Slot, context: bytes) -> tuple[Finding, ...]:
        """What is in a slot. Its label (`iban`) is context, as in `iban: …`."""
        if not slot.label:
            return self._findings.scan(slot.text, context)
        lead = f"{slot.label}: "
        by = len(lead)
        found = self._findings.scan(lead + slot.text, context)
        return tuple(
            finding._replace(start=max(0, finding.start - by), end=finding.end - by)
            for finding in found
            if finding.end > by  # one that begins in the label goes on here
        )

    def hold(self, snapshot: Snapshot, admitted: Admitted) -> Held:
        """What may come back to this caller, by the key's right and the policy."""
        policy, principal = snapshot.policy, admitted.principal
        if not any(right.partition(":")[0] == RESTORE for right in principal.rights):
            return Held(caller=False, application=False)
        origins = find_restored(policy, principal.kind)
        return Held(
            caller=PolicyOrigin.CALLER in origins,
            application=PolicyOrigin.APPLICATION in origins,
            withheld=self._withheld(policy, principal.rights),
        )

    def _withheld(self, policy: Policy, rights: frozenset[str]) -> frozenset[str]:
        """The types that stay tokens, for everybody under this policy or by these rights."""
        asked = policy.version, rights
        known = self._kept.get(asked)
        if known is None:
            known = self._kept[asked] = frozenset(
                kind
                for kind, qualified in self._qualified.items()
                if is_withheld(policy, qualified) or not _may_restore(rights, qualified)
            )
            if len(self._kept) > DECISIONS:
                self._kept.pop(next(iter(self._kept)))
        return known

    def _decide(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        target: Target,
        action: Action,
        types: frozenset[str],
    ) -> tuple[Decision, dict[str, Treatment]]:
        """Decide once for what was found; the same question gets the same answer."""
        asked = (
            snapshot.policy.version, snapshot.generation, admitted.key.id, admitted.purpose,
            admitted.scope.subject is not None, target.destination, action, types,
        )  # fmt: skip
        known = self._decisions.get(asked)
        if known is not None:
            return known
        qualified = {kind: self._qualified[kind] for kind in types}
        decision = decide(
            snapshot.policy,
            principal=admitted.principal,
            purpose=admitted.purpose,
            subject=admitted.scope.subject,
            categories=sorted(qualified.values()),
            action=action,
            destination=target.destination,
        )
        treatments = {
            kind: decision.treatments.get(name, Treatment.BLOCK) for kind, name in qualified.items()
        }
        self._decisions[asked] = decision, treatments
        if len(self._decisions) > DECISIONS:
            self._decisions.popitem(last=False)
        return decision, treatments


def _scope(principal: Principal, subject: SubjectId | None, session: str, at: datetime) -> Scope:
    """The one scope of this request: the caller's session, else the 30-day epoch."""
    if session:
        return Scope(principal.tenant, principal.id, subject, "session", session)
    epoch = (at - EPOCH_START).days // EPOCH_DAYS
    return Scope(principal.tenant, principal.id, subject, "epoch", str(epoch))


def _choose(target: Target, admitted: Admitted, session: Session | None, document: Any) -> Target:
    """The order of the upstreams for this call.

    A caller's own credential is for one provider: the first that the route names."""
    if admitted.headers.credential is not None:
        return replace(target, others=())
    if session is None:
        return target
    return choose(target, session.choice_key, admitted.headers.session, document)


def _action(protocol: RouteProtocol) -> Action:
    is_embedding = protocol.by_collection and protocol.kind.endswith(".embeddings")
    return Action.EMBED if is_embedding else _ACTIONS.get(protocol.kind, Action.SEND)


_ACTIONS = {
    "openai.responses.count": Action.COUNT,
    "anthropic.count_tokens": Action.COUNT,
}


def _find_target(snapshot: Snapshot, model: str, protocol: RouteProtocol) -> Target:
    """Where a call goes; one that names no model goes where conversations are kept."""
    if not model:
        return snapshot.routes.find_keeper(protocol.dialect.name)
    return snapshot.routes.resolve(model, protocol.dialect.name)


def _prepare(
    protocol: RouteProtocol, document: Any, allowed: Collection[str], model: str
) -> RequestFacts:
    """The facts of a request. What its path calls the model, its body does not say again."""
    if not model or type(document) is not dict:
        return protocol.prepare(document, allowed)
    document["model"] = model
    facts = protocol.prepare(document, allowed)
    del document["model"]
    return facts


def _may_use(key: ApiKey, model: str) -> bool:
    return not key.models or not model or model in key.models


def _count(found: Iterable[tuple[Finding, ...]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for findings in found:
        for finding in findings:
            counts[finding.type] = counts.get(finding.type, 0) + 1
    return counts


def _may_restore(rights: frozenset[str], qualified: str) -> bool:
    """Whether a key gets data of `category:TYPE` back: all of it, or by a right that names it."""
    if RESTORE in rights:
        return True
    return any(f"{RESTORE}:{target}" in rights for target in targets_of(qualified))


def _allows_all(treatments: Mapping[str, Treatment]) -> bool:
    """Whether all that was found leaves as it is. What no policy knows is blocked by each."""
    return all(treatment is Treatment.ALLOW for treatment in treatments.values())


def _correct(dictionary: Dictionary, slot: Slot, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is in a slot by what people said of it; nothing is added where none may be changed."""
    return found if slot.kind is SlotKind.LENIENT else dictionary.correct(slot.text, found)


def _is_guarded(finding: Finding) -> bool:
    return any(
        finding.category == guarded or finding.category.startswith(f"{guarded}.")
        for guarded in GUARDED
    )


def _protect_slot(
    slot: Slot,
    findings: tuple[Finding, ...],
    treatments: Mapping[str, Treatment],
    mint: TokenMint,
    held: Held,
) -> None:
    if slot.kind in (SlotKind.SIGNED, SlotKind.LENIENT) and not findings:
        return  # a token that the model damaged inside its own signed text stays as it is
    try:
        protected = protect_text(
            slot.text, findings, treatments, mint=mint, held=held, origin=slot.origin
        )
    except Blocked as blocked:
        raise ContentBlocked(f"The policy blocks what was found: {blocked.type}.") from None
    if protected != slot.text:
        slot.replace(protected)


def _replace_identities(slots: Iterable[Slot], key: bytes) -> None:
    """`user`, `safety_identifier` and their like become keyed hashes of themselves."""
    for slot in slots:
        if slot.kind is SlotKind.IDENTITY:
            slot.replace(
                blake2b(
                    slot.text.encode("utf-8", "surrogatepass"), key=key, digest_size=16
                ).hexdigest()
            )
