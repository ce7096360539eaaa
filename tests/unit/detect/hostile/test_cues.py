import re

from curtilage.detect.hostile.cues import CueFinder
from curtilage.detect.hostile.folding import Plainer
from curtilage.detect.hostile.models import Kind, Mark, cue

PLAINER = Plainer()
CUE = cue(Kind.INJECTION, "drop", "ignore|don't", "_rules", 0.8, typed=0.4)
LOUD = cue(Kind.JAILBREAK, "loud", "dan", "", 0.5, shouted=True)
MARK = Mark("turn", ("<|",), re.compile(r"<\|x\|>"), 0.5, 0.3)
FINDER = CueFinder([CUE, LOUD], [MARK])


def names(text: str) -> list[str]:
    return [hit.name for hit in FINDER.hits(PLAINER.plain(text))]


def test_a_cue_begins_with_a_whole_word() -> None:
    assert names("Ignore the rules") == ["drop"]
    assert names("Ignored the rules") == []
    assert names("Don't mind the rules") == ["drop"]


def test_a_cue_ends_with_its_sentence() -> None:
    assert names("Ignore it. The rules are fine") == []


def test_a_shouted_cue_is_in_capitals() -> None:
    assert names("Dan and DAN") == ["loud"]


def test_a_mark_stands_anywhere_and_hits_come_in_order() -> None:
    assert names("x<|x|>y DAN ignore rules") == ["turn", "loud", "drop"]


def test_a_hit_has_both_weights() -> None:
    (hit,) = FINDER.hits(PLAINER.plain("please ignore all rules"))
    assert (hit.start, hit.end, hit.weight, hit.typed) == (7, 23, 0.8, 0.4)


def test_what_says_the_same_once_more_right_behind_counts_once() -> None:
    assert names("DAN " * 100).count("loud") == 10
    assert names("ignore rules, " + "and so on; " * 5 + "ignore rules") == ["drop", "drop"]
