"""A cache of what was found in a text: agents resend their history every turn.

The key is a keyed hash of the text under a key of this process, so the cache
holds no text and no hash that a guess could be tested against elsewhere.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from threading import Lock

from curtilage.core.models import Finding

SHORT = 64  # below this many characters scanning costs no more than hashing
TEXTS = 16_384  # about 200 bytes each: 4 MB; in a conversation each is kept twice
FINDINGS = 100_000  # in all of them, about 130 bytes each: at most 13 MB
MOST_OF_ONE = 1000  # a text with more is scanned anew, rather than putting out many others


class FindingsCache:
    """Wraps a scan. Bounded by number of texts and of findings held.

    `context` is what an equal text may not be shared across: tenant, policy
    version and rules version.
    """

    def __init__(
        self,
        scan: Callable[[str], tuple[Finding, ...]],
        *,
        key: bytes,
        texts: int = TEXTS,
        findings: int = FINDINGS,
    ) -> None:
        self._scan = scan
        self._key = key
        self._texts = texts
        self._findings = findings
        self._found: OrderedDict[bytes, tuple[Finding, ...]] = OrderedDict()
        self._count = 0
        self._keeping = Lock()  # long texts are scanned in a thread of their own

    def scan(self, text: str, context: bytes) -> tuple[Finding, ...]:
        """What is in `text`, from the cache where it came before."""
        if len(text) < SHORT:
            return self._scan(text)
        return self.scan_as(self.key_of(text, context), text)

    def scan_as(self, key: bytes, text: str) -> tuple[Finding, ...]:
        """The same for a text whose key is known."""
        found = self.find(key)
        if found is None:
            found = self._scan(text)
            self.keep(key, found)
        return found

    def key_of(self, text: str, context: bytes) -> bytes:
        """What a text is known by: sixteen bytes."""
        lead = b"%d:%b" % (len(context), context)  # where it ends is not up to the text
        raw = lead + text.encode("utf-8", "surrogatepass")
        return blake2b(raw, key=self._key, digest_size=16).digest()

    def key_behind(self, before: bytes, key: bytes) -> bytes:
        """What a text is known by behind others, which are known by `before` together."""
        return blake2b(before + key, key=self._key, digest_size=16, person=b"behind").digest()

    def find(self, key: bytes) -> tuple[Finding, ...] | None:
        """What is kept under a key."""
        found = self._found.get(key)
        if found is not None:
            with suppress(KeyError):  # another thread may have put it out meanwhile
                self._found.move_to_end(key)
        return found

    def keep(self, key: bytes, found: tuple[Finding, ...]) -> None:
        """Keep what was found; what was asked for longest ago makes room."""
        if len(found) > MOST_OF_ONE:
            return
        with self._keeping:
            if key in self._found:
                return
            self._found[key] = found
            self._count += len(found)
            while len(self._found) > self._texts or self._count > self._findings:
                self._count -= len(self._found.popitem(last=False)[1])
