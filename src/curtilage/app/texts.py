"""Protect and restore texts of this machine, durably: what `curtilage protect` does.

The same way as a call through the gateway: find, decide, replace, record. What
was replaced is kept in a sealed map, and nothing is given out before both the
map and the record are written.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from curtilage.app.errors import (
    MapInUse,
    MapKeyMissing,
    MapMisplaced,
    TextRefused,
    TextTooLong,
    UnknownMap,
)
from curtilage.app.foundation import OPERATOR, Foundation
from curtilage.app.maps import ID_LENGTH, TextMap, alone, read_id, read_map, write_map
from curtilage.consent.models import Action, Policy
from curtilage.consent.models import Origin as PolicyOrigin
from curtilage.consent.rules import decide, find_restored, is_withheld
from curtilage.core.canonical import Json
from curtilage.core.db import outbox
from curtilage.core.errors import DeniedError, TamperError
from curtilage.core.models import Decision, Effect, Event, Finding, PurposeKey, Treatment
from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.scanner import Scanner
from curtilage.gateway.records import decision_facts
from curtilage.gateway.session import open_mint
from curtilage.shield.errors import Blocked
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import find_replacements, hold_carried, weave
from curtilage.shield.restore import Restored
from curtilage.shield.settle import each_reading, settle
from curtilage.survey.rewriting.documents import (
    Document,
    Runs,
    Slot,
    fill_slots,
    join_slots,
    place_findings,
    restore_slots,
    seen_text,
)
from curtilage.survey.rewriting.markup import MarkedText
from curtilage.survey.rewriting.plain import PlainText
from curtilage.vault.models import LoadedScope

PROTECT, RESTORE = "texts:protect", "texts:restore"
DESTINATION = "file"
MOST_TEXT = 64 * 1024 * 1024  # characters at once
DEFAULT_SCOPE = "default"
UNDECLARED = "user"  # the category of a type that no rule declares any more
PAUSE, TRIES = 0.05, 600  # half a minute: the largest map is written in some seconds
MAP_NAMES = "map-names"  # the vault's secret under which scopes become names of files


@dataclass(frozen=True, slots=True)
class Place:
    """Where a map is: the file itself, or the scope that names one in the data directory."""

    scope: str = DEFAULT_SCOPE
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class ProtectedText:
    """A text that may leave. `found` counts by type, `treatments` say what became of them.

    `observed` says that the policy only observes: nothing was replaced."""

    text: str = field(repr=False)
    found: Mapping[str, int]
    treatments: Mapping[str, Treatment]
    findings: Sequence[Finding] = ()
    observed: bool = False


@dataclass(frozen=True, slots=True)
class ProtectedDocument:
    """A document that may leave, as the bytes of its file; else as ProtectedText.

    `text` is all of its slots, joined: what is read again must be the same. `kept` counts
    what stands where nothing can be put in its place, and is in `content` as it was."""

    content: bytes = field(repr=False)
    text: str = field(repr=False)
    found: Mapping[str, int]
    treatments: Mapping[str, Treatment]
    kept: Mapping[str, int]
    observed: bool = False


@dataclass(frozen=True, slots=True)
class RestoredDocument:
    """The bytes of a document with its values back, and what came of its tokens."""

    content: bytes = field(repr=False)
    counts: Restored


class _Done(NamedTuple):
    """What became of the slots of a document."""

    changed: Mapping[int, Runs]
    findings: Sequence[Finding]
    found: Mapping[str, int]
    treatments: Mapping[str, Treatment]
    kept: Mapping[str, int]
    observed: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """The use cases. `engine` is asked for when there is a text: compiling takes a second."""

    foundation: Foundation
    engine: Callable[[], Scanner]

    async def protect(
        self, text: str, place: Place, *, policy: str = "", purpose: str = ""
    ) -> ProtectedText:
        """Put a text into the form in which it may leave, and keep the way back.

        Raises TextRefused or Blocked where the policy says no, and nothing is kept."""
        document = PlainText(text)
        done = await self._protect(document, place, policy=policy, purpose=purpose)
        left = "".join(done.changed.get(0, (text,)))
        return ProtectedText(
            left, done.found, done.treatments, done.findings, observed=done.observed
        )

    async def protect_document(
        self, document: Document, place: Place, *, policy: str = "", purpose: str = ""
    ) -> ProtectedDocument:
        """As `protect`, slot by slot: all else in the document stays as it is."""
        done = await self._protect(document, place, policy=policy, purpose=purpose)
        content = document.filled(done.changed)
        filled = [
            Slot(tuple(done.changed.get(number, slot.runs)))
            for number, slot in enumerate(document.slots)
        ]
        return ProtectedDocument(
            content,
            join_slots(filled),
            done.found,
            done.treatments,
            done.kept,
            observed=done.observed,
        )

    async def _protect(
        self, document: Document, place: Place, *, policy: str, purpose: str
    ) -> _Done:
        self._require(PROTECT)
        text = seen_text(document)
        _expect_size(text)
        rules = self._policy(policy)
        decided = PurposeKey(purpose) if purpose else self.foundation.default_purpose()
        findings = self.engine().scan(text)
        decision, treatments = self._decide(rules, decided, findings)
        if decision.effect is Effect.PERMIT:
            findings = settle(findings, treatments)
        found = Counter(finding.type for finding in findings)
        facts: dict[str, Json] = {"found": dict(found), "size": len(text)}
        if rules.find_purpose(decided) is None:
            decided = PurposeKey("")  # what the policy does not know is anybody's words
        try:
            if decision.effect is not Effect.PERMIT:
                raise TextRefused(f"The policy refused: {decision.reason}.")
            placed = place_findings(document, findings)
            kept = _count_kept(placed.outside, treatments)
            changed = await self._keep(document, place, placed.inside, treatments)
        except (DeniedError, TamperError) as refusal:
            reason = {"reason": refusal.code}
            await self._record("text.refused", decision, decided, facts | reason)
            raise
        await self._record("text.protected", decision, decided, facts)
        return _Done(changed, findings, dict(found), treatments, kept, rules.observe)

    async def _keep(
        self,
        document: Document,
        place: Place,
        findings: Sequence[Finding],
        treatments: Mapping[str, Treatment],
    ) -> Mapping[int, Runs]:
        """The slots as they may leave; what they left behind is in its map."""
        path, expected_id = await self._path(place)
        slots = document.slots
        async with _alone(path):
            map, loaded = await self._open(path, expected_id, new=True)
            replacements = find_replacements(
                text := join_slots(slots),
                findings,
                treatments,
                mint=open_mint(loaded),
                held=map.held,
                origin=Origin.CALLER,
                clash="escape",
            )
            changed = fill_slots(slots, replacements)
            bare = [number for number in changed if slots[number].is_bare]
            left = weave(text, replacements)
            if isinstance(document, MarkedText):
                left = document.refilled(changed)
            map.remember(left, bare)
            write_map(path, map, loaded, self.foundation.entropy)
        return changed

    async def restore(self, text: str, place: Place, *, policy: str = "") -> Restored:
        """A text with the values of its map: exactly, where it is one that was protected.

        Any other is taken for a model's reply: no value enters a URL, an image or
        markup. What encrypted values the text carries need no map, only the scope's
        key. Raises UnknownMap or MapDamaged."""
        _, restored = await self._restore(PlainText(text), place, policy=policy)
        return restored

    async def restore_document(
        self, document: Document, place: Place, *, policy: str = ""
    ) -> RestoredDocument:
        """As `restore`, slot by slot: all else in the document stays as it is."""
        content, counts = await self._restore(document, place, policy=policy)
        return RestoredDocument(content, counts)

    async def _restore(
        self, document: Document, place: Place, *, policy: str
    ) -> tuple[bytes, Restored]:
        self._require(RESTORE)
        text = join_slots(document.slots)
        _expect_size(text)
        if isinstance(document, MarkedText):
            text = document.text  # with its tags: its values would enter others
        rules = self._policy(policy)
        facts: dict[str, Json] = {"policy": rules.reference, "size": len(text)}
        try:
            map = await self._read(text, place)
        except (DeniedError, TamperError) as refusal:
            reason = {"reason": refusal.code}
            await self._record("text.refused", None, PurposeKey(""), facts | reason)
            raise
        exact = map.find_exact(text)
        if exact is None and isinstance(document, MarkedText):
            document = document.as_reply()
        changed, restored = _restore(document.slots, exact, self._seen(rules, map.held))
        bare = [number for number in map.find_bare(text) if number in changed]
        content = document.filled(changed, bare)
        counts: dict[str, Json] = {"restored": dict(restored.restored)}
        await self._record("text.restored", None, PurposeKey(""), facts | counts)
        return content, restored

    async def _read(self, text: str, place: Place) -> TextMap:
        """The values of a place, and those that the text carries with it."""
        path, expected_id = await self._path(place)
        try:
            map, loaded = await self._open(path, expected_id, new=False)
        except UnknownMap:
            return await self._carried(text, expected_id)
        hold_carried(text, mint=open_mint(loaded), held=map.held, origin=Origin.CALLER)
        return map

    async def _carried(self, text: str, id: bytes | None) -> TextMap:
        """What a text carries of a scope whose map is gone. Raises UnknownMap for nothing."""
        map = TextMap(id or b"")
        scope = map.scope(self.foundation.tenant, OPERATOR)
        if id is None or not await self.foundation.vault.has_scope(scope):
            raise UnknownMap
        mint = open_mint(await self.foundation.vault.load_scope(scope))
        if not hold_carried(text, mint=mint, held=map.held, origin=Origin.CALLER):
            raise UnknownMap
        return map

    def _require(self, right: str) -> None:
        """Whoever may read the keys of this machine may; no role has these rights."""
        actor = replace(self.foundation.operator(), rights=frozenset((PROTECT, RESTORE)))
        self.foundation.authority.require(actor, right, tenant=actor.tenant)

    async def _path(self, place: Place) -> tuple[Path, bytes | None]:
        """The file of a map; of a scope's also the id that it has."""
        if place.file is not None:
            return place.file, None
        return await find_map(self.foundation, place.scope)

    def _policy(self, name: str) -> Policy:
        foundation = self.foundation
        return foundation.shelf.load(name) if name else foundation.in_force()

    def _decide(
        self, policy: Policy, purpose: PurposeKey, findings: Sequence[Finding]
    ) -> tuple[Decision, dict[str, Treatment]]:
        known = self.engine().categories
        qualified = {
            item.type: f"{known.get(item.type, item.category)}:{item.type}"
            for item in each_reading(findings)
        }
        decision = decide(
            policy,
            principal=replace(self.foundation.operator(), purposes=frozenset((purpose,))),
            purpose=purpose,
            subject=None,
            categories=sorted(qualified.values()),
            action=Action.SEND,
            destination=DESTINATION,
        )
        chosen = decision.treatments
        return decision, {
            kind: chosen.get(name, Treatment.BLOCK) for kind, name in qualified.items()
        }

    async def _open(
        self, path: Path, expected_id: bytes | None, *, new: bool
    ) -> tuple[TextMap, LoadedScope]:
        """The map at a place and the keys of its scope; a new map where there may be one.

        A map that is not of this installation makes no key here."""
        foundation = self.foundation
        id = read_id(path)
        if id is None and not new:
            raise UnknownMap
        if id is not None and expected_id is not None and id != expected_id:
            raise MapMisplaced
        map = TextMap(id or expected_id or foundation.entropy.token_bytes(ID_LENGTH))
        scope = map.scope(foundation.tenant, OPERATOR)
        if id is not None and not await foundation.vault.has_scope(scope):
            raise MapKeyMissing
        loaded = await foundation.vault.load_scope(scope)
        return (map if id is None else read_map(path, loaded)), loaded

    def _categories(self, types: Set[str]) -> Mapping[str, str]:
        """What is built in is in the catalogue; only rules of one's own need the scanner."""
        known = {name: kind.category for name, kind in load_catalogue().kinds.items()}
        if not types <= known.keys():
            known = dict(self.engine().categories)
        return {type: known.get(type, UNDECLARED) for type in types}

    def _seen(self, policy: Policy, held: Held) -> Held:
        """What the policy lets a person see again."""
        origins = find_restored(policy, self.foundation.operator().kind)
        types = {value.type for _, value in held}
        withheld = {
            type
            for type, category in self._categories(types).items()
            if is_withheld(policy, f"{category}:{type}")
        }
        seen = Held(
            caller=PolicyOrigin.CALLER in origins,
            application=PolicyOrigin.APPLICATION in origins,
            withheld=frozenset(withheld),
        )
        for token, value in held:
            seen.hold(token, value)
        return seen

    async def _record(
        self, kind: str, decision: Decision | None, purpose: PurposeKey, facts: Mapping[str, Json]
    ) -> None:
        foundation = self.foundation
        operator = foundation.operator()
        event = Event(
            id=foundation.ids.new(),
            at=foundation.clock.now(),
            kind=kind,
            tenant=foundation.tenant,
            actor=await foundation.vault.actor_pseudonym(foundation.tenant, operator.id),
            actor_kind=operator.kind.value,
            purpose=purpose,
            decision=decision_facts(decision) if decision else {},
            facts=facts,
        )
        async with foundation.database.begin() as connection:
            await outbox.record(connection, event)


