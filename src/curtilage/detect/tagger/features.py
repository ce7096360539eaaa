"""What the tagger looks at in a token: its letters, what is known of it, its neighbours.

A feature is a short string. Those of a word alone are made once and kept for the
next time that the word is met; what depends on its place is added to them. Words
that are written large beside each other, as a name of several words is, also see
what they are as a whole: how it begins and ends, and what is being spoken of there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from curtilage.detect.tagger.lexicon import Lexicon
from curtilage.detect.tagger.tokens import Line, Token
from curtilage.detect.tagger.vocabulary import CLASSES

KEPT_WORDS = 4096  # some 12 MB; half of them are those that were used last
ENDS_SENTENCE = frozenset('.!?:•*-–—|>"“”„«»()[]')
ENDINGS = (1, 2, 3)  # letters that a name may have after it: Kowalskiego, Müllers, Annie
LINKS = frozenset(
    {"of", "the", "for", "in", "and", "&", "'s", "-", "'", "’"}
    | {"de", "del", "du", "la", "le", "van", "von", "der", "des", "da", "di"}
)  # between the words of one name: Army of the Potomac
MOST_LINKS = 2
AROUND = 10  # words on either side that say what is being spoken of
USUAL = 6  # a word that is said so often speaks of nothing
_PARTS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """The features of a word, by where it stands from the token that they are for."""

    here: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    two_before: tuple[str, ...]
    two_after: tuple[str, ...]
    low: str
    shape: str
    names: str
    """What kinds of name it may be, and how ordinary the word is."""
    cluster: str
    group: str
    opens: int
    """1 where it opens the name of a place of several words."""
    last: tuple[str, ...] = ()
    """What it says of a whole that it ends; `first`, `left` and `right`: that it begins or is beside."""
    first: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    sense: int = 0
    topic: str = ""
    """What is being spoken of, where it is an ordinary word."""
    known: str = "o"
    """What a word of a name is known as: a place, a given or a family name, or nothing."""
    company: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What the whole text says about its words."""

    small: frozenset[str]
    """Words that are written small somewhere."""
    inside: frozenset[str]
    """Words that are written large within a sentence, in lower case."""
    titled: frozenset[str]
    """Words after a title, in lower case."""
    addressed: frozenset[str]
    """Parts of the addresses and handles of the text: `jdoe.smith` has jdoe, doe, smith, mith."""
    genre: str


