"""What a model's reply says to its reader, watched: exfiltration markup and canaries.

One watch a call, whatever the protocol: each text of the reply has guards of its own, and
what they find is counted here and dealt with as the policy says.
"""

from collections import Counter
from collections.abc import Sequence

from curtilage.consent.models import HostileRules
from curtilage.core.canonical import Json
from curtilage.detect.hostile.assess import THRESHOLD
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.guards import CanaryGuard, LeakGuard
from curtilage.detect.hostile.models import CATEGORIES, Action, Kind
from curtilage.gateway.errors import HostileReply
from curtilage.shield.held import Watched

_NAMES = {kind: category.rpartition(".")[2] for kind, category in CATEGORIES.items()}
SHORTEST_CANARY = 32


class ReplyWatch:
    """Of one call. `found` counts by type; `action` is the strictest of what was done."""

    __slots__ = ("_allowed", "_canaries", "_observe", "_rules", "action", "found")

    def __init__(self, rules: HostileRules, canaries: CanaryKey | None, *, observe: bool) -> None:
        self._rules = rules
        self._observe = observe
        self._canaries = canaries if self._act(Kind.CANARY) is not Action.ALLOW else None
        looks = self._act(Kind.EXFILTRATION) is not Action.ALLOW
        self._allowed = rules.allowed_hosts if looks else None
        self.found: Counter[str] = Counter()
        self.action = Action.ALLOW

    @property
    def has_cut(self) -> bool:
        """Whether anything was taken out of the reply."""
        return self.action is Action.STRIP

    def facts(self) -> dict[str, Json]:
        """What the record says of it."""
        if not self.found:
            return {}
        return {"hostile_reply": dict(self.found), "hostile_reply_action": self.action.value}

    def may_meet(self, text: str) -> bool:
        """As `shield.held.Watch` has it."""
        may_leak = self._allowed is not None and "//" in text
        return may_leak or (self._canaries is not None and len(text) >= SHORTEST_CANARY)

    def begin(self) -> Watched:
        """Guards for one text."""
        guards: list[Watched] = []
        if self._allowed is not None:
            guards.append(LeakGuard(self._meet, allowed=self._allowed, threshold=THRESHOLD))
        if self._canaries is not None:
            guards.append(CanaryGuard(self._meet, self._canaries))
        return guards[0] if len(guards) == 1 else _InTurn(guards)

    def _act(self, kind: Kind) -> Action:
        action = self._rules.for_reply(_NAMES[kind])
        return Action.FLAG if self._observe and action is not Action.ALLOW else action

    def _meet(self, kind: Kind) -> Action:
        action = self._act(kind)
        self.found[kind.value] += 1
        self.action = max(self.action, action, key=lambda each: each.strictness)
        if action is Action.BLOCK:
            raise HostileReply(f"The policy blocks what the reply holds: {kind.value}.")
        return action


class _InTurn:
    """What one guard lets pass is for the next."""

    __slots__ = ("_guards",)

    def __init__(self, guards: Sequence[Watched]) -> None:
        self._guards = guards

    def feed(self, text: str) -> str:
        """What all of them let pass."""
        for guard in self._guards:
            text = guard.feed(text)
        return text

    def close(self) -> str:
        """The rest."""
        text = ""
        for guard in self._guards:
            text = guard.feed(text) + guard.close()
        return text
