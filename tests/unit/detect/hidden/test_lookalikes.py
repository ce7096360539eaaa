"""Letters that pass for ours, and those that are at home in their word."""

from curtilage.detect.hidden.lookalikes import (
    ALIKE,
    TABLE,
    find_chosen,
    find_counted,
    find_lookalikes,
    find_raised,
)


def test_every_look_alike_stands_for_one_character_of_ascii() -> None:
    assert len(ALIKE) > 200
    assert all(
        isinstance(twin, str) and len(twin) == 1 and twin.isascii() for twin in TABLE.values()
    )
    assert not any(char.isascii() for char in ALIKE)


def test_a_word_in_two_scripts_is_read_as_ours() -> None:
    text = "Это раssроrt, а не слово"
    assert [piece.said for piece in find_lookalikes(text)] == ["passport,"[:-1]]


def test_a_text_with_no_other_letter_of_the_script_is_read_as_ours() -> None:
    assert [piece.said for piece in find_lookalikes("the саr here")] == ["car"]
    assert [piece.said for piece in find_lookalikes("the рауре here")] == ["paype"]


def test_text_of_another_language_is_left_alone() -> None:
    assert list(find_lookalikes("Привет, как дела? Все хорошо.")) == []
    assert list(find_lookalikes("Το κείμενο αυτό")) == []


def test_raised_digits_are_digits_where_there_are_several() -> None:
    assert [piece.said for piece in find_raised("is ⁵³⁶ now")] == ["536"]
    assert list(find_raised("x² + y² in m³")) == []


def test_chinese_digits_in_a_row_are_digits() -> None:
    assert [piece.said for piece in find_counted("四一一一壹")] == ["41111"]
    assert list(find_counted("一 二 三")) == []


def test_bytes_in_variation_selectors_are_text() -> None:
    hidden = "".join(chr(0xE0100 + byte - 16) for byte in b"4111")
    assert [piece.said for piece in find_chosen(f"😀{hidden}")] == ["4111"]
    assert list(find_chosen("❤️ and 👍️")) == []
