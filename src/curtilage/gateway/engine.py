"""The synchronous heart of the data plane: who, what, how. No I/O, no awaiting.

Each step takes plain values and an immutable snapshot; `exchange` calls them
in the order of a request and does what must be awaited between them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from curtilage.consent.models import Action as Asked
from curtilage.core.models import Finding, Treatment
from curtilage.detect.hostile.models import Action
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.choosing import choose, is_of_one
from curtilage.gateway.deciding import Decider, refuse_unpermitted
from curtilage.gateway.errors import (
    ContentBlocked,
    HostileAsked,
    HostileRefused,
    ModelNotHeld,
    ReplyElsewhere,
)
from curtilage.gateway.hostility import Assess, Hostility, HostilityScanner, is_approved, stricter
from curtilage.gateway.records import Account
from curtilage.gateway.replywatch import ReplyWatch
from curtilage.gateway.request import Inbound, Kept, Outbound
from curtilage.gateway.routes import Target
from curtilage.gateway.scanning import (
    HEADER,
    MODEL_NAME,
    Begin,
    Scan,
    Scanner,
    Texts,
    count_types,
    find_rivals,
)
from curtilage.gateway.session import Session
from curtilage.gateway.shadow import compare_shadow
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.body import decode_content, encode_body, parse_body
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.fields import Slot, SlotKind, collect
from curtilage.gateway.wire.kept_query import KeptQuery
from curtilage.gateway.wire.media import clean_media
from curtilage.gateway.wire.note import NOTE_NUMBER
from curtilage.gateway.wire.protocols import RouteProtocol
from curtilage.identity.models import ApiKey
from curtilage.shield.errors import Blocked
from curtilage.shield.held import Held
from curtilage.shield.protect import protect_text
from curtilage.shield.settle import settle
from curtilage.shield.tokens import TokenMint

_FILE, _STORED = SlotKind.FILE, SlotKind.STORED  # bound once: asked for in every call
PLACES = {MODEL_NAME: "model", HEADER: "header"}  # as a record says it


class Engine:
    """Reads and protects. One per worker, shared by all its requests."""

    def __init__(
        self,
        *,
        scan: Scan,
        rules: str,
        categories: Mapping[str, str],
        cache_key: bytes,
        bare: Scan | None = None,
        begin: Begin | None = None,
        assess: Assess | None = None,
    ) -> None:
        self._scanner = Scanner(scan, rules=rules, cache_key=cache_key, bare=bare, begin=begin)
        self._hostility = HostilityScanner(assess, key=cache_key) if assess else None
        self._decider = Decider(categories)

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
        """An operation on what a provider keeps: nothing leaves but its id and a few headers.

        Raises PolicyRefused, ContentBlocked for what is found in those, and ReplyElsewhere where its upstream serves its model no longer.
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
        bare = self._scanner.scan_bare(kept.model, admitted.headers)
        account.found, account.slots = count_types(bare.values()), 0
        account.decision, treatments = self._decider.decide(
            snapshot, admitted, target, _action(protocol), frozenset(account.found)
        )
        refuse_unpermitted(account.decision)
        if not (snapshot.policy.observe and _allows_all(treatments)):
            _refuse_bare(account, bare)
        facts = RequestFacts(kept.model, stream=query.stream, stored=True, after=query.after)
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
        if self._hostility is not None:
            hostility = self._hostility.look(
                slots,
                policy.hostile,
                observe=policy.observe,
                key=session.identity_key,
                canaries=snapshot.canaries,
            )
            _judge(hostility, inbound, admitted.headers.approval)
        texts = self._scanner.scan_slots(snapshot, slots)
        bare = self._scanner.scan_bare(inbound.facts.model, admitted.headers)
        _account_for(inbound, slots, texts, bare)
        rivals = find_rivals(texts)
        treatments = self._decide(snapshot, admitted, protocol, inbound, rivals)
        if rivals:
            texts = [(slot, settle(found, treatments)) for slot, found in texts]
            _account_for(inbound, slots, texts, bare)
        held = self.hold(snapshot, admitted) if held is None else held
        tools = policy.restore.outbound_tools
        files, stored = _find_named(slots, _FILE), _find_named(slots, _STORED)
        if policy.observe and _allows_all(treatments):
            body = inbound.untouched or encode_body(inbound.document)
            return Outbound(body, held, tools, files, stored)
        _refuse_bare(inbound.account, bare)
        clean_media(slots, limit=snapshot.settings.max_media_bytes)
        mint = mint or session.mint.afresh()
        for slot, findings in texts:
            _protect_slot(slot, findings, treatments, mint, held)
        _replace_identities(slots, session.identity_key)
        if snapshot.settings.note_to_model and not policy.observe:
            _add_note(protocol, inbound)
        return Outbound(encode_body(inbound.document), held, tools, files, stored)

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
        self._decide(snapshot, admitted, protocol, inbound)

    def hold(self, snapshot: Snapshot, admitted: Admitted) -> Held:
        """What may come back to this caller, by the key's right and the policy; watched."""
        held, policy = self._decider.hold(snapshot, admitted), snapshot.policy
        if self._hostility is not None:
            held.watch = ReplyWatch(policy.hostile, snapshot.canaries, observe=policy.observe)
        return held

    def _decide(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        protocol: RouteProtocol,
        inbound: Inbound,
        rivals: frozenset[str] = frozenset(),
    ) -> dict[str, Treatment]:
        """How each type that was found is treated, and those that it may be as well. What a
        second policy would say is written down beside, and changes nothing."""
        account, types = inbound.account, rivals.union(inbound.account.found or ())
        asked = admitted, inbound.target, _action(protocol), types
        account.decision, treatments = self._decider.decide(snapshot, *asked)
        if snapshot.shadow is not None:
            beside = replace(snapshot, policy=snapshot.shadow)
            shadow, _ = self._decider.decide(beside, *asked)
            account.shadow = compare_shadow(account.decision, shadow, account.found or {})
        refuse_unpermitted(account.decision)
        return treatments


