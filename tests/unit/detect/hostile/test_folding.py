import pytest

from curtilage.detect.hostile.folding import Plainer

PLAINER = Plainer()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ignore", "ignore"),
        ("précédentes", "precedentes"),
        ("Übergehe", "ubergehe"),
        ("wyświetl główny", "wyswietl glowny"),
        ("İGNORE", "ignore"),
        ("iｇnore", "ignore"),
        ("іgnоrе", "ignore"),
        ("привет", "привет"),
        ("ig\u200bnore", "ignore"),
    ],
)
def test_text_is_read_as_cues_are_written(text: str, plain: str) -> None:
    assert PLAINER.plain(text).text == plain


def test_case_is_kept_beside_it() -> None:
    assert PLAINER.plain("DAN dan").cased == "DAN dan"


def test_a_span_leads_back_to_the_original() -> None:
    plain = PLAINER.plain("a\u200b\u200bbc")
    assert plain.span(1, 2) == (3, 4)
    assert plain.span(1, 1) == (1, 1)
