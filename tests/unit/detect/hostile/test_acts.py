import pytest

from curtilage.core.models import Finding
from curtilage.detect.hostile.acts import REMOVED, strip
from curtilage.detect.hostile.models import CATEGORIES, Kind


def finding(start: int, end: int, kind: Kind = Kind.INJECTION) -> Finding:
    return Finding(start, end, kind, 0.9, CATEGORIES[kind], "hostile.test")


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([], "0123456789"),
        ([(2, 4)], f"01{REMOVED}456789"),
        ([(0, 4)], f"{REMOVED}456789"),
        ([(4, 10)], f"0123{REMOVED}"),
        ([(2, 5), (4, 6)], f"01{REMOVED}6789"),
        ([(2, 8), (3, 4)], f"01{REMOVED}89"),
        ([(2, 4), (4, 6)], f"01{REMOVED}6789"),
        ([(6, 8), (1, 3)], f"0{REMOVED}345{REMOVED}89"),
    ],
)
def test_what_is_found_is_cut_once(spans: list[tuple[int, int]], left: str) -> None:
    assert strip("0123456789", [finding(*span) for span in spans]) == left
