"""Members of zip archives are read like files; what cannot be is told, and the rest goes on."""

import io
import stat
import struct
import zipfile

import pytest

from curtilage.survey.models import Skipped
from curtilage.survey.readers.zip import measure_directory
from curtilage.survey.sources import Limits
from tests.unit.survey.readers.unpacking import a_zip, items, notes, problems, texts

LETTERS = {"letters/1.txt": b"write to ada", "data.json": b'{"a": "b\\u0063"}', "a.o": bytes(99)}


@pytest.mark.parametrize(
    "packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_members_go_to_the_reader_of_their_kind(packing: int) -> None:
    given = items("any.name", a_zip(LETTERS, packing))
    assert texts(given) == {
        ("member letters/1.txt",): "write to ada",
        ("member data.json",): '{"a": "bc"}',
    }
    assert not problems(given) and Skipped() not in given


def test_archives_in_archives_are_read_to_a_depth() -> None:
    raw = a_zip({"deep.txt": b"ada"})
    for level in range(3):
        raw = a_zip({f"{level}.zip": raw})
    within = ("member 2.zip", "member 1.zip", "member 0.zip", "member deep.txt")
    assert texts(items("a.zip", raw)) == {within: "ada"}
    given = items("a.zip", a_zip({"x.zip": raw, "b.txt": b"bob"}))
    (told,) = problems(given)
    assert "deeper" in told.why and told.within == ("member x.zip", *within)
    assert texts(given) == {("member b.txt",): "bob"}


def test_encrypted_members_are_told_and_the_rest_is_read() -> None:
    raw = bytearray(a_zip(LETTERS))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + flags] |= 1
    given = items("a.zip", bytes(raw))
    (told,) = problems(given)
    assert "1 of its members are encrypted" in told.why and "letters/1.txt" in told.why
    assert list(texts(given)) == [("member data.json",)]


def test_a_bomb_ends_where_the_limits_are() -> None:
    raw = a_zip({"bomb.txt": bytes([32]) * 30_000_000, "b.txt": b"bob"})
    given = items("a.zip", raw)
    (told,) = problems(given)
    assert told.within == ("member bomb.txt",) and "200 times" in told.why
    assert len(texts(given)["member bomb.txt",]) == 200 * 64 * 1024
    assert texts(given)["member b.txt",] == "bob"


def test_all_that_comes_out_counts_together() -> None:
    inner = a_zip({f"{number}.txt": b"x" * 600 for number in range(3)}, zipfile.ZIP_STORED)
    raw = a_zip({"a.zip": inner, "b.zip": inner})
    given = items("a.zip", raw, Limits(unfolded=len(inner) + 1300))
    (told,) = problems(given)
    assert told.within == ("member a.zip", "member 2.txt") and "bytes come out" in told.why
    assert sum(map(len, texts(given).values())) == 1300


def test_so_many_members_are_read_and_no_more() -> None:
    raw = a_zip({f"{number}.txt": b"x" for number in range(9)})
    given = items("a.zip", raw, Limits(members=5))
    assert len(texts(given)) == 5 and "more than 5 members" in problems(given)[0].why


def test_a_broken_member_is_told_and_the_rest_is_read() -> None:
    raw = bytearray(a_zip(LETTERS, zipfile.ZIP_STORED))
    raw[raw.find(b"write")] ^= 1
    given = items("a.zip", bytes(raw))
    assert [told.within for told in problems(given)] == [("member letters/1.txt",)]
    assert texts(given)["member data.json",] == '{"a": "bc"}'


@pytest.mark.parametrize("cut", [30, 200])
def test_a_cut_archive_is_told(cut: int) -> None:
    (told,) = items("a.zip", a_zip(LETTERS)[:cut])
    assert "broken or cut off" in told.why  # type: ignore[union-attr]


def test_a_directory_that_claims_too_much_is_not_read() -> None:
    raw = bytearray(a_zip(LETTERS) + bytes(17 * 1024 * 1024))
    end = raw.rfind(b"PK\x05\x06")
    struct.pack_into("<L", raw, end + 12, 17 * 1024 * 1024)
    moved = bytes(raw[:end]) + bytes(17 * 1024 * 1024) + bytes(raw[end : end + 22])
    assert measure_directory(io.BytesIO(moved)) == 17 * 1024 * 1024
    assert "directory is longer" in problems(items("a.zip", moved))[0].why


def test_links_are_not_followed_and_names_that_lead_out_are_told() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../evil.txt", "ada")
        archive.writestr("C:\\evil.txt", "bob")
    given = items("a.zip", made.getvalue())
    assert [note.what.split(":")[0] for note in notes(given)] == [
        "1 of its members are links",
        "Its name leads out of the archive, as 2 of all do",
    ]
    assert notes(given)[1].within == ("../../evil.txt",)
    assert list(texts(given).values()) == ["ada", "bob"]
