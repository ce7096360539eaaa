"""Words as one pattern."""

import re

from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.alternatives import alternatives

WORDS = st.lists(st.text(alphabet="ab. ", max_size=4), min_size=1, max_size=8)


def test_what_begins_alike_is_written_once() -> None:
    assert alternatives(["pass", "password", "token"]) == "(?:pass(?:|word)|token)"


def test_letters_are_written_as_told() -> None:
    assert alternatives(["ab", "ac"], lambda char: f"[{char}{char.upper()}]") == "[aA](?:[bB]|[cC])"


@given(WORDS, st.text(alphabet="ab. ", max_size=4))
def test_it_matches_these_words_and_no_others(words: list[str], text: str) -> None:
    assert bool(re.fullmatch(alternatives(words), text)) == (text in words)
