"""All tricks, the ones that change characters first."""

import re
from collections.abc import Iterator

from curtilage.detect.hidden import (
    addresses,
    broken,
    encoded,
    joined,
    lookalikes,
    spaced,
    spelled,
    turned,
)
from curtilage.detect.hidden.reading import Piece
from curtilage.detect.hidden.trick import JOINED, Trick

NEAR = 60  # characters, as far as a naming word counts
LONG = 1300  # characters; runs of letters and spoken numbers are long
NAMED = 0.75  # beside a word of its own: rows of numbers pass many a check
BESIDE = 12  # where a name was broken: `passw" + "ord = …`
_LEET = re.compile(r"(?<![0-9A-Za-z])[pP][aA4@][sS5$]{2}[wW][oO0][rR][dD](?![0-9A-Za-z])")


def find_leet(text: str) -> Iterator[Piece]:
    """`p4ssw0rd`, which names what stands behind it."""
    for match in _LEET.finditer(text):
        if not match[0].isalpha():
            yield Piece(*match.span(), "password", range(match.start(), match.end() + 1))


TRICKS = (
    Trick("overridden", turned.find_overridden, letters=frozenset("\u202e"), is_raw=True, reach=NEAR),
    Trick("selectors", lookalikes.find_chosen, letters=lookalikes.SELECTORS, is_raw=True),
    Trick("raised", lookalikes.find_raised, letters=lookalikes.RAISED, is_raw=True),
    Trick("counted", lookalikes.find_counted, letters=lookalikes.COUNTING, is_raw=True),
    Trick("look-alikes", lookalikes.find_lookalikes, letters=lookalikes.ALIKE, reach=NEAR),
    Trick("escapes", encoded.find_escapes, encoded.ESCAPES, after=LONG, nests=True),
    Trick("utf-8", encoded.find_utf8, ("%[CDEcde][0-9A-Fa-f]%[89ABab]",), after=LONG),
    Trick("base64", encoded.find_base64, encoded.BASE64, after=LONG, nests=True),
    Trick("base32", encoded.find_base32, encoded.BASE32, after=LONG, nests=True),
    Trick("hex", encoded.find_hex, (encoded.HEX,), after=LONG, nests=True),
    Trick("quoted-printable", encoded.find_quoted, encoded.QUOTED, after=LONG, nests=True, reach=BESIDE),
    Trick("rot13", turned.find_rot13, turned.ROT13, after=LONG, reach=NEAR),
    Trick("reversed", turned.find_reversed, turned.REVERSED, after=LONG, reach=NEAR),
    Trick("leet", find_leet, ("[pP][aA4@][sS5$][sS5$][wW][oO0][rR][dD]",), reach=NEAR),
    Trick("address", addresses.find_addresses, addresses.ADDRESSES),
    Trick("defanged", addresses.find_defanged, addresses.DEFANGED),
    Trick("spelled", spelled.find_spelled, spelled.SPELLED, after=LONG, least=JOINED),
    Trick("spelled, digits alone", spelled.find_bare, spelled.SPELLED, after=LONG, least=JOINED),
    Trick("singles", spaced.find_singles, spaced.SINGLES, after=LONG, least=JOINED),
    Trick("apart", spaced.find_apart, spaced.SINGLES, after=LONG, least=JOINED),
    Trick("groups", spaced.find_groups, spaced.GROUPS, is_named=True, least=JOINED),
    Trick("loose", spaced.find_groups, spaced.GROUPS, again=spaced.close_up, is_named=True, least=JOINED),
    Trick("lines", broken.find_breaks, broken.LINES, again=broken.join_lines, is_named=True, is_guess=True, least=JOINED),
    Trick("hyphenated", broken.find_breaks, broken.LINES, again=broken.join_hyphenated, is_named=True, is_guess=True, least=JOINED),
    Trick("lines apart", broken.find_breaks, broken.LINES, again=broken.fill_lines, is_named=True, is_guess=True, least=JOINED),
    Trick("broken", broken.find_broken, broken.BROKEN, is_guess=True, least=JOINED),
    Trick("broken, hyphenated", broken.find_broken_hyphenated, broken.BROKEN, least=JOINED),
    Trick("broken password", broken.find_passwords, broken.PASSWORDS, least=JOINED, reach=BESIDE),
    Trick("cells", joined.find_cells, joined.CELLS, is_named=True, is_guess=True, least=NAMED),
    Trick("cells apart", joined.find_cells, joined.CELLS, again=joined.fill, is_named=True, is_guess=True, least=NAMED),
    Trick("settings", joined.find_settings, joined.SETTINGS, is_named=True, is_guess=True, least=NAMED),
    Trick("settings apart", joined.find_settings, joined.SETTINGS, again=joined.fill, is_named=True, is_guess=True, least=NAMED),
    Trick("fields", joined.find_fields, joined.FIELDS, is_guess=True, least=JOINED, reach=BESIDE),
    Trick("fields apart", joined.find_fields, joined.FIELDS, again=joined.fill_numbers, is_guess=True, least=JOINED, reach=BESIDE),
    Trick("literals", joined.find_literals, joined.LITERALS, least=JOINED, reach=BESIDE),
    Trick("frames", joined.find_frames, joined.FRAMES, after=LONG, least=JOINED, reach=BESIDE),
)  # fmt: skip