async def find_map(foundation: Foundation, scope: str) -> tuple[Path, bytes]:
    """Where the map of a scope is, and the id that it has: a keyed hash of the scope's name.

    So a scope's name is in nobody's directory listing, and no map passes for another."""
    key = await foundation.vault.secret(MAP_NAMES)
    name = scope.encode("utf-8", "surrogatepass")
    id = blake2b(name, key=key, digest_size=ID_LENGTH).digest()
    return foundation.settings.server.data_dir / "maps" / f"{id.hex()}.map", id


@contextlib.asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """As `alone`, waiting a while: others of this loop get on meanwhile, the holder too."""
    with contextlib.ExitStack() as stack:
        for left in reversed(range(TRIES)):
            try:
                stack.enter_context(alone(path))
                break
            except MapInUse:
                if not left:
                    raise
                await asyncio.sleep(PAUSE)
        yield


def _restore(
    slots: Sequence[Slot], exact: Held | None, seen: Held
) -> tuple[Mapping[int, Runs], Restored]:
    """The slots that changed, and all of them as one text with what was counted."""
    if exact is None or not all(seen.may_restore(value, Sink.INVERSE) for _, value in exact):
        return restore_slots(slots, seen)
    return restore_slots(slots, exact, sink=Sink.INVERSE)


def _count_kept(
    findings: Iterable[Finding], treatments: Mapping[str, Treatment]
) -> Mapping[str, int]:
    """What stays in a document that leaves. Raises Blocked where it may not."""
    kept = Counter(each.type for each in findings if treatments[each.type] is not Treatment.ALLOW)
    for type in kept:
        if treatments[type] is Treatment.BLOCK:
            raise Blocked(type)
    return dict(kept)


def _expect_size(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise TextTooLong(f"The text has {len(text):,} characters; expected at most {MOST_TEXT:,}.")