class Features:
    """Makes features, and remembers those of words. One for each thread."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words: dict[str, Word] = {}
        self._before: dict[str, Word] = {}

    def of(self, line: Line, document: Document) -> list[list[str]]:
        """The features of each token of a line."""
        words = [self.word(token.text) for token in line.tokens]
        marks = self._places(words)
        genre = "f" if document.genre == "p" and _is_formal(line) else document.genre
        found = [self._token(words, place, genre, marks[place]) for place in range(len(words))]
        if words and line.before:
            found[0].append(f"line={line.before}")
        for features, word in zip(found, words, strict=True):
            if word.shape[0] in "Xx":
                features.extend(_in_document(word.low, document))
        for first, last in wholes(words):
            _see_whole(words, first, last, found)
        return found

    def word(self, text: str) -> Word:
        """A word by itself, described anew or remembered."""
        word = self._words.get(text)
        if word is None:
            if 2 * len(self._words) >= KEPT_WORDS:  # what was used since then stays
                self._before, self._words = self._words, {}
            word = self._before.get(text) or _describe(text, self._lexicon)
            self._words[text] = word
        return word

    def _places(self, words: Sequence[Word]) -> list[str]:
        """Where names of places of several words are: New York, Rio de Janeiro."""
        marks = [""] * len(words)
        for first, word in enumerate(words):
            if not word.opens or marks[first]:
                continue
            for count in (4, 3, 2):
                part = words[first : first + count]
                name = " ".join([each.low for each in part])
                rank = self._lexicon.facts(name)[2] if len(part) == count else 0
                if rank:
                    marks[first : first + count] = [f"mp={rank}", *[f"mi={rank}"] * (count - 1)]
                    break
        return marks

    def _token(self, words: Sequence[Word], place: int, genre: str, mark: str) -> list[str]:
        word = words[place]
        before = words[place - 1] if place else _START
        after = words[place + 1] if place + 1 < len(words) else _END
        found = [*word.here, *before.before, *after.after]
        if place > 1:
            found += words[place - 2].two_before
        if place + 2 < len(words):
            found += words[place + 2].two_after
        shape, names = word.shape, word.names
        found += (
            f"ss={before.shape}|{shape}|{after.shape}",
            f"nn={before.names}|{names}",
            f"na={names}|{after.names}",
            f"ws={before.low}|{shape}",
            f"sw={shape}|{after.low}",
            f"cc={before.cluster}|{shape}",
            f"ca={shape}|{after.cluster}",
            f"gn={before.group}|{names}",
            f"ga={names}|{after.group}",
            f"G{genre}|{shape}",
            f"G{genre}|{names}",
            f"G{genre}|{word.group}",
            f"G{genre}|{before.group}",
        )
        if not place or before.low in ENDS_SENTENCE:
            found += ("first", f"first|{names}", f"first|{shape}|{after.shape}")
        if len(words) < 6:
            found.append(f"short={len(words)}|{shape}")
        if mark:
            found.append(mark)
        return found


def wholes(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """First and last place of words that are written large together, links between them."""
    place, count = 0, len(words)
    while place < count:
        if words[place].shape[0] != "X":
            place += 1
            continue
        last = place
        while (following := _next_large(words, last, count)) is not None:
            last = following
        yield place, last
        place = last + 1


def _next_large(words: Sequence[Word], last: int, count: int) -> int | None:
    """Where the whole that reaches to `last` goes on."""
    after = last + 1
    while after < count and after - last <= MOST_LINKS and words[after].low in LINKS:
        after += 1
    if after < count and words[after].shape[0] == "X":
        return after
    is_initial = after < count and words[after].low == "." and words[after - 1].shape == "X1"
    if is_initial and after + 1 < count and words[after + 1].shape[0] == "X":
        return after + 1
    return None


def _see_whole(words: Sequence[Word], first: int, last: int, found: list[list[str]]) -> None:
    """Add to the features of a whole what it is as one."""
    opening, ending = words[first], words[last]
    before = words[first - 1] if first else _START
    after = words[last + 1] if last + 1 < len(words) else _END
    length = min(last - first + 1, 5)
    some = min(length, 3)
    parts = words[first : last + 1]
    around = {word.topic for word in words[max(0, first - AROUND) : last + 1 + AROUND]}
    around.discard("")
    shared = [
        *ending.last,
        *opening.first,
        *before.left,
        *after.right,
        *sorted(around),  # in one order: else no two trainings give the same bytes
        f"hn={length}",
        f"hbg={before.group}|{some}",
        f"hag={after.group}|{some}",
        f"hco={max([part.company for part in parts])}",
        f"hp={''.join([part.known for part in parts[:4]])}",
    ]
    for place in range(first, last + 1):
        at = "S" if first == last else "B" if place == first else "E" if place == last else "M"
        found[place] += shared
        found[place] += (
            f"hpos={at}",
            f"hl={ending.low}|{at}",
            f"hs={ending.sense}|{at}",
            f"hb={before.low}|{at}",
            f"ha={after.low}|{at}",
        )


def _is_formal(line: Line) -> bool:
    """Whether a line is a whole sentence as print has it."""
    last = line.tokens[-1].text
    return len(line.tokens) > 7 and last in '."»”' and line.tokens[0].text[0].isupper()


def _in_document(low: str, document: Document) -> Iterable[str]:
    if low in document.small:
        yield "small"
    if low in document.inside:
        yield "inside"
    if low in document.titled:
        yield "titled"
    if len(low) > 2 and low in document.addressed:
        yield "addressed"


def describe_document(lines: Sequence[Line]) -> Document:
    """What can be known of a text before any of its tokens is judged."""
    small, inside, titled, addressed = set(), set(), set(), set()
    marks = letters = large = 0
    for line in lines:
        before = "."
        for token in line.tokens:
            text = token.text
            if text[0] == "@" or ("@" in text and "." in text):
                for part in _PARTS.findall(text.lower().partition("@")[0] or text.lower()):
                    addressed |= {part, part[1:]}
                marks += text[0] == "@"
            elif text.startswith(("http", "www.")) or text == "#":
                marks += 1
            elif text.islower():
                small.add(text)
                letters += 1
            elif text[0].isupper():
                low = text.lower()
                large += 1
                if before not in ENDS_SENTENCE:
                    inside.add(low)
                if "title" in CLASSES.get(before.lower(), ""):
                    titled.add(low)
            if text != ".":
                before = text
    genre = "t" if marks else "l" if not large else "u" if large > 3 * letters else "p"
    return Document(
        frozenset(small), frozenset(inside), frozenset(titled), frozenset(addressed), genre
    )


def shape_of(text: str) -> str:
    """How a token is written: `Xx`, `XX`, `x`, `d4`, or the sign itself."""
    first = text[0]
    if first.isdigit():
        return f"d{min(len(text), 5)}"
    if first == "@":
        return "@" if len(text) > 1 else "at"
    if not first.isalpha():
        return first
    if "@" in text:
        return "mail"
    if "/" in text:
        return "url"
    if text.islower():
        return "x" if len(text) > 1 else "x1"
    if text.isupper():
        return "XX" if len(text) > 1 else "X1"
    if first.isupper() and text[1:].islower():
        return "Xx"
    return "Xm" if first.isupper() else "xm"


def _describe(text: str, lexicon: Lexicon) -> Word:
    """All that can be said of a word without its neighbours."""
    low, shape = text.lower(), shape_of(text)
    group = CLASSES.get(low, "")
    if not text[0].isalpha() or shape in ("mail", "url"):
        return _describe_sign(low if len(low) == 1 or text.isdigit() else shape, shape)
    facts = lexicon.facts(low)
    given, family, place, opens, company, english, german, spanish, common, sense = facts
    names = f"{given}{family}{place}{english or german or spanish or 'c' * (common > 2)}"
    kinds = f"{given}{family}{place}"
    written = lexicon.clusters(text)
    first = written[0] or written[1] or written[2]
    cluster = f"{written[0] & 63}.{written[1] & 15}" if first else "-"
    here = [
        f"w={low}", f"s={shape}", f"n={kinds}", f"N={names}", f"c={common}{min(given, family)}",
        f"k={english}{german}{spanish}", f"ke={english}|{shape}", f"kd={german}|{shape}", f"g={group}",
        f"m={sense}",
    ]  # fmt: skip
    if len(low) > 2:
        here += (f"p3={low[:3]}", f"e2={low[-2:]}", f"e3={low[-3:]}")
    if len(low) > 4:
        here += (f"p4={low[:4]}", f"e4={low[-4:]}")
    if company:
        here.append(f"co={company}")
    here += _cluster_features(text, written, lexicon)
    if not given and not family and len(low) > 4:
        here.append(f"st={_stem(low, lexicon)}")
    return Word(
        tuple(here),
        (f"-w={low}", f"-s={shape}", f"-N={names}", f"-g={group}", f"-C={cluster}", f"-m={sense}", f"-e={low[-3:]}"),
        (f"+w={low}", f"+s={shape}", f"+N={names}", f"+g={group}", f"+C={cluster}", f"+m={sense}", f"+e={low[-3:]}"),
        (f"--w={low}", f"--s={shape}", f"--g={group}", f"--n={kinds}", f"--C={cluster}"),
        (f"++w={low}", f"++s={shape}", f"++g={group}", f"++n={kinds}", f"++C={cluster}"),
        low, shape, names, cluster, group, opens,
        last=(f"hl={low}", f"hC={cluster}", f"hg={group}", f"hN={names}", f"hs={sense}"),
        first=(f"hf={low}", f"hfN={names}"),
        left=(f"hb={low}", f"hbC={cluster}"),
        right=(f"ha={low}", f"haC={cluster}"),
        sense=sense,
        topic=f"T{sense}" if sense and shape == "x" and common < USUAL else "",
        known="p" if place else "g" if given else "f" if family else "o",
        company=company,
    )  # fmt: skip


def _describe_sign(low: str, shape: str) -> Word:
    """What is no word: a sign, a number, an address. Of long ones the shape stands for all."""
    return Word(
        (f"w={low}", f"s={shape}"),
        (f"-w={low}", f"-s={shape}"),
        (f"+w={low}", f"+s={shape}"),
        (f"--w={low}", f"--s={shape}"),
        (f"++w={low}", f"++s={shape}"),
        low, shape, "", "", "", 0,
        left=(f"hb={low}", "hbC="), right=(f"ha={low}", "haC="),
    )  # fmt: skip


def _cluster_features(text: str, written: tuple[int, ...], lexicon: Lexicon) -> list[str]:
    """Clusters of the word as written, and as it would be written in the other case."""
    other = text.lower() if text[0].isupper() else text.capitalize()
    found: list[str] = []
    for name, own, turned in zip("ABC", written, lexicon.clusters(other), strict=True):
        if own:
            found += (f"{name}={own}", f"{name}6={own & 63}", f"{name}4={own & 15}")
        if turned:
            found += (f"{name}o={turned}",)
    if text.isupper() and len(text) > 3:
        title = lexicon.clusters(text.capitalize())
        found += [f"{name}t={own}" for name, own in zip("ABC", title, strict=True) if own]
    return found


def _stem(low: str, lexicon: Lexicon) -> str:
    """What the word may be without its ending."""
    for cut in ENDINGS:
        for stem in (low[:-cut], f"{low[:-cut]}a"):
            given, family, place, *_ = lexicon.facts(stem)
            if given or family or place:
                return f"{cut}{given}{family}{place}"
    return "0"


_START = Word((), ("-w=^",), (), (), (), "^", "^", "^", "^", "^", 0, left=("hb=^", "hbC=^"))
_END = Word((), (), ("+w=$",), (), (), "$", "$", "$", "$", "$", 0, right=("ha=$", "haC=$"))


def spans_of(tokens: Sequence[Token], labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """First and last token of each name, and its type, from labels `B-X`, `I-X` and `O`."""
    found: list[tuple[int, int, str]] = []
    for place, label in enumerate(labels):
        if label == "O":
            continue
        kind = label[2:]
        if label[0] == "I" and found and found[-1][1] == place - 1 and found[-1][2] == kind:
            found[-1] = (found[-1][0], place, kind)
        else:
            found.append((place, place, kind))
    return found
