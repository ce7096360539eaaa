"""What a survey reads of others: rules, baselines, lines of JSON, differences of git."""

import io
from collections.abc import Iterator

from curtilage.survey.baseline import parse_baseline
from curtilage.survey.diffs import DiffParser, Fragment, parse_path
from curtilage.survey.ignoring import find_verdict, parse_rules
from curtilage.survey.models import Part
from curtilage.survey.pointers import PointerWalk
from curtilage.survey.reading import all_readers
from curtilage.survey.sources import HEAD, Source
from curtilage.survey.streams import parse_line
from tests.property.fuzz.target import Target

DIFF = (
    b"\0abc\0A <a@x.example>\x002026-01-02T03:04:05Z\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n"
    b"@@ -1 +1,2 @@\n-old\n+new\n+more\n@@@ -3,1 -3,1 +3,3 @@@\n- a\n -b\n++c\n+ d\n +e\n"
)
FILES = {
    "a.json": b'{"a": ["\\u00e9 word", {"b": 1}]}\n',
    "a.jsonl": b'{"a": "b"}\n{"c": [1, "\\ud83d\\ude00"]}\n',
    "a.csv": b'id;name\n1;"A ""b"" c"\n2;"two\nlines"\n',
    "a.html": b"<p class='x'>a&amp;b <!-- c --><script>d<e</script><td>f</p>",
    "a.xml": b'<?xml version="1.0"?><a b="&lt;"><![CDATA[<c>]]></a>',
    "a.txt": "mail caf\u00e9 ada@x.example\n".encode("utf-16"),
}


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
    yield Target("pointers", (PointerWalk.feed,), ['{"a": [1, {"b\\"": "c"}], "d": "e"}'], _walk)
    for name, content in FILES.items():
        yield Target(f"reader of {name}", (), [content], lambda raw, name=name: _read(name, raw))


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