def _choose(target: Target, admitted: Admitted, session: Session | None, document: Any) -> Target:
    """The order of the upstreams for this call.

    A caller's own credential is for one provider: the first that the route names."""
    if admitted.headers.credential is not None:
        return replace(target, others=())
    if session is None:
        return target
    return choose(target, session.choice_key, admitted.headers.session, document)


def _action(protocol: RouteProtocol) -> Asked:
    is_embedding = protocol.by_collection and protocol.kind.endswith(".embeddings")
    return Asked.EMBED if is_embedding else _ACTIONS.get(protocol.kind, Asked.SEND)


_ACTIONS = {
    "openai.responses.count": Asked.COUNT,
    "anthropic.count_tokens": Asked.COUNT,
    "bedrock.count": Asked.COUNT,
    "gemini.count": Asked.COUNT,
    "gemini.v1.count": Asked.COUNT,
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


def _allows_all(treatments: Mapping[str, Treatment]) -> bool:
    """Whether all that was found leaves as it is. What no policy knows is blocked by each."""
    return all(treatment is Treatment.ALLOW for treatment in treatments.values())


def _account_for(
    inbound: Inbound,
    slots: Sequence[Slot],
    texts: Texts,
    bare: Mapping[str, tuple[Finding, ...]],
) -> None:
    """Write down what was found. A name out of its shape is a slot as well, and counted there."""
    account = inbound.account
    found = count_types(findings for _, findings in texts)
    account.found = {**count_types(bare.values()), **found} if bare else found
    account.slots = len(slots)
    if MODEL_NAME not in bare:
        account.model = inbound.facts.model


def _judge(hostility: Hostility, inbound: Inbound, approval: str) -> None:
    """Write down what is hostile, and refuse what the policy does not let pass."""
    if not hostility.found:
        return
    account = inbound.account
    account.hostile = dict(Counter(account.hostile) + Counter(hostility.found))
    account.hostile_action = stricter(account.hostile_action, hostility.action.value)
    kinds = ", ".join(sorted(hostility.found))
    if hostility.action is Action.BLOCK:
        raise HostileRefused(f"The policy blocks what was found: {kinds}.")
    if hostility.action is Action.ASK and not is_approved(hostility, approval):
        raise HostileAsked(
            f"Somebody has to look at what was found: {kinds}.", approval=hostility.approval
        )


def _refuse_bare(account: Account, bare: Mapping[str, tuple[Finding, ...]]) -> None:
    account.bare = tuple(PLACES[what] for what in bare)
    for what in bare:
        raise ContentBlocked(f"{what} looks like personal data or a secret.")


def _add_note(protocol: RouteProtocol, inbound: Inbound) -> None:
    if protocol.add_note:
        protocol.add_note(inbound.document)
        inbound.account.note = NOTE_NUMBER


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


def _find_named(slots: Iterable[Slot], kind: SlotKind) -> tuple[str, ...]:
    """Ids of things of one kind at the provider, each once."""
    return tuple({slot.text: None for slot in slots if slot.kind is kind})


def _replace_identities(slots: Iterable[Slot], key: bytes) -> None:
    """`user`, `safety_identifier` and their like become keyed hashes of themselves."""
    for slot in slots:
        if slot.kind is SlotKind.IDENTITY:
            slot.replace(
                blake2b(
                    slot.text.encode("utf-8", "surrogatepass"), key=key, digest_size=16
                ).hexdigest()
            )
