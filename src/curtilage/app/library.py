"""The verbs of `import curtilage`: protect, scan and restore inside one process.

The key is drawn when the first verb is used and dies with the process, and so
do the values: no disk, no record. What lasts is the service's.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from threading import Lock

from curtilage.core.entropy import Entropy
from curtilage.core.models import Finding, PrincipalId, Scope, TenantId, Treatment
from curtilage.detect.engine import Engine, build_engine
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import protect_text
from curtilage.shield.restore import restore_text
from curtilage.shield.tokens import KEY_BYTES, ScopeKey, TokenMint

DEFAULT_SCOPE = "process"
RECENT = 1024  # protected texts per scope whose exact inverse is known


@dataclass(frozen=True, slots=True)
class Protected:
    """A text that may leave, and the way back."""

    text: str
    findings: tuple[Finding, ...]
    _held: Held = field(repr=False)

    def restore(self, reply: str) -> str:
        """The reply with the values of this text.

        The protected text itself gives back the original, whatever it holds.
        Any other text is a model's: no value enters a URL, an image or an
        HTML attribute, and JSON stays JSON.
        """
        sink = Sink.INVERSE if reply == self.text else Sink.TEXT
        return restore_text(reply, self._held, sink=sink).text


class _ProcessScope:
    """The tokens and values of one named scope."""

    def __init__(self, name: str, key: bytes) -> None:
        scope = Scope(TenantId("process"), PrincipalId("library"), None, "session", name)
        self.mint = TokenMint(scope.encode(), ScopeKey(0, key))
        self.held = Held()
        self._recent: OrderedDict[bytes, Held] = OrderedDict()

    def remember(self, text: str, held: Held) -> None:
        self._recent[_digest(text)] = held
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    def restore(self, text: str) -> str:
        exact = self._recent.get(_digest(text))
        if exact is not None:
            return restore_text(text, exact, sink=Sink.INVERSE).text
        return restore_text(text, self.held).text


class Library:
    """Protects and restores under a key of its own."""

    def __init__(self, entropy: Entropy) -> None:
        self._key = entropy.token_bytes(KEY_BYTES)
        self._scopes: dict[str, _ProcessScope] = {}
        self._lock = Lock()

    def scan(self, text: str) -> list[Finding]:
        """What is personal or secret in a text."""
        return list(_engine().scan(text))

    def protect(
        self,
        text: str,
        *,
        scope: str = DEFAULT_SCOPE,
        policy: Mapping[str, Treatment] | None = None,
    ) -> Protected:
        """Replace what was found, by default each value with a token.

        `policy` names treatments by type; a type that it leaves out becomes a
        token. One value has one token throughout a scope.
        """
        findings = _engine().scan(text)
        treatments = _treatments(findings, policy or {})
        with self._lock:
            here = self._scope(scope)
            held = Held(within=here.held)
            left = protect_text(
                text,
                findings,
                treatments,
                mint=here.mint,
                held=held,
                origin=Origin.CALLER,
                clash="escape",
            )
            here.remember(left, held)
        return Protected(left, findings, held)

    def restore(self, text: str, *, scope: str = DEFAULT_SCOPE) -> str:
        """The text with every value that this process protected in the scope."""
        with self._lock:
            return self._scope(scope).restore(text)

    def _scope(self, name: str) -> _ProcessScope:
        known = self._scopes.get(name)
        if known is None:
            known = self._scopes[name] = _ProcessScope(name, self._key)
        return known


@cache
def _engine() -> Engine:
    """The patterns, compiled at the first use and once for the process."""
    return build_engine()


def _treatments(
    findings: Iterable[Finding], policy: Mapping[str, Treatment]
) -> dict[str, Treatment]:
    return {found.type: policy.get(found.type, Treatment.TOKEN) for found in findings}


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
