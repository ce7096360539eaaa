"""The verbs of `import curtilage`: protect, scan and restore inside one process.

The key is drawn when the first verb is used and dies with the process, and so
do the values: nothing of them is on disk, nor in a record. What lasts is the service's.
Compiled patterns are kept in the user's cache, for the next process.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from hashlib import blake2b
from threading import Lock
from typing import Any

from curtilage.app.cache_dir import make_user_cache
from curtilage.app.errors import UnknownTreatment, UnknownType
from curtilage.core.entropy import Entropy
from curtilage.core.models import Finding, PrincipalId, Scope, TenantId, Treatment
from curtilage.core.settings import environment
from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.hidden.reader import build_hidden_text
from curtilage.detect.hostile.assess import HostileText, build_hostile
from curtilage.detect.hostile.models import Origin as Author
from curtilage.detect.hostile.models import Verdict
from curtilage.detect.scanner import Scanner, build_scanner
from curtilage.shield.errors import Blocked
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import protect_text
from curtilage.shield.restore import restore_text
from curtilage.shield.settle import each_reading, settle
from curtilage.shield.tokens import KEY_BYTES, ScopeKey, TokenMint

DEFAULT_SCOPE = "process"
RECENT = 1024  # protected texts per scope whose exact inverse is known
NEAR = 3
MENDS = "Remove the value, or give {type} another treatment in `policy`, such as 'mask'."


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
        _expect_text("restore", reply)
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
        _expect_text("scan", text)
        return list(_engine().scan(text))

    def assess(self, text: str, *, origin: str = "document", values: Iterable[str] = ()) -> Verdict:
        """Whether a text would turn a model against its user: score, reasons, findings.

        `origin` is who wrote it: `document`, `tool`, or `caller`, who may give orders.
        `values` are of the conversation: an address that holds one carries it away.
        """
        _expect_text("assess", text)
        try:
            author = Author(origin)
        except ValueError:
            expected = ", ".join(Author)
            raise ValueError(f"origin is not known; expected one of {expected}") from None
        return _hostile().assess(text, author, values=tuple(values))

    def protect(
        self,
        text: str,
        *,
        scope: str = DEFAULT_SCOPE,
        policy: Mapping[str, Treatment | str] | None = None,
    ) -> Protected:
        """Replace what was found, by default each value with a token.

        `policy` names treatments by type, such as `{"CREDIT_CARD": "mask"}`; a type
        that it leaves out becomes a token. One value has one token throughout a
        scope. Raises `Blocked` where the policy blocks what was found.
        """
        findings, treatments = self.judge(text, policy)
        with self._lock:
            here = self._scope(scope)
            held = Held(within=here.held)
            try:
                left = protect_text(
                    text,
                    findings,
                    treatments,
                    mint=here.mint,
                    held=held,
                    origin=Origin.CALLER,
                    clash="escape",
                )
            except Blocked as blocked:  # who reads its text has a policy of their own to change
                blocked.advice = MENDS.format(type=blocked.type)
                blocked.args = (f"{blocked.detail} {blocked.advice}",)
                raise
            here.remember(left, held)
        return Protected(left, findings, held)

    def judge(
        self, text: str, policy: Mapping[str, Treatment | str] | None
    ) -> tuple[tuple[Finding, ...], dict[str, Treatment]]:
        """What is in a text, and how `policy` treats it; as `protect` does."""
        _expect_text("protect", text)
        wanted = _read_policy({} if policy is None else policy)
        findings = _engine().scan(text)
        treatments = _treatments(findings, wanted)
        return settle(findings, treatments), treatments

    def mint(self, scope: str) -> TokenMint:
        """What makes the tokens of a scope. It remembers nothing of any other."""
        return _ProcessScope(scope, self._key).mint

    def restore(self, text: str, *, scope: str = DEFAULT_SCOPE) -> str:
        """The text with every value that this process protected in the scope."""
        _expect_text("restore", text)
        with self._lock:
            return self._scope(scope).restore(text)

    def _scope(self, name: str) -> _ProcessScope:
        known = self._scopes.get(name)
        if known is None:
            known = self._scopes[name] = _ProcessScope(name, self._key)
        return known


@cache
def _engine() -> Scanner:
    """All that finds, made at the first use and once for the process."""
    return build_scanner(make_user_cache(environment()))


@cache
def _types() -> frozenset[str]:
    """Every type of data that is looked for."""
    return frozenset(load_catalogue().kinds)


def _expect_text(verb: str, text: Any) -> None:
    if not isinstance(text, str):
        raise TypeError(f"curtilage.{verb} takes a text (str), not {type(text).__name__}.")


def _read_policy(policy: Any) -> dict[str, Treatment]:
    """Treatments by type. Raises TypeError, UnknownType or UnknownTreatment."""
    if not isinstance(policy, Mapping):
        raise TypeError(
            "`policy` maps types to treatments, such as {'CREDIT_CARD': 'mask'}, "
            f"and is no {type(policy).__name__}; policies with a name are the service's."
        )
    return {_read_type(name): _read_treatment(name, given) for name, given in policy.items()}


def _read_type(name: Any) -> str:
    if name in _types():
        return str(name)
    near = get_close_matches(str(name).upper(), _types(), NEAR, 0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    raise UnknownType(f"`policy` names the type {name}, which nothing looks for{hint}")


def _read_treatment(name: str, given: Any) -> Treatment:
    try:
        return Treatment(given)
    except ValueError:
        raise UnknownTreatment(
            f"`policy` gives {name} a treatment that there is not; "
            f"expected one of {', '.join(Treatment)}."
        ) from None


def _treatments(
    findings: Iterable[Finding], policy: Mapping[str, Treatment]
) -> dict[str, Treatment]:
    return {found.type: policy.get(found.type, Treatment.TOKEN) for found in each_reading(findings)}


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@cache
def _hostile() -> HostileText:
    return build_hostile(readings=build_hidden_text(make_user_cache(environment())).readings)
