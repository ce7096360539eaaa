"""Classes of words that stand beside a name."""

from curtilage.detect.tagger.vocabulary import CLASSES


def test_a_word_may_be_in_two_classes() -> None:
    assert CLASSES["frau"] == "title+kin"


def test_words_are_in_lower_case_and_alone() -> None:
    assert all(word == word.lower() and " " not in word for word in CLASSES)
