"""One page for people, inert whatever the files hold."""

import io
from html.parser import HTMLParser

from curtilage.survey.models import Commit, Note, Problem, Result
from curtilage.survey.reports.page import MOST, PageReport
from curtilage.survey.tallying import Tally
from tests.fakes.found import a_found

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def page(*results: Result, skipped: int = 0) -> str:
    out, tally = io.StringIO(), Tally(skipped=skipped)
    report = PageReport(out, look=":root { --n0: white }")
    for result in results:
        tally.take(result)
        report.take(result)
    report.close(tally)
    return out.getvalue()


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_findings_stand_under_their_file_with_a_sum() -> None:
    text = page(a_found(), a_found(), a_found("b.txt"))
    assert "3 findings" in text and text.count("<h3>") == 2 and "19 characters" in text
    assert Tags(text).open == []
    assert "1 finding in" in page(a_found())


def test_nothing_of_a_file_is_markup() -> None:
    commit = Commit(EVIL, EVIL, EVIL)
    text = page(
        a_found(EVIL, value=EVIL, why=(EVIL,), commit=commit),
        Problem(EVIL, EVIL, (EVIL,), EVIL),
        Note(EVIL, path=EVIL),
    )
    tags = Tags(text)
    assert tags.open == [] and not {"script", "img", "link", "iframe"} & set(tags.names)
    assert "default-src 'none'" in text


def test_what_was_not_examined_comes_first() -> None:
    text = page(Problem("It is not there.", path="b.txt"), a_found())
    assert text.index("Not examined") < text.index("By type")
    assert "Nothing was left out" not in text and "Nothing was left out" in page()


def test_a_page_has_an_end() -> None:
    text = page(*[a_found()] * (MOST + 5))
    assert text.count('class="place"') == MOST and f"The first {MOST:,} of {MOST + 5:,}" in text
