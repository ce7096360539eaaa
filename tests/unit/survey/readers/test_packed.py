"""What is packed by itself is read as the file that it was."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable

import pytest

from curtilage.survey.models import Skipped
from curtilage.survey.readers.packed import XZ, inner_name
from tests.unit.survey.readers.unpacking import a_zip, items, problems, texts

PACKERS = [gzip.compress, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKERS)
def test_it_is_read_as_what_is_in_it(pack: Callable[[bytes], bytes]) -> None:
    assert texts(items("a.json.any", pack(b'"\\u0041da"'))) == {(): '"Ada"'}
    assert items("a.any", pack(bytes(100) + b"\x7f")) == [Skipped()]
    assert texts(items("a", pack(b"ada ") + pack(b"bob"))) == {(): "ada bob"}
    big = b"a line of text\n" * 400_000
    assert texts(items("a", pack(big))) == {(): big.decode()}


@pytest.mark.parametrize("pack", PACKERS)
def test_what_is_cut_off_is_read_as_far_as_it_goes(pack: Callable[[bytes], bytes]) -> None:
    raw = pack(bytes(range(32, 127)) * 40_000)
    given = items("a", raw[: len(raw) // 2])
    assert "cut off" in problems(given)[0].why


@pytest.mark.parametrize("pack", PACKERS)
def test_bombs_end(pack: Callable[[bytes], bytes]) -> None:
    given = items("a", pack(b" " * 20_000_000))
    assert "200 times" in problems(given)[0].why
    assert len(texts(given)[()]) == 200 * 64 * 1024


def test_a_packed_tar_is_a_tar() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in (("a.txt", b"ada"), ("b.zip", a_zip({"c.txt": b"c" * 9_000_000}))):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    assert {
        within: len(text) for within, text in texts(items("a.tgz", made.getvalue())).items()
    } == {
        ("member a.txt",): 3,
        ("member b.zip", "member c.txt"): 9_000_000,
    }


def test_padding_and_memory_of_xz() -> None:
    raw = lzma.compress(b"ada") + bytes(8) + lzma.compress(b"bob")
    assert XZ(io.BytesIO(raw)).read() == b"adabob"
    greedy = lzma.compress(b"ada", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}])
    with pytest.raises(lzma.LZMAError):
        XZ(io.BytesIO(greedy)).read()


@pytest.mark.parametrize(
    ("name", "inner"),
    [("a.log.gz", "a.log"), ("a.tgz", "a.tar"), ("a.TXZ", "a.tar"), ("a", "a"), ("", "")],
)
def test_the_name_within(name: str, inner: str) -> None:
    assert inner_name(name) == inner


@pytest.mark.parametrize("mark", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd"])
def test_other_packers_are_told(mark: bytes) -> None:
    assert "is not read here" in problems(items("a", mark + bytes(100)))[0].why
