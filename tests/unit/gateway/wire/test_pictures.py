"""Pictures without what is beside the picture, by segments and chunks made by hand."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.wire.errors import MalformedMedia
from curtilage.gateway.wire.media import find_kind
from curtilage.gateway.wire.pictures import GIF, JPEG, PNG, WEBP, strip_picture
from tests.fakes.pictures import (
    NOTE,
    a_gif,
    a_jpeg,
    a_png,
    a_webp,
    blocks,
    chunk,
    exif,
    riff,
    segment,
)

XMP = b"http://ns.adobe.com/xap/1.0/\x00<x>" + NOTE
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
CONTROL = b"\x21\xf9\x04\x01\x00\x00\x00\x00"
FRAME = bytes(16) + riff(b"VP8L", b"/\x00") + riff(b"EXIF", NOTE)

LOADED = [
    (JPEG, a_jpeg(segment(0xE1, exif(1)), segment(0xE1, XMP)), a_jpeg()),
    (JPEG, a_jpeg(segment(0xED, b"Photoshop 3.0\x00" + NOTE), segment(0xFE, NOTE)), a_jpeg()),
    (JPEG, a_jpeg(segment(0xE2, b"MPF\x00" + NOTE), after=a_jpeg(segment(0xFE, NOTE))), a_jpeg()),
    (JPEG, a_jpeg(segment(0xE0, b"JFXX\x00\x10" + NOTE)), a_jpeg()),
    (JPEG, a_jpeg(segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01" + NOTE)), a_jpeg(segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"))),
    (PNG, a_png(chunk(b"tEXt", b"Author\x00" + NOTE), chunk(b"eXIf", NOTE)), a_png()),
    (PNG, a_png(chunk(b"iTXt", NOTE), chunk(b"zTXt", NOTE), chunk(b"tIME", bytes(7)), after=NOTE), a_png()),
    (PNG, a_png(chunk(b"gAMA", bytes(4)), chunk(b"prVt", NOTE)), a_png(chunk(b"gAMA", bytes(4)))),
    (WEBP, a_webp(riff(b"EXIF", NOTE), riff(b"XMP ", NOTE), flags=0x2C, after=NOTE), a_webp()),
    (WEBP, a_webp(riff(b"ANMF", FRAME), riff(b"what", NOTE), flags=0x02), a_webp(riff(b"ANMF", FRAME[:-42]), flags=0x02)),
    (GIF, a_gif(LOOP, b"\x21\xfe" + blocks(NOTE), after=NOTE), a_gif(LOOP)),
    (GIF, a_gif(CONTROL, b"\x21\xff\x0bXMP DataXMP" + blocks(NOTE * 9), b"\x21\x01" + blocks(NOTE)), a_gif(CONTROL)),
]  # fmt: skip
BARE = [(JPEG, a_jpeg()), (PNG, a_png()), (WEBP, a_webp()), (GIF, a_gif(CONTROL, LOOP))]


@pytest.mark.parametrize(("kind", "loaded", "bare"), LOADED)
def test_what_is_beside_the_picture_goes_and_the_picture_stays(
    kind: str, loaded: bytes, bare: bytes
) -> None:
    assert find_kind(loaded) == kind
    assert strip_picture(loaded, kind) == bare


@pytest.mark.parametrize(("kind", "bare"), BARE)
def test_a_picture_alone_stays_byte_for_byte(kind: str, bare: bytes) -> None:
    assert strip_picture(bare, kind) == bare


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_way_a_picture_is_turned_is_kept_and_nothing_else(order: str) -> None:
    stripped = strip_picture(a_jpeg(segment(0xE1, exif(6, order)), segment(0xE1, exif(3))), JPEG)
    assert NOTE not in stripped and stripped.count(b"Exif") == 1
    again = strip_picture(stripped, JPEG)
    assert again == stripped
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in stripped


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (JPEG, a_jpeg()[:-2]),
        (JPEG, b"\xff\xd8\xff\xe1\xff\xff"),
        (JPEG, b"\xff\xd8\xff\xe1\x00\x01"),
        (JPEG, b"\xff\xd8\xff\xd0"),
        (JPEG, b"\xff\xd8scan"),
        (PNG, a_png()[:-1]),
        (PNG, a_png().replace(b"IDAT", b"IDAX")),
        (PNG, a_png(chunk(b"WHAT", b""))),
        (PNG, b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"")),
        (WEBP, a_webp()[:-1]),
        (WEBP, b"RIFF\x04\x00\x00\x00WEBP"),
        (WEBP, a_webp(b"EXIF\xff\xff\xff\xff")),
        (GIF, a_gif()[:-1]),
        (GIF, a_gif(b"\x00")),
        (GIF, b"GIF89a"),
    ],
)
def test_what_is_not_understood_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(MalformedMedia):
        strip_picture(data, kind)


@given(
    st.sampled_from([(kind, loaded) for kind, loaded, _ in LOADED]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
)
def test_a_damaged_picture_is_refused_or_comes_out_the_same_twice(
    picture: tuple[str, bytes], changes: list[tuple[int, int]]
) -> None:
    kind, data = picture[0], bytearray(picture[1])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        stripped = strip_picture(bytes(data), kind)
    except MalformedMedia:
        return
    assert len(stripped) <= len(data) + 36  # an Exif that says how it is turned
    assert strip_picture(stripped, kind) == stripped


@given(st.sampled_from([JPEG, PNG, WEBP, GIF]), st.binary(max_size=300))
def test_anything_at_all_is_refused_or_read(kind: str, data: bytes) -> None:
    try:
        strip_picture(data, kind)
    except MalformedMedia:
        return


def test_a_scan_of_fill_bytes_takes_no_time_of_its_square() -> None:
    """Work that grows with the square of 400 kB would outlast the time a test has."""
    scan = b"\xff\xda\x00\x02" + b"\xff" * 400_000 + b"\x00\xff\xd9"
    with suppress(MalformedMedia):
        strip_picture(b"\xff\xd8" + scan, JPEG)


@pytest.mark.parametrize("marker", [0x02, 0xBF, 0xC8, 0xDE, 0xDF, 0xF0, 0xFD])
def test_a_segment_that_draws_nothing_is_refused(marker: int) -> None:
    words = b"Ada Quill, ada.quill@orchard.example"
    segment = bytes((0xFF, marker)) + (len(words) + 2).to_bytes(2, "big") + words
    with pytest.raises(MalformedMedia):
        strip_picture(b"\xff\xd8" + segment + b"\xff\xd9", JPEG)


@pytest.mark.parametrize("name", [b"pHYs", b"IEND", b"gAMA", b"sRGB", b"tRNS"])
def test_a_chunk_holds_no_more_than_it_needs(name: bytes) -> None:
    with pytest.raises(MalformedMedia):
        strip_picture(a_png(chunk(name, b"Ada Quill " * 40)), PNG)
