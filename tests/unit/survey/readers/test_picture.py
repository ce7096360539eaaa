"""Pictures: what they say of themselves, and the text in them where a program reads it."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from curtilage.survey.readers.picture import GPS, MOST_PIXELS, find_position
from tests.unit.survey.readers.unpacking import items, notes, problems, texts

XMP = b"<x:xmpmeta xmlns:x='x'><dc:creator xmlns:dc='d'>Cy</dc:creator></x:xmpmeta>"


@pytest.fixture
def without_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def a_jpeg(size: tuple[int, int] = (8, 8)) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = "Ada Byron"
    exif[0x9C9D] = "Zoë\0".encode("utf-16-le")
    exif[0x8769] = {0x9286: b"ASCII\0\0\0at home"}
    exif[GPS] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "W", 4: (13.0, 24.0, 0.0)}
    made = io.BytesIO()
    Image.new("RGB", size).save(made, "JPEG", exif=exif, xmp=XMP, comment=b"a comment")
    return made.getvalue()


@pytest.mark.usefixtures("without_programs")
def test_a_photograph_says_who_took_it_and_where() -> None:
    given = items("a.jpg", a_jpeg())
    told = texts(given)["properties",].splitlines()
    assert {"Artist: Ada Byron", "XPAuthor: Zoë", "UserComment: at home"} <= set(told)
    assert "GPS position: 52.520000, -13.400000" in told
    assert "comment: a comment" in told
    assert "Cy" in texts(given)["XMP",]
    assert [note.what[:34] for note in notes(given)] == ["Text in the picture was not read: "]


@pytest.mark.usefixtures("without_programs")
def test_texts_of_png_are_read() -> None:
    words = PngInfo()
    words.add_text("Author", "Ada")
    words.add_itxt("Note", "über", zip=True)
    made = io.BytesIO()
    Image.new("L", (8, 8)).save(made, "PNG", pnginfo=words)
    assert texts(items("a", made.getvalue()))["properties",] == "Author: Ada\nNote: über"


@pytest.mark.parametrize("gps", [{}, {2: (1, 2, 3)}, {2: ("a",), 4: (1,)}, {2: 5, 4: 6}])
def test_half_a_position_is_none(gps: dict[int, object]) -> None:
    assert find_position(gps) == ""


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff", b"GIF89a\0"])
def test_a_broken_picture_is_told(raw: bytes) -> None:
    assert problems(items("a.png", raw))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_text_in_a_picture_is_read() -> None:
    picture = Image.new("L", (900, 120), 255)
    ImageDraw.Draw(picture).text((20, 30), "write to ada@orchard.example", 0, ImageFont.load_default(48))  # fmt: skip
    made = io.BytesIO()
    picture.save(made, "PNG")
    assert "ada@orchard.example" in texts(items("a.png", made.getvalue()))["text in the picture",]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_a_picture_too_large_to_be_read_is_told() -> None:
    made = io.BytesIO()
    Image.new("1", (MOST_PIXELS // 1000 + 1, 1000)).save(made, "PNG")
    (problem,) = problems(items("a.png", made.getvalue()))
    assert "pixels" in problem.why
