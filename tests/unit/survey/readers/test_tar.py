"""Tar archives of every make, as a stream; broken ones are read as far as they go."""

import io
import tarfile

import pytest

from curtilage.survey.errors import Unreadable
from curtilage.survey.readers.tar import BLOCK, parse_extended, parse_header
from tests.unit.survey.readers.unpacking import items, notes, problems, texts

LONG = "folder/" * 40 + "ü.txt"


def a_tar(form: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for name, content in (("a.txt", b"ada"), (LONG, b"b" * 1000), ("c.json", b'"c\\u0063"')):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo("other")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return made.getvalue()


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_members_are_read_by_name(form: int) -> None:
    given = items("any.name", a_tar(form))
    named = {"a.txt": "ada", LONG[:200] + "…": "b" * 1000, "c.json": '"cc"'}
    assert texts(given) == {(f"member {name}",): text for name, text in named.items()}
    assert not problems(given)
    assert [note.what[:34] for note in notes(given)] == ["3 of its members are links or devi"]


def test_names_of_posix_are_put_together() -> None:
    info = tarfile.TarInfo("a" * 60 + "/" + "b" * 80)
    header = parse_header(info.tobuf(tarfile.USTAR_FORMAT))
    assert header is not None and header.name == info.name


def test_big_sizes_are_binary() -> None:
    info = tarfile.TarInfo("a")
    info.size = 1 << 40
    header = parse_header(info.tobuf(tarfile.GNU_FORMAT))
    assert header is not None and header.size == 1 << 40


@pytest.mark.parametrize("cut", [BLOCK + 2, 2 * BLOCK, 2 * BLOCK + 77, 5 * BLOCK])
def test_what_is_cut_off_is_told(cut: int) -> None:
    given = items("a.tar", a_tar()[:cut])
    assert "cut off" in problems(given)[-1].why
    assert ("ada" in texts(given).values()) == (cut >= 2 * BLOCK)


def test_a_broken_header_ends_it() -> None:
    raw = bytearray(a_tar())
    raw[2 * BLOCK] ^= 255
    given = items("a.tar", bytes(raw))
    assert texts(given) == {("member a.txt",): "ada"} and len(problems(given)) == 1


def test_a_block_that_is_no_header_is_refused() -> None:
    with pytest.raises(Unreadable):  # its bytes with signs add up to nought, like a sum left empty
        parse_header(b"\x01\xff" * 10 + bytes([128, 128]) + bytes(490))
    with pytest.raises(Unreadable):
        parse_header(b"x" * BLOCK)
    assert parse_header(bytes(BLOCK)) is None


@pytest.mark.parametrize(
    "raw", [b"0 a=b\n", b"-5 a=b\n", b"99999999999999999999 a=b\n", b"x", b"6 ab\n", b""]
)
def test_lengths_of_pax_are_not_believed(raw: bytes) -> None:
    assert parse_extended(raw) == {}
    assert parse_extended(b"8 a=bcd\n" + raw) == {"a": "bcd"}
