"""`curtilage scan` over archives, e-mail, SQLite and Parquet: where a value is, in every form of report."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.integration.cli.conftest import MAIL, Scan, place_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
ADA, BOB = "ada@orchard.example", "bob@orchard.example"


def a_zip(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def a_tar(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def a_database(path: Path, rows: int = 3) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE people (id INTEGER, email TEXT, note TEXT)")
        connection.executemany(
            "INSERT INTO people VALUES (?, ?, ?)",
            [(number, f"p{number}@orchard.example", "none") for number in range(rows)],
        )
        connection.commit()
    return path.read_bytes()


def a_message() -> bytes:
    message = EmailMessage()
    message["From"], message["Message-ID"] = ADA, "<1>"
    message.set_content(f"Write to\n{BOB}\n")
    message.add_attachment(
        a_zip({"in.csv": f"id,mail\n1,{ADA}\n".encode()}),
        maintype="application", subtype="zip", filename="a.zip",
    )  # fmt: skip
    return message.as_bytes()


def test_every_member_says_where_its_values_are(scan: Scan) -> None:
    text = f"to {ADA}".encode()
    Path("a.zip").write_bytes(
        a_zip({"x/1.txt": text, "2.tar": a_tar({"3.json": b'{"a": ["%s"]}' % ADA.encode()})})
    )
    for name, pack in (
        ("b.tgz", gzip.compress),
        ("c.tar.bz2", bz2.compress),
        ("d.txz", lzma.compress),
    ):
        Path(name).write_bytes(pack(a_tar({"4.txt": text})))
    Path("e.log.gz").write_bytes(gzip.compress(text))
    done = scan(".", "--format", "jsonl")
    assert done.code == 1, done.err
    assert done.places() == {
        ("a.zip", "member x/1.txt"),
        ("a.zip", "member 2.tar", "member 3.json", "/a/0"),
        ("b.tgz", "member 4.txt"),
        ("c.tar.bz2", "member 4.txt"),
        ("d.txz", "member 4.txt"),
        ("e.log.gz",),
    }


def test_mail_says_header_part_and_attachment(scan: Scan) -> None:
    Path("a.eml").write_bytes(a_message())
    Path("b.mbox").write_bytes(
        b"".join(b"From x@y Thu Jan  1 00:00:00 2026\n" + a_message() + b"\n" for _ in range(2))
    )
    done = scan("a.eml", "b.mbox", "--format", "jsonl")
    places = {
        ("headers", "From"),
        ("part 1",),
        ("attachment a.zip", "member in.csv", "row 2", "mail"),
    }
    assert done.code == 1, done.err
    assert done.places() == {("a.eml", *place) for place in places} | {
        ("b.mbox", f"message {number}", *place) for number in (1, 2) for place in places
    }
    lines = [json.loads(line) for line in done.out.splitlines()]
    (body,) = (each for each in lines if each["path"] == "a.eml" and each["within"] == ["part 1"])
    assert (body["line"], body["column"]) == (2, 1)


@pytest.mark.parametrize("form", ["sqlite", "parquet"])
def test_columns_of_tables_are_told(scan: Scan, form: str) -> None:
    if form == "sqlite":
        a_database(Path("people.sqlite"))
        within = ["table people"]
    else:
        arrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        mails = [f"p{number}@orchard.example" for number in range(3)]
        columns = {"id": range(3), "email": mails, "note": ["none"] * 3}
        parquet.write_table(arrow.table(columns), "people.parquet")
        within = ["table"]
    done = scan(f"people.{form}", "--format", "json")
    report = json.loads(done.out)
    assert done.code == 1, done.err
    assert {place_of(each)[1:] for each in report["findings"] if each["type"] == MAIL} == {
        (*within, f"row {number}", "email") for number in (1, 2, 3)
    }
    (column,) = (each for each in report["columns"] if each["type"] == MAIL)
    assert column["within"] == within and column["column"] == 2 and column["share"] == 1.0
    assert column["title_says_so"]
    for form_of_report in ("text", "html", "sarif"):
        said = scan(f"people.{form}", "--format", form_of_report).out
        assert within[0] in said and "row 2" in said and "p1@" not in said


def test_what_cannot_be_read_is_told_and_the_rest_is_scanned(scan: Scan) -> None:
    sealed = bytearray(a_zip({"sealed.txt": b"x", "open.txt": ADA.encode()}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        sealed[sealed.find(mark) + flags] |= 1
    Path("1.zip").write_bytes(sealed)
    Path("2.zip").write_bytes(a_zip({"bomb.txt": b" " * 30_000_000, "open.txt": ADA.encode()}))
    Path("3.zip").write_bytes(a_zip({"open.txt": ADA.encode()})[:-9])
    Path("4.sqlite").write_bytes(a_database(Path("whole"), 3000)[:9000])
    Path("5.parquet").write_bytes(b"PAR1" + bytes(200))
    Path("6.tar.gz").write_bytes(gzip.compress(a_tar({"open.txt": ADA.encode()}))[:-40])
    Path("7.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    Path("8.zip").write_bytes(a_database(Path("whole2")))
    Path("whole").unlink()
    Path("whole2").unlink()
    Path("9.txt").write_text(ADA)
    done = scan(".", "--format", "jsonl")
    assert done.code == 5
    told = {
        line.split(": ")[1].split(" › ")[0].removeprefix("./")
        for line in done.err.splitlines()
        if line.startswith("not examined")
    }
    assert told == {"1.zip", "2.zip", "3.zip", "4.sqlite", "5.parquet", "6.tar.gz", "7.7z"}
    assert {place[0] for place in done.places()} >= {"1.zip", "2.zip", "8.zip", "9.txt"}
    assert ADA not in done.err


def test_a_journal_and_two_processes_give_the_same(scan: Scan) -> None:
    Path("a.zip").write_bytes(
        a_zip({"a.eml": a_message(), "b.sqlite": a_database(Path("b.sqlite"))})
    )
    alone = scan(".", "--format", "jsonl")
    assert sorted(scan(".", "--format", "jsonl", "--jobs", "2").out) == sorted(alone.out)
    first = scan("a.zip", "b.sqlite", "--format", "json", "--resume", "journal")
    again = scan("a.zip", "b.sqlite", "--format", "json", "--resume", "journal")
    assert again.out == first.out and first.code == again.code == 1
    assert len(Path("journal").read_text().splitlines()) > 9


def test_a_big_one_is_read_in_parts(scan: Scan) -> None:
    line = f"{'nothing to see here, ' * 5}\n"
    big = (line * 60_000 + f"{ADA}\n").encode()
    Path("a.tar").write_bytes(a_tar({"big.log": big, "b.db": a_database(Path("b.db"), 20_000)}))
    Path("b.db").unlink()
    done = scan("a.tar", "--format", "jsonl")
    places = done.places()
    assert ("a.tar", "member big.log") in places and len(places) == 20_001
    assert ("a.tar", "member b.db", "table people", "row 20000", "email") in places
