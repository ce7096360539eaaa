"""All tricks, the ones that change characters first."""

import re
from collections.abc import Iterator

from curtilage.detect.hidden import (
    addresses,
    broken,
    encoded,
    lookalikes,
    spaced,
    spelled,
    turned,
)
from curtilage.detect.hidden.reading import Piece
from curtilage.detect.hidden.trick import JOINED, Trick

NEAR = 60  # characters, as far as a naming word counts
BESIDE = 12  # where a name was broken: `passw" + "ord = …`
_LEET = re.compile(r"(?<![0-9A-Za-z])[pP][aA4@][sS5$]{2}[wW][oO0][rR][dD](?![0-9A-Za-z])")


def find_leet(text: str) -> Iterator[Piece]:
    """`p4ssw0rd`, which names what stands behind it."""
    for match in _LEET.finditer(text):
        if not match[0].isalpha():
            yield Piece(*match.span(), "password", range(match.start(), match.end() + 1))


TRICKS = (
    Trick("overridden", turned.find_overridden, is_raw=True, reach=NEAR),
    Trick("selectors", lookalikes.find_chosen, is_raw=True),
    Trick("raised", lookalikes.find_raised, is_raw=True),
    Trick("counted", lookalikes.find_counted, is_raw=True),
    Trick("look-alikes", lookalikes.find_lookalikes, reach=NEAR),
    Trick("escapes", encoded.find_escapes, nests=True),
    Trick("utf-8", encoded.find_utf8, ("%[CDEcde][0-9A-Fa-f]%[89ABab]",)),
    Trick("base64", encoded.find_base64, encoded.BASE64, nests=True),
    Trick("base32", encoded.find_base32, encoded.BASE32, nests=True),
    Trick("hex", encoded.find_hex, (encoded.HEX,), nests=True),
    Trick("quoted-printable", encoded.find_quoted, encoded.QUOTED, nests=True, reach=BESIDE),
    Trick("rot13", turned.find_rot13, turned.ROT13, reach=NEAR),
    Trick("reversed", turned.find_reversed, turned.REVERSED, reach=NEAR),
    Trick("leet", find_leet, ("[pP][aA4@][sS5$][sS5$][wW][oO0][rR][dD]",), reach=NEAR),
    Trick("address", addresses.find_addresses, addresses.ADDRESSES),
    Trick("defanged", addresses.find_defanged, addresses.DEFANGED),
    Trick("spelled", spelled.find_spelled, spelled.SPELLED, least=JOINED),
    Trick("spelled, digits alone", spelled.find_bare, spelled.SPELLED, least=JOINED),
    Trick("singles", spaced.find_singles, spaced.SINGLES, least=JOINED),
    Trick("apart", spaced.find_apart, spaced.SINGLES, least=JOINED),
    Trick("groups", spaced.find_groups, spaced.GROUPS, spaced.NAMED, least=JOINED),
    Trick("loose", spaced.find_loose, spaced.GROUPS, spaced.NAMED, least=JOINED),
    Trick("lines", broken.find_lines, broken.LINES, least=JOINED),
    Trick("hyphenated", broken.find_hyphenated, broken.LINES, least=JOINED),
    Trick("lines apart", broken.find_lines_apart, broken.LINES, least=JOINED),
    Trick("cells", broken.find_cells, broken.CELLS, spaced.NAMED, least=JOINED),
    Trick("cells apart", broken.find_cells_apart, broken.CELLS, spaced.NAMED, least=JOINED),
    Trick("fields", broken.find_fields, broken.FIELDS, least=JOINED, reach=BESIDE),
    Trick("literals", broken.find_literals, broken.LITERALS, least=JOINED, reach=BESIDE),
    Trick("frames", broken.find_frames, broken.FRAMES, least=JOINED, reach=BESIDE),
)
