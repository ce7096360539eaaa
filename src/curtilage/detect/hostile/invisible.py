"""Text that no reader sees: what it says, decoded, and where it stands.

Tag characters spell ASCII (U+E0020 on), variation selectors spell bytes, runs
of zero-width characters spell bits. An order of writing that is forced makes a
line read otherwise than it is stored.
"""

import re
from collections.abc import Iterator

from curtilage.detect.hostile.models import Kind, Reason

SAID = 240  # characters of a decoded run that are kept
_ODD = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_TAGS = re.compile("[\U000e0000-\U000e007f]{4,}")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060-\u2064\u206a-\u206f\ufeff]{8,}")
_FORCED = re.compile("[\u202d\u202e][^\u202c\n]{1,400}")
_FLAG = "\U0001f3f4"  # 🏴 with tags is the flag of a region
_LONGEST_FLAG = 7


def find_invisible(text: str) -> Iterator[Reason]:
    """Runs that say something to a model and nothing to a reader."""
    if text.isascii() or not _ODD.search(text):
        return
    for match in _TAGS.finditer(text):
        is_flag = text[match.start() - 1 : match.start()] == _FLAG
        if not is_flag or len(match[0]) > _LONGEST_FLAG:
            yield _said(match, "tag-characters", _spelled(match[0]))
    for match in _SELECTORS.finditer(text):
        yield _said(match, "variation-selectors", _bytes_of(match[0]))
    for match in _ZERO_WIDTH.finditer(text):
        yield _said(match, "zero-width-bits", _bits_of(match[0]))
    for match in _FORCED.finditer(text):
        if re.search("[A-Za-z]{3}", match[0]):
            yield Reason(Kind.INVISIBLE, "forced-order", 0.5, *match.span(), match[0][:0:-1][:SAID])


def _said(match: re.Match[str], name: str, says: str) -> Reason:
    """A run that decodes is as sure as can be; one that does not may be a watermark."""
    return Reason(Kind.INVISIBLE, name, 0.92 if says else 0.55, *match.span(), says[:SAID])


def _spelled(run: str) -> str:
    return "".join(chr(ord(char) - 0xE0000) for char in run if 0xE0020 <= ord(char) < 0xE007F)


def _bytes_of(run: str) -> str:
    """Each selector is a byte: the first sixteen, then the rest."""
    points = [ord(char) for char in run]
    raw = bytes(
        p - 0xFE00 if p < 0xFE10 else p - 0xE0100 + 16
        for p in points
        if p < 0xFE10 or p - 0xE0100 < 240
    )
    return _readable(raw.decode("utf-8", "replace"))


def _bits_of(run: str) -> str:
    """Two of the characters are the bits; the others, if any, part them."""
    kinds = sorted(set(run), key=run.index)
    for zero in kinds:
        for one in kinds:
            if zero != one:
                bits = "".join("0" if char == zero else "1" for char in run if char in (zero, one))
                for width in (8, 7):
                    says = _readable(
                        "".join(
                            chr(int(bits[i : i + width], 2))
                            for i in range(0, len(bits) - width + 1, width)
                        )
                    )
                    if says:
                        return says
    return ""


def _readable(text: str) -> str:
    """The text if it is one: two characters or more, nearly all printable ASCII."""
    good = sum(" " <= char <= "~" or char in "\n\t" for char in text)
    return text if len(text) >= 2 and good >= 0.9 * len(text) else ""
