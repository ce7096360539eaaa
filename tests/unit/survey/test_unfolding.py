"""A member ends where it breaks or a limit is reached, and says so."""

import io
from collections.abc import Callable
from typing import BinaryIO, cast

import pytest

from curtilage.survey.sources import Limits, Source
from curtilage.survey.unfolding import LONGEST_NAME, Member, Packed, leads_outside, shorten


class Breaking(io.RawIOBase):
    """A few bytes, and then what unpackers raise."""

    def __init__(self, problem: type[Exception]) -> None:
        self._problem: type[Exception] | None = problem
        self._given = False

    def read(self, size: int = -1) -> bytes:
        if self._given and self._problem is not None:
            raise self._problem
        self._given = True
        return b"abc"


def a_source(**limits: int) -> Source:
    return Source("a", b"", io.BytesIO, limits=Limits(**limits))


def opened(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


@pytest.mark.parametrize("problem", [EOFError, OSError, ValueError, NotImplementedError])
def test_what_came_before_it_broke_is_kept(problem: type[Exception]) -> None:
    packed = Packed("a", lambda: cast("BinaryIO", Breaking(problem)))
    member = Member(packed, a_source())
    assert member.read() == b"abc" and member.why and member.advice
    assert member.read() == b""


def test_a_bug_is_not_taken_for_a_broken_member() -> None:
    with pytest.raises(KeyError):
        Member(Packed("a", lambda: cast("BinaryIO", Breaking(KeyError))), a_source()).read()


def test_members_of_one_file_share_its_limit() -> None:
    source = a_source(unfolded=10)
    first = Member(Packed("a", opened(b"x" * 6)), source)
    second = Member(Packed("b", opened(b"y" * 6)), source)
    assert first.read() == b"x" * 6 and not first.why and not source.unfolded.is_spent
    assert second.read() == b"yyyy" and "10 bytes" in second.why and source.unfolded.is_spent


def test_a_member_that_lies_there_as_it_is_counts_once() -> None:
    source = a_source(unfolded=10)
    member = Member(Packed("a", opened(b"x" * 60), is_counted=False), source)
    assert len(member.read()) == 60 and not member.why


@pytest.mark.parametrize("name", ["/a", "../a", "a/../../b", "..\\a", "C:\\a", "c:a"])
def test_names_that_lead_outside(name: str) -> None:
    assert leads_outside(name)


@pytest.mark.parametrize("name", ["a", "a/b..c", "...", "a/..b", "./a", ""])
def test_names_that_stay_inside(name: str) -> None:
    assert not leads_outside(name)


def test_names_are_shown_to_a_length() -> None:
    assert shorten("a" * LONGEST_NAME) == "a" * LONGEST_NAME
    assert shorten("a" * 10_000) == "a" * LONGEST_NAME + "…"
