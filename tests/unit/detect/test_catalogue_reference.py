"""The reference page says what is declared."""

from tools.detectors import PAGE, render


def test_the_page_of_detectors_is_not_out_of_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run make generate"
