"""What a survey reads of others: rules, baselines, lines of JSON, differences of git."""

import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing

from curtilage.survey.baseline import parse_baseline
from curtilage.survey.databases.addresses import parse_address
from curtilage.survey.diffs import DiffParser, Fragment, parse_path
from curtilage.survey.encodings import decode_exactly
from curtilage.survey.ignoring import find_verdict, parse_rules
from curtilage.survey.journal import make_record, parse_record
from curtilage.survey.mime import decode_charset, decode_text, decode_transfer, parse_entity
from curtilage.survey.models import Done, Part, Problem, Result
from curtilage.survey.pointers import PointerWalk
from curtilage.survey.readers.tar import parse_extended, parse_header
from curtilage.survey.reading import all_readers, read_items
from curtilage.survey.sources import HEAD, Limits, Source
from curtilage.survey.streams import parse_line
from tests.property.fuzz.target import Target

DIFF = (
    b"\0abc\0A <a@x.example>\x002026-01-02T03:04:05Z\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n"
    b"@@ -1 +1,2 @@\n-old\n+new\n+more\n@@@ -3,1 -3,1 +3,3 @@@\n- a\n -b\n++c\n+ d\n +e\n"
)
JOURNAL = (
    b'["found", "a.csv", [1, 2, 3, 4, ["sheet x"], ["mail", 7, 3]],'
    b' [0, 4, "PERSON", 0.9, "user.name", "tagger"], "aa", ["why"]]'
)
FILES = {
    "a.json": b'{"a": ["\\u00e9 word", {"b": 1}]}\n',
    "a.jsonl": b'{"a": "b"}\n{"c": [1, "\\ud83d\\ude00"]}\n',
    "a.csv": b'id;name\n1;"A ""b"" c"\n2;"two\nlines"\n',
    "a.html": b"<p class='x'>a&amp;b <!-- c --><script>d<e</script><td>f</p>",
    "a.xml": b'<?xml version="1.0"?><a b="&lt;"><![CDATA[<c>]]></a>',
    "a.txt": "mail caf\u00e9 ada@x.example\n".encode("utf-16"),
}
MESSAGE = (
    b"From: =?utf-8?q?J=C3=BC?= <a@x.example>\nContent-Type: multipart/mixed; boundary=b\n\nx\n"
    b"--b\nContent-Type: text/html; charset=latin-1\nContent-Transfer-Encoding: quoted-printable\n"
    b"\n<p>caf=E9</p>\n--b\nContent-Disposition: attachment; filename=a.csv\n"
    b"Content-Transfer-Encoding: base64\n\naWQKMQo=\n--b--\n"
)
FEW = Limits(unfolded=1 << 20, members=50, seconds=5.0)


def survey_targets() -> Iterator[Target]:
    yield Target(
        "baseline",
        (parse_baseline,),
        [b'{"version": 1, "findings": [{"fingerprint": "aa"}]}'],
        lambda raw: parse_baseline(raw, expected_key=""),
    )
    yield Target(
        "rules of what is ignored", (parse_rules,), ["*.log\n!a/b\n**/c[0-9]?/\n\\#d\n"], _ignore
    )
    yield Target("line of texts", (parse_line,), [b'{"id": 1, "text": "a"}'], parse_line)
    yield Target(
        "path of a difference", (parse_path,), [b'"b/\\303\\274 x"\n', b"b/a\t\n"], parse_path
    )
    yield Target("differences", (DiffParser.feed,), [DIFF], _differences)
    yield Target("journal", (parse_record,), [JOURNAL], parse_record, again=_again)
    yield Target("pointers", (PointerWalk.feed,), ['{"a": [1, {"b\\"": "c"}], "d": "e"}'], _walk)
    yield Target("bytes of a text", (decode_exactly,), list(FILES.values()), _exactly)
    for name, content in FILES.items():
        yield Target(f"reader of {name}", (), [content], lambda raw, name=name: _read(name, raw))
    yield from _of_archives()


def _exactly(raw: bytes) -> None:
    text, encoding, mark = decode_exactly(raw)
    assert mark + text.encode(encoding) == raw


