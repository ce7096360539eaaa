"""Watch over what a model says, piece by piece: nothing is shown before it is judged.

An address is held back behind its `//` until it has ended, a text from where a
canary may begin until it is known to be one. What comes before goes on at once, so that a
stream waits for nothing else. Any cuts give the same.
"""

import re
from collections.abc import Callable, Collection

from curtilage.detect.hostile.acts import REMOVED
from curtilage.detect.hostile.canary import LENGTH, CanaryKey, lowered
from curtilage.detect.hostile.markup import ADDRESS, REACH, address_end, leaks_at
from curtilage.detect.hostile.models import Action, Kind

LONGEST = 4096  # characters of an address; more are not judged
SPELLED = LENGTH + 16  # characters in which a canary stands that was not spaced out
WINDOW = 8192  # characters that are looked through for canaries in disguise
OVERLAP = 512  # of these, once more: what a canary takes that was encoded or spaced out
_PLACE = re.compile(r"<(?:[A-Za-z][A-Za-z0-9_ .-]{0,40})?\Z")  # may be part of an address yet

Meet = Callable[[Kind], Action]
"""Told of everything that is found; gives what is to be done. May raise, and so end the text."""


class LeakGuard:
    """Addresses that would carry data away. Feed it every piece in order."""

    __slots__ = ("_allowed", "_before", "_is_open", "_meet", "_slash", "_threshold", "_waiting")

    def __init__(self, meet: Meet, *, allowed: Collection[str], threshold: float) -> None:
        self._meet = meet
        self._allowed = allowed
        self._threshold = threshold
        self._before = self._waiting = ""
        self._is_open = False  # an address, whose slashes were shown
        self._slash = False  # the first of two, perhaps

    def feed(self, text: str) -> str:
        """What may be shown now that `text` has come."""
        return self._pass(text, final=False) if text else ""

    def close(self) -> str:
        """The rest."""
        return self._pass("", final=True) if self._waiting else ""

    def _pass(self, text: str, *, final: bool) -> str:
        text, self._waiting = self._waiting + text, ""
        if not self._is_open and "/" not in text:
            self._before, self._slash = (self._before + text)[-REACH:], False
            return text
        seen, at = self._before + text, len(self._before)
        start = at - 2 if self._is_open else seen.find("//", at - self._slash)
        ready: list[str] = []
        while start >= 0:
            end = _address_end(seen, start, final=final)
            begin = start + 2
            if end is None:
                return self._wait(seen, at, begin, ready)
            ready += (seen[at:begin], self._judged(seen, start, end))
            at = end
            start = seen.find("//", at)
        self._slash = seen.endswith("/", at)
        ready.append(seen[at:])
        self._before, self._is_open = seen[-REACH:], False
        return "".join(ready)

    def _wait(self, seen: str, at: int, begin: int, ready: list[str]) -> str:
        ready.append(seen[at:begin])
        self._before, self._waiting = seen[max(0, begin - REACH) : begin], seen[begin:]
        self._is_open, self._slash = True, False
        return "".join(ready)

    def _judged(self, seen: str, start: int, end: int) -> str:
        """An address behind its slashes, or what stands for it."""
        match = ADDRESS.match(seen, start, end)
        found = leaks_at(seen, match, allowed=self._allowed, is_filled=True) if match else ()
        for reason in found:
            if reason.weight >= self._threshold and self._meet(reason.kind) is Action.STRIP:
                return REMOVED + seen[reason.end : end]
        return seen[start + 2 : end]


def _address_end(seen: str, start: int, *, final: bool) -> int | None:
    """Where the address ends that begins at `start`; None where that is not known yet."""
    match = ADDRESS.match(seen, start, start + LONGEST)
    if match is None:
        is_over = final or not _may_begin(seen[start + 2 :])
        return start + 2 if is_over else None
    end = address_end(match)
    if final or end < match.end() or end - start >= LONGEST:
        return end
    return None if end == len(seen) or _PLACE.match(seen, end) else end


def _may_begin(rest: str) -> bool:
    """Whether two slashes and this may be an address once more has come."""
    return any(ADDRESS.fullmatch(f"//{rest}{more}") for more in ("aaa", "a>aaa"))


class CanaryGuard:
    """Canaries of one key. Those in disguise are met, and shown unless that ends the text."""

    __slots__ = ("_key", "_lead", "_meet", "_waiting", "_window")

    def __init__(self, meet: Meet, key: CanaryKey) -> None:
        self._meet = meet
        self._key = key
        self._lead = key.lead()
        self._waiting = self._window = ""

    def feed(self, text: str) -> str:
        """What may be shown now that `text` has come."""
        return self._pass(text, final=False) if text else ""

    def close(self) -> str:
        """The rest."""
        ready = self._pass("", final=True)
        self._search()
        self._window = ""
        return ready

    def _pass(self, text: str, *, final: bool) -> str:
        text, self._waiting = self._waiting + text, ""
        low, at = lowered(text), 0
        ready: list[str] = []
        while (start := low.find(self._lead, at)) >= 0:
            if len(text) - start < SPELLED and not final:
                return self._wait(text, at, start, ready)
            found = next(self._key.find_plain(text[start : start + SPELLED]), None)
            end = start + (found.end if found is not None else len(self._lead))
            is_cut = found is not None and self._meet(Kind.CANARY) is Action.STRIP
            ready += (text[at:start], REMOVED if is_cut else text[start:end])
            at = end
        until = len(text) if final else len(text) - _begun(low[at:], self._lead)
        return self._wait(text, at, until, ready)

    def _wait(self, text: str, at: int, until: int, ready: list[str]) -> str:
        self._waiting = text[until:]
        ready.append(text[at:until])
        passed = "".join(ready)
        self._window += passed
        if len(self._window) > WINDOW:
            self._search()
            self._window = self._window[-OVERLAP:]
        return passed

    def _search(self) -> None:
        """What was not written as it is, and so not met before."""
        low = lowered(self._window)
        for reason in self._key.find(self._window):
            if not low.startswith(self._lead, reason.start):
                self._meet(Kind.CANARY)


def _begun(low: str, lead: str) -> int:
    """How much of the end of a text may be how a canary begins."""
    for size in range(min(len(lead) - 1, len(low)), 0, -1):
        if low.endswith(lead[:size]):
            return size
    return 0
