"""What earlier texts say about later ones, and never the other way."""

from curtilage.core.models import Finding
from curtilage.detect.conversation import Conversation
from tests.unit.detect.engines import fast

ADA = Finding(0, 12, "PERSON", 0.95, "user.name", "tagger.compact")


def _conversation() -> Conversation:
    return Conversation(fast().scan)


def _values(text: str, found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(item.type, text[item.start : item.end]) for item in found}


def test_a_name_is_found_from_there_on() -> None:
    conversation = _conversation()
    conversation.take("Ada Lovelace is ill.", (ADA,))
    text = "Lovelace comes back on Monday."
    assert ("PERSON", "Lovelace") in _values(text, conversation.follow(text, ()))


def test_a_value_that_goes_on_is_found_where_it_ends() -> None:
    conversation = _conversation()
    conversation.take("My card number is 4111 1111", ())
    text = "1111 1111, valid until May."
    found = conversation.follow(text, fast().scan(text))
    assert ("CREDIT_CARD", "1111 1111") in _values(text, found)


def test_a_checked_value_is_no_name_that_was_heard_before() -> None:
    conversation = Conversation(lambda text: (), frozenset({"HAS_CHECK"}))
    conversation.take("Ada Lovelace is ill.", (ADA,))
    checked = Finding(0, 8, "HAS_CHECK", 0.6, "user", "test")
    assert conversation.follow("Lovelace", (checked,)) == (checked,)


def test_of_what_is_not_spoken_no_value_goes_on() -> None:
    conversation = _conversation()
    conversation.take("My card number is 4111 1111", (), spoken=False)
    text = "1111 1111, valid until May."
    assert "CREDIT_CARD" not in {item.type for item in conversation.follow(text, ())}


def test_a_value_that_is_whole_does_not_go_on() -> None:
    conversation = _conversation()
    before = "Write to ada@orchard.example."
    conversation.take(before, fast().scan(before))
    assert not conversation.follow("Write again", ())


def test_what_is_found_does_not_depend_on_how_often_it_was_asked() -> None:
    texts = ["Ada Lovelace pays by card 4111 1111", "1111", "1111", "Lovelace again"]
    once, again = _conversation(), _conversation()
    told = []
    for place, text in enumerate(texts):
        found = (ADA,) if place == 0 else ()
        if place == len(texts) - 1:
            told.append(once.follow(text, found))
        once.take(text, found)
        again.follow(text, found)
        last = again.follow(text, found)
        again.take(text, found)
    assert told == [last]
