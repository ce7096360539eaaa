"""Many words as one pattern in which what begins alike is written once.

`re` tries the words of `pass|password|passwd|token` one after the other at every place of
a text; of `pass(?:|word|wd)|token` it tries two beginnings.
"""

import re
from collections.abc import Callable, Iterable
from os.path import commonprefix


def alternatives(words: Iterable[str], letter: Callable[[str], str] = re.escape) -> str:
    """A pattern for any of `words`, with each of their letters as `letter` writes it.

    Of words that go on alike the first that is given goes first."""
    return _either(list(dict.fromkeys(words)), letter)


def _either(words: list[str], letter: Callable[[str], str]) -> str:
    shared = commonprefix(words)  # noqa: RUF071 - letters are meant, not folders
    head = "".join(map(letter, shared))
    if len(words) == 1:
        return head
    rests: dict[str, list[str]] = {}
    for word in words:
        rest = word[len(shared) :]
        rests.setdefault(rest[:1], []).append(rest)
    return f"{head}(?:{'|'.join(_either(each, letter) for each in rests.values())})"
