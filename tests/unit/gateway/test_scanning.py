"""What is found in a request."""

from curtilage.gateway.headers import read_headers
from curtilage.gateway.scanning import CLEAN, LABEL, MODEL_NAME, Scanner, count_types
from curtilage.gateway.wire.fields import collect
from curtilage.gateway.wire.openai_chat import CHAT
from tests.fakes.dataplane import KEY, a_snapshot, find_planted

HEADERS = read_headers([(b"authorization", b"Bearer " + KEY.text.encode())])


def test_a_name_is_looked_into_once_and_one_that_holds_something_each_time() -> None:
    seen: list[str] = []
    scanner = Scanner(
        lambda text: (seen.append(text), find_planted(text))[1], rules="r", cache_key=bytes(32)
    )
    for _ in range(2):
        assert not scanner.scan_bare("gpt-4o", HEADERS)
        assert MODEL_NAME in scanner.scan_bare("‹EMAIL_ADDRESS:ada›", HEADERS)
    assert seen.count("gpt-4o") == 1 and len(seen) == 3


def test_names_known_to_hold_nothing_are_bounded() -> None:
    seen: list[str] = []
    scanner = Scanner(lambda text: (seen.append(text), ())[1], rules="r", cache_key=bytes(32))
    for _ in range(2):
        for number in range(CLEAN + 50):
            scanner.scan_bare(f"gpt-{number}", HEADERS)
    assert len(seen) == CLEAN + 2 * 50


def test_types_are_counted_over_all_texts() -> None:
    texts = ["‹EMAIL_ADDRESS:ada› ‹CREDIT_CARD:4111›", "‹EMAIL_ADDRESS:bob›"]
    assert count_types(map(find_planted, texts)) == {"EMAIL_ADDRESS": 2, "CREDIT_CARD": 1}


def test_a_long_label_is_not_read_again_with_each_text_that_it_names() -> None:
    seen: list[str] = []
    scanner = Scanner(lambda text: (seen.append(text), ())[1], rules="r", cache_key=bytes(32))
    label = "so long a name " * 1000
    slots = collect({"messages": [], "metadata": {label: ["ada", "bob", "eve"]}}, CHAT)
    scanner.scan_slots(a_snapshot(), slots)
    assert label in seen
    assert [len(text) for text in seen if text.endswith(("ada", "bob", "eve"))] == [LABEL + 5] * 3
