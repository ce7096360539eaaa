"""What git prints is counted, so that no line of a file passes for something else."""

import pytest

from curtilage.survey.diffs import LARGEST, DiffParser, Fragment, parse_path

HEAD = b"\0abc\0Ada <ada@x.example>\x002026-01-02T03:04:05+00:00\n"
FILE = b"diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n"


def parse(raw: bytes, size: int = 1 << 20) -> list[Fragment]:
    parser = DiffParser()
    pieces: list[bytes] = []
    for line in raw.splitlines(keepends=True):
        pieces += [line[place : place + size] for place in range(0, len(line), size)]
    return [each for piece in pieces for each in parser.feed(piece)] + list(parser.close())


def test_added_lines_have_commit_path_and_line() -> None:
    (fragment,) = parse(
        HEAD + FILE + b"@@ -1 +1,2 @@\n-old\n+new\n+more\n@@ -9,0 +11 @@ def f\n+last\n"
    )
    assert fragment.path == "f" and fragment.text == "new\nmore\nlast\n"
    assert fragment.hunks == ((0, 1), (2, 11))
    assert fragment.commit is not None
    assert (fragment.commit.hash, fragment.commit.date) == ("abc", "2026-01-02")


def test_lines_that_look_like_headers_are_lines() -> None:
    body = b"+++ b/evil\n+diff --git a/x b/x\n+@@ -1 +1 @@\n+\0abc\0x\0y\n---- a/gone\n"
    (fragment,) = parse(HEAD + FILE + b"@@ -5 +1,4 @@\n" + body)
    assert fragment.path == "f"
    assert fragment.text == "++ b/evil\ndiff --git a/x b/x\n@@ -1 +1 @@\n\0abc\0x\0y\n"


def test_a_file_without_a_last_line_feed_is_no_trouble() -> None:
    raw = b"@@ -1 +1 @@\n-old\n\\ No newline at end of file\n+new\n\\ No newline at end of file\n"
    (one, two) = parse(HEAD + FILE + raw + FILE.replace(b"/f", b"/g") + b"@@ -0,0 +1 @@\n+x\n")
    assert (one.text, two.text, two.path) == ("new\n", "x\n", "g")


def test_of_a_merge_only_what_no_parent_had() -> None:
    raw = b"diff --cc f\n--- a/f\n+++ b/f\n@@@ -3,1 -3,1 +3,3 @@@\n- theirs\n -ours\n++evil\n+ left\n +right\n"
    (fragment,) = parse(HEAD + raw)
    assert fragment.text == "evil\n" and fragment.hunks == ((0, 3),)


def test_binary_files_are_counted() -> None:
    parser = DiffParser()
    list(parser.feed(b"Binary files a/x and b/x differ\n"))
    assert parser.binaries == 1


def test_long_lines_come_in_pieces() -> None:
    raw = HEAD + FILE + b"@@ -1 +1,2 @@\n-" + b"o" * 500 + b"\n+" + b"n" * 500 + b"\n+end\n"
    assert [each.text for each in parse(raw, 100)] == ["n" * 500 + "\nend\n"]


def test_a_fragment_that_is_too_large_goes_on_in_the_next() -> None:
    raw = HEAD + FILE + b"@@ -0,0 +1,2 @@\n+" + b"n" * (LARGEST + 5000) + b"\n+end\n"
    first, *others = parse(raw, 1000)
    assert first.text + "".join(each.text for each in others) == "n" * (LARGEST + 5000) + "\nend\n"
    assert others[0].hunks[0] == (0, 1)
    assert others[-1].text.endswith("end\n")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"b/a b.txt\t\n", "a b.txt"),
        (b'"b/\\303\\274 \\"x\\"\\t.txt"\n', 'ü "x"\t.txt'),
        (b"/dev/null\n", "/dev/null"),
        (b'"\n', '"'),
        (b"", ""),
    ],
)
def test_paths_are_unquoted(raw: bytes, expected: str) -> None:
    assert parse_path(raw) == expected


def test_a_merge_that_git_miscounts_hides_nothing_behind_it() -> None:
    """As git 2.39 prints it with `--cc -U0`: one line too few, in 64 bits."""
    merge = b"diff --cc f\n--- a/f\n+++ b/f\n@@@ -1,1 -7,18446744073709551615 +1,1 @@@\n +kept\n- gone\n"
    raw = HEAD + merge + b"\n" + HEAD.replace(b"abc", b"def") + FILE + b"@@ -0,0 +1 @@\n+secret\n"
    (fragment,) = parse(raw)
    assert fragment.commit is not None
    assert (fragment.commit.hash, fragment.path, fragment.text) == ("def", "f", "secret\n")


def test_a_hunk_that_says_too_few_lines_loses_none() -> None:
    (fragment,) = parse(HEAD + FILE + b"@@ -1 +1 @@\n+one\n+two\n@@ -5,0 +9 @@\n+nine\n")
    assert fragment.text == "one\ntwo\nnine\n"
    assert fragment.hunks == ((0, 1), (2, 9))
