"""The cache of findings: same answers, fewer scans, nothing shared that must not be."""

from curtilage.core.models import Finding
from curtilage.gateway.findings import SHORT, FindingsCache
from tests.builders import a_finding

LONG = "word " * SHORT


class Scan:
    """Counts its calls; finds the first letter of each text."""

    def __init__(self, count: int = 1) -> None:
        self.calls: list[str] = []
        self.count = count

    def __call__(self, text: str) -> tuple[Finding, ...]:
        self.calls.append(text)
        return tuple(a_finding(start=at, end=at + 1) for at in range(self.count))


def test_a_text_that_comes_again_is_not_scanned_again() -> None:
    scan = Scan()
    cache = FindingsCache(scan, key=b"k" * 16)
    assert cache.scan(LONG, b"a") == cache.scan(LONG, b"a")
    assert scan.calls == [LONG]


def test_nothing_is_shared_across_tenants_policies_or_rules() -> None:
    scan = Scan()
    cache = FindingsCache(scan, key=b"k" * 16)
    for context in (b"tenant-a\0policy-1", b"tenant-b\0policy-1", b"tenant-a\0policy-2"):
        cache.scan(LONG, context)
    assert len(scan.calls) == 3


def test_where_the_context_ends_is_not_up_to_the_text() -> None:
    scan = Scan()
    cache = FindingsCache(scan, key=b"k" * 16)
    cache.scan("x" + LONG, b"tenant")
    cache.scan(LONG, b"tenantx")
    assert len(scan.calls) == 2


def test_short_texts_are_scanned_each_time() -> None:
    scan = Scan()
    cache = FindingsCache(scan, key=b"k" * 16)
    cache.scan("x" * (SHORT - 1), b"")
    cache.scan("x" * (SHORT - 1), b"")
    assert len(scan.calls) == 2


def test_the_text_used_longest_ago_goes_first() -> None:
    scan = Scan()
    cache = FindingsCache(scan, key=b"k" * 16, texts=2)
    one, two, three = (str(number) + LONG for number in range(3))
    for text in (one, two, one, three, one, two):
        cache.scan(text, b"")
    assert scan.calls == [one, two, three, two]


def test_a_text_full_of_findings_is_not_kept() -> None:
    scan = Scan(count=1001)
    cache = FindingsCache(scan, key=b"k" * 16)
    assert len(cache.scan(LONG, b"")) == len(cache.scan(LONG, b"")) == 1001
    assert len(scan.calls) == 2


def test_the_findings_of_all_texts_together_are_bounded() -> None:
    scan = Scan(count=4)
    cache = FindingsCache(scan, key=b"k" * 16, findings=10)
    for number in range(50):
        cache.scan(f"{number} {LONG}", b"")
        assert sum(map(len, cache._found.values())) <= 10
    assert len(cache._found) == 2
    scan.calls.clear()
    cache.scan(f"49 {LONG}", b"")
    cache.scan(f"48 {LONG}", b"")
    assert not scan.calls, "the newest stay"


def test_a_text_that_two_scan_at_once_counts_once() -> None:
    """A long text is scanned in a thread, where the loop may meet the same one."""

    class Meeting(Scan):
        def __call__(self, text: str) -> tuple[Finding, ...]:
            found = super().__call__(text)
            if len(self.calls) == 1:
                cache.scan(text, b"")
            return found

    scan = Meeting(count=4)
    cache = FindingsCache(scan, key=b"k" * 16, findings=8)
    cache.scan(LONG, b"")
    cache.scan(f"another {LONG}", b"")
    assert len(scan.calls) == 3
    cache.scan(LONG, b"")
    assert len(scan.calls) == 3


def test_half_of_a_pair_can_be_looked_up() -> None:
    cache = FindingsCache(Scan(), key=b"k" * 16)
    assert cache.scan(LONG + "\ud83d", b"")
