"""Letters of other scripts that pass for ours, and ciphers of characters.

The table is of the letters that matter: those that a reader takes for a letter of
ASCII (after the confusables of UTS #39). Folding them everywhere would turn Russian
and Greek into nonsense, so they are read so only where a word mixes scripts, or where
a text has no letter of that script but look-alikes.
"""

import re
import unicodedata
from collections.abc import Iterator

from curtilage.detect.hidden.reading import Piece

_ALIKE = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ѐ": "e", "ё": "e", "ғ": "f", "ԍ": "g", "һ": "h", "і": "i", "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y", "ү": "y", "ʐ": "z",
    "А": "A", "В": "B", "С": "C", "Ԁ": "D", "Е": "E", "Ѐ": "E", "Ё": "E", "Ғ": "F", "Ԍ": "G", "Н": "H", "І": "I", "Ї": "I", "Ј": "J", "К": "K", "М": "M", "О": "O", "Р": "P", "Ԛ": "Q", "Ѕ": "S", "Т": "T", "Ѵ": "V", "Ԝ": "W", "Х": "X", "У": "Y", "Ү": "Y", "Ӏ": "I", "З": "3", "з": "3", "Ӡ": "3", "Ч": "4", "б": "6",
    # Greek
    "α": "a", "β": "b", "ϲ": "c", "δ": "d", "ε": "e", "η": "n", "ι": "i", "ϳ": "j", "κ": "k", "μ": "m", "ν": "v", "ο": "o", "ρ": "p", "σ": "o", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "ζ": "z",
    "Α": "A", "Β": "B", "Ϲ": "C", "Ε": "E", "Ϝ": "F", "Η": "H", "Ι": "I", "Ϳ": "J", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "Ζ": "Z",
    # Armenian, Cherokee, Lisu, Coptic
    "ա": "w", "ց": "g", "հ": "h", "ո": "n", "օ": "o", "ս": "u", "ք": "p", "զ": "q", "Ս": "U", "Օ": "O", "Լ": "L", "Տ": "S",
    "Ꭺ": "A", "Ᏼ": "B", "Ꮯ": "C", "Ꭰ": "D", "Ꭼ": "E", "Ꮐ": "G", "Ꮋ": "H", "Ꭻ": "J", "Ꮶ": "K", "Ꮮ": "L", "Ꮇ": "M", "Ꮲ": "P", "Ꭱ": "R", "Ꮪ": "S", "Ꭲ": "T", "Ꮩ": "V", "Ꮃ": "W", "Ꮓ": "Z", "Ꮞ": "4",
    "ꓮ": "A", "ꓐ": "B", "ꓚ": "C", "ꓓ": "D", "ꓰ": "E", "ꓝ": "F", "ꓖ": "G", "ꓧ": "H", "ꓲ": "I", "ꓙ": "J", "ꓗ": "K", "ꓡ": "L", "ꓟ": "M", "ꓠ": "N", "ꓳ": "O", "ꓑ": "P", "ꓣ": "R", "ꓢ": "S", "ꓔ": "T", "ꓴ": "U", "ꓦ": "V", "ꓪ": "W", "ꓫ": "X", "ꓬ": "Y", "ꓜ": "Z",
    "ⲟ": "o", "ⲣ": "p", "ⲥ": "c", "Ⲟ": "O", "Ⲣ": "P", "Ⲥ": "C", "Ⲁ": "A", "ⲁ": "a",
    # Latin beyond ASCII: small capitals, IPA, strokes and hooks
    "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ʟ": "l", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ꞯ": "q", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z",
    "ɑ": "a", "ɡ": "g", "ı": "i", "ȷ": "j", "ɩ": "i", "ʋ": "u", "ƅ": "b", "ƽ": "s", "Ʒ": "3", "Ȝ": "3", "Ƨ": "2", "ƨ": "2", "Ȣ": "8", "ȣ": "8", "ǀ": "l", "ꞎ": "l", "ɯ": "w", "ᗅ": "A", "ᗷ": "B", "ᑕ": "C", "ᗞ": "D", "ᗴ": "E", "ᖴ": "F", "Ꮍ": "Y", "ᑭ": "P", "ᔕ": "S", "ᑌ": "U", "ᐯ": "V", "᙭": "X", "ߊ": "l",
}  # fmt: skip
TABLE = str.maketrans(_ALIKE)
ALIKE = frozenset(_ALIKE)

_CLASS = "".join(sorted(ALIKE))
_BESIDE = r"0-9A-Za-z@._\-/+="
_BESIDE_OURS = re.compile(f"[0-9A-Za-z@][{_CLASS}]|[{_CLASS}][0-9A-Za-z@]")
_MIXED = re.compile(f"(?<![{_BESIDE}])[{_BESIDE}]*+[{_CLASS}][{_BESIDE}{_CLASS}]*")
_ASCII_LETTER = re.compile("[0-9A-Za-z@]")
_OTHERS = (
    char
    for span in ((0x370, 0x530), (0x531, 0x588), (0x13A0, 0x1400))
    for char in map(chr, range(*span))
)
_FOREIGN = re.compile(
    "[" + "".join(char for char in _OTHERS if char.isalpha() and char not in ALIKE) + "]"
)
RAISED = frozenset("\u00b9\u00b2\u00b3")
COUNTING = frozenset("〇零一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖")
SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_RAISED = re.compile("[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")
_RAISED_AMONG = re.compile(
    "[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{2}|(?<=[0-9A-Za-z])[\u00b9\u00b2\u00b3](?=[0-9A-Za-z])"
)
_COUNTED = re.compile("[〇零一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖]{4,}")
_COUNTS = str.maketrans("〇零一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖", "00123456789122334566789")
_CHOSEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")


def find_lookalikes(text: str) -> Iterator[Piece]:
    """Words in two scripts; every word, where the text has no letter of the other but these."""
    is_foreign = _FOREIGN.search(text) is not None
    if is_foreign and _BESIDE_OURS.search(text) is None:
        return
    for match in _MIXED.finditer(text):
        if not is_foreign or _ASCII_LETTER.search(match[0]):
            said = match[0].translate(TABLE)
            yield Piece(*match.span(), said, range(match.start(), match.end() + 1))


def find_raised(text: str) -> Iterator[Piece]:
    """Digits above the line, of which Latin-1 has three: more than one is no exponent's."""
    if _RAISED_AMONG.search(text) is None:
        return
    for match in _RAISED.finditer(text):
        said = unicodedata.normalize("NFKC", match[0])
        yield Piece(*match.span(), said, range(match.start(), match.end() + 1))


def find_counted(text: str) -> Iterator[Piece]:
    """Digits of Chinese and Japanese, one after the other."""
    for match in _COUNTED.finditer(text):
        said = match[0].translate(_COUNTS)
        yield Piece(*match.span(), said, range(match.start(), match.end() + 1))


def find_chosen(text: str) -> Iterator[Piece]:
    """Bytes in variation selectors, 256 of them, behind a character that shows nothing."""
    for match in _CHOSEN.finditer(text):
        raw = bytes(_selected(ord(char)) for char in match[0])
        yield Piece(*match.span(), raw.decode("utf-8", "replace"))


def _selected(point: int) -> int:
    return point - 0xFE00 if point < 0xE0100 else point - 0xE0100 + 16
