"""A fingerprint knows a finding again, and tells nothing of its value."""

from curtilage.survey.fingerprints import key_id, make_fingerprint
from tests.fakes.detector import MarkDetector


def prints(text: str, path: str = "a.txt", key: bytes = b"") -> list[str]:
    found = MarkDetector().scan(text)
    return [make_fingerprint(path, text, found, number, key=key) for number in range(len(found))]


def test_it_stays_when_the_line_moves() -> None:
    assert prints("mail @ada here") == prints("one\ntwo\nmail @ada here\nthree")


def test_it_depends_on_file_type_and_line() -> None:
    texts = ["mail @ada", "send @ada", "mail #ada"]
    assert len({prints(text)[0] for text in texts} | {prints(texts[0], "b.txt")[0]}) == 4


def test_no_value_is_in_it_not_even_one_beside_it() -> None:
    assert prints("mail @ada or @bob") == prints("mail @eve or @dan")


def test_with_a_key_another_value_is_another() -> None:
    assert prints("mail @ada", key=b"k" * 16) != prints("mail @eve", key=b"k" * 16)
    assert prints("mail @ada", key=b"k" * 16) != prints("mail @ada", key=b"l" * 16)
    assert key_id(b"k" * 16) != key_id(b"l" * 16) and key_id(b"") == ""


def test_a_line_without_end_is_taken_near_the_finding() -> None:
    near = " mail @ada here "
    assert prints("x" * 1000 + near + "y" * 1000) == prints("x" * 900 + near + "y" * 800)