def _of_archives() -> Iterator[Target]:
    """What unfolds, and what is taken apart: all of it, and every place in it."""
    yield Target("header of tar", (parse_header,), [_tar()[:512]], parse_header)
    yield Target("names by pax", (parse_extended,), [b"8 a=bcd\n12 path=x/y\n"], parse_extended)
    yield Target("entity of e-mail", (parse_entity,), [MESSAGE], parse_entity)
    yield Target("encoded words", (decode_text,), [b"a =?utf-8?b?w7w=?= =?x?q?=E9?="], decode_text)
    yield Target(
        "transfer encodings",
        (decode_transfer,),
        [b"YWRhIGJvYg==\n", b"caf=C3=A9=\n!"],
        lambda raw: [decode_transfer(raw, kind) for kind in ("base64", "quoted-printable", "x")],
    )
    yield Target(
        "character sets",
        (decode_charset,),
        ["utf-8", "iso-2022-jp", "idna"],
        lambda name: decode_charset(b"caf\xc3\xa9 \x1b$B", name),
    )
    yield Target(
        "address of a database",
        (parse_address,),
        ["postgresql://ada:pw@h.example:5432/crm?sslmode=require", "sqlite:///a%20b.db"],
        parse_address,
    )
    whole = {"a.zip": _zip(), "a.tar": _tar(), "a.gz": gzip.compress(_tar()), "a.eml": MESSAGE}
    whole |= {"a.xz": lzma.compress(_tar()), "a.sqlite": _sqlite(), "a.parquet": _parquet()}
    whole["a.mbox"] = (b"From a Thu Jan  1 00:00:00 2026\n" + MESSAGE + b"\n") * 2
    for name, content in whole.items():
        if content:
            yield Target(
                f"reader of {name}",
                (),
                [content],
                lambda raw, name=name: _read_whole(name, raw),
                cases=60,
            )


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"ada " * 50)
        archive.writestr("b.json", b'{"a": "b"}')
    return made.getvalue()


def _tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("a.txt", "\u00fc.txt"):
            info = tarfile.TarInfo(name)
            info.size = 700
            archive.addfile(info, io.BytesIO(b"ada.bob" * 100))
    return made.getvalue()


def _sqlite() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB)")
        connection.executemany(
            "INSERT INTO t VALUES (?, 'ada', x'00ff')", [(n,) for n in range(99)]
        )
        connection.commit()
        return connection.serialize()


def _parquet() -> bytes:
    try:
        from pyarrow import parquet, table  # noqa: PLC0415 - an extra
    except ImportError:
        return b""
    made = io.BytesIO()
    parquet.write_table(table({"a": ["ada", None], "b": [["x"], []]}), made)
    return made.getvalue()


def _read_whole(name: str, raw: bytes) -> int:
    """All that unfolds; whatever is wrong with it comes out as a problem."""
    source = Source(name, raw[:HEAD], lambda: io.BytesIO(raw), len(raw), limits=FEW)
    count = 0
    for item in read_items(source):
        if isinstance(item, Part) and item.text:
            item.place.spot(0, 1)
            count += 1
        if isinstance(item, Problem):
            assert "gave up" not in item.why, item
    return count


def _again(result: Result) -> bytes:
    """The line of a result; of what is written by `Journal` alone, something that is the same."""
    if isinstance(result, Done):
        kept = [result.path, result.size, result.characters, result.is_skipped, 0, 0]
        return json.dumps(["done", *kept]).encode()
    return json.dumps(make_record(result)).encode()


def _ignore(text: str) -> bool | None:
    return find_verdict("a/b/c1x/d.log", parse_rules(text), is_folder=False)


def _differences(raw: bytes) -> list[Fragment]:
    parser = DiffParser()
    found = [each for line in raw.splitlines(keepends=True) for each in parser.feed(line)]
    return [*found, *parser.close()]


def _walk(text: str) -> object:
    text = text[:500]
    whole, pieces = PointerWalk(), PointerWalk()
    whole.feed(text)
    for char in text:
        pieces.feed(char)
    assert whole.field() == pieces.field()
    return whole.field()


def _read(name: str, raw: bytes) -> int:
    """All of a file, and where some characters of it stand."""
    source = Source(name, raw[:HEAD], lambda: io.BytesIO(raw), len(raw))
    named = (each for each in all_readers() if source.suffix in each.suffixes)
    reader = next(named, next(each for each in all_readers() if each.name == "text"))
    count = 0
    for item in reader.read(source):
        if isinstance(item, Part):
            for start in range(0, len(item.text), 1 + len(item.text) // 20):
                spot = item.place.spot(start, start + 1)
                assert spot.line and spot.column and spot.end_line and spot.line <= spot.end_line
                item.place.lines(start)
                count += 1
    return count
