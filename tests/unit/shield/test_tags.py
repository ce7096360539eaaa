"""HTML in a reply: each reading of it is followed, and none is forgotten too early."""

import pytest

from curtilage.shield.tags import SCRIPT, STYLE, TAG


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("<", True),
        ("< ", False),
        ("<>", False),
        ("</", True),
        ("</ ", False),
        ("</1", True),
        ("</1 ", False),
        ("<1", True),
        ("<1>", False),
        ("<a.b", True),
        ("<a ", False),
        ("<a\n", False),
        ("<a/b", True),
        ("<a b ", False),
        ("<a b=", True),
        ("<a b=\n", True),
        ("<a b=\n>c", True),
        ("<a b= c", True),
        ("<a b=c d", True),
        ("<a b=c\r\n d", True),
        ("<a b=c\n\nd", False),
        ("<a b=c\n\nd=e", True),
        ("<a b=>", False),
        ("<a b='\"", True),
        ("<a b='\"'>", False),
        ("<a b='\n'>", True),
        ('<a b="c"\n> d', True),
        ('<a b="c"\n> d>', False),
        ("<a =' x='y'>", False),
        ("</a b", True),
        ("</a>", False),
        ("<!a", True),
        ("<?a>", False),
        ("<a <b c='>' d", True),
    ],
)
def test_a_tag_is_closed_where_a_value_could_stand(text: str, *, closed: bool) -> None:
    assert TAG.run(TAG.start, text).closed is closed


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("<scr", True),
        ("<script>", True),
        ("<script>a</SCRIPT>", False),
        ("<script>a</script\t >", False),
        ("<script>a</script x>", True),
        ("<script>a</style>", True),
        ("<script a='</script>'>", True),
        ("<script a='</script>'></script>", False),
        ("<script>`</script>", True),
        ("<script>a\t</script>", True),
        ("<script>a   </script>", False),
        ("<script>a    </script>", True),
        ("<script>a     b</script>", False),
        ("<script><!--</script>", True),
        ("<!-- a <script></script>", False),
        ("<svg><script></script>", True),
        ("<math> a", False),
        ("<sv", False),
        ("<style>a", False),
        ("<section>a", False),
    ],
)
def test_a_script_is_closed_to_an_end_that_nothing_hides(text: str, *, closed: bool) -> None:
    assert SCRIPT.run(SCRIPT.start, text).closed is closed


def test_a_style_is_told_from_a_script() -> None:
    assert STYLE.run(STYLE.start, "<style>a</script>").closed
    assert not STYLE.run(STYLE.start, "<style>a</style>").closed
    assert not STYLE.run(STYLE.start, "<script>a").closed
