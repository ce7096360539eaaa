"""Pictures: what they say of themselves, and their text where Tesseract is installed.

EXIF, GPS, XMP, IPTC's words and texts of PNG are read with the library of the extra
`files`. Tesseract is a program of its own: it gets a picture that was decoded here,
bounded in size and time, and is looked for where programs are.
"""

import io
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Fixed, Item, Note, Part, Problem, Skipped, Spot
from curtilage.survey.reading import Reader, read_within
from curtilage.survey.sources import Source, open_seekable

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP")
MOST_PIXELS = 64_000_000  # of a picture whose text is read
MOST_BYTES = 128 * 1024 * 1024  # of a file
MOST_TEXT = 1024 * 1024  # characters of a text beside the picture
EXIF, GPS = 0x8769, 0x8825  # directories in EXIF
XP = range(0x9C9B, 0x9CA0)  # titles, remarks, authors as Windows writes them, in UTF-16
ABSENT = "The picture was not read: install the extra `files` (`pip install 'curtilage[files]'`)."
WHOLE = "See that other programs open it, or leave it out."
NAMES = ("comment", "Comment", "Description", "Author", "Title", "Copyright")


def read_picture(source: Source) -> Iterator[Item]:
    pillow = _library()
    within = source.within
    if pillow is None:
        yield Note(ABSENT, within)
        yield Skipped()
        return
    with open_seekable(source) as opened:
        raw = opened.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Unreadable(f"It is longer than {MOST_BYTES:,} bytes.", hint="Leave it out.")
    try:
        picture = pillow.open(io.BytesIO(raw), formats=FORMATS)
    except Exception as problem:  # noqa: BLE001  # the library raises anything on hostile files
        raise Unreadable(f"The picture is broken ({type(problem).__name__}).", hint=WHOLE) from None
    with picture:
        try:
            told = list(_told(picture))
        except Exception as problem:  # noqa: BLE001
            told = []
            yield Problem(
                f"What the picture says of itself is broken ({type(problem).__name__}).",
                WHOLE,
                within,
            )
        if told:
            text = "\n".join(told)
            yield Part(text, Fixed(Spot(within=(*within, "properties"))))
        yield from _packet(picture, source)
        yield from _seen(picture, source)


def _library() -> Any:
    """The library; None where it is not: folders of source code are full of pictures."""
    try:
        from PIL import Image  # noqa: PLC0415  # an extra
    except ImportError:
        return None
    return Image


def _told(picture: Any) -> Iterator[str]:
    """What the picture says of itself, a line for each."""
    from PIL import ExifTags  # noqa: PLC0415

    exif = picture.getexif()
    for tag, value in [*exif.items(), *exif.get_ifd(EXIF).items()]:
        text = _plain(value, wide=tag in XP)
        if text:
            yield f"{ExifTags.TAGS.get(tag, tag)}: {text}"
    if position := find_position(exif.get_ifd(GPS)):
        yield f"GPS position: {position}"
    texts = getattr(picture, "text", None) or {}
    for name, value in texts.items():
        if not str(name).startswith("XML:"):
            yield f"{name}: {str(value)[:MOST_TEXT]}"
    for name in NAMES:
        if name in picture.info and name not in texts:
            yield f"{name}: {_plain(picture.info[name])}"


def _plain(value: object, *, wide: bool = False) -> str:
    """A value of EXIF that is a text; numbers of cameras say nothing of people."""
    if isinstance(value, bytes):
        if wide:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        for mark in (b"ASCII\0\0\0", b"UNICODE\0"):
            value = value.removeprefix(mark)
        value = value.decode("utf-8", "replace")
        return value.strip("\0 ")[:MOST_TEXT] if value.isprintable() else ""
    return value.strip("\0 ")[:MOST_TEXT] if isinstance(value, str) else ""


def find_position(gps: Any) -> str:
    """Latitude and longitude in degrees, if they are there."""
    try:
        found = [
            (1 if gps.get(name, "N") in {"N", "E"} else -1)
            * sum(float(part) / 60**power for power, part in enumerate(gps[value]))
            for name, value in ((1, 2), (3, 4))
        ]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return ""
    return f"{found[0]:.6f}, {found[1]:.6f}"


def _packet(picture: Any, source: Source) -> Iterator[Item]:
    """XMP is XML: who made the picture, and of whom."""
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if packet:
        content = packet if isinstance(packet, bytes) else str(packet).encode("utf-8", "replace")
        yield from read_within(source.inner("XMP", "a.xml", content))


def _seen(picture: Any, source: Source) -> Iterator[Item]:
    """The text that is to be seen in the picture."""
    within = (*source.within, "text in the picture")
    program = shutil.which("tesseract")
    if program is None:
        yield Note(
            "Text in the picture was not read: Tesseract is not installed "
            "(Debian: `apt install tesseract-ocr`).",
            source.within,
        )
        return
    if picture.width * picture.height > MOST_PIXELS:
        yield Problem(
            f"It has more than {MOST_PIXELS:,} pixels: text in it was not read.",
            "Scan a smaller copy.",
            within,
        )
        return
    try:
        given = io.BytesIO()
        picture.convert("L").save(given, "PNG")
    except Exception as problem:  # noqa: BLE001  # the library raises anything on hostile files
        yield Problem(f"The picture is broken ({type(problem).__name__}).", WHOLE, within)
        return
    yield from _recognised(program, given.getvalue(), source.limits.seconds, within)


def _recognised(
    program: str, given: bytes, seconds: float, within: tuple[str, ...]
) -> Iterator[Item]:
    try:
        done = subprocess.run(  # noqa: S603  # a fixed program, and a picture that was decoded here
            [program, "stdin", "stdout"],
            input=given,
            capture_output=True,
            timeout=seconds,
            env={"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is None or done.returncode:
        yield Problem(
            "Tesseract did not read the text in the picture.",
            "See that `tesseract` works, or scan a smaller copy.",
            within,
        )
        return
    text = done.stdout[: 4 * MOST_TEXT].decode("utf-8", "replace").strip()
    if text:
        yield Part(text, Fixed(Spot(within=within)))


def _is_picture(head: bytes) -> bool:
    riff = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return riff or head.startswith(
        (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a")
    )


READERS = (
    Reader(
        "picture",
        read_picture,
        frozenset({"jpg", "jpeg", "png", "tif", "tiff", "webp", "gif"}),
        _is_picture,
    ),
)
