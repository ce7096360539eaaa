"""What is known of words, kept as hashes."""

import pytest

from curtilage.detect.tagger.lexicon import NO_CLUSTERS, NO_FACTS, pack_lexicon, unpack_lexicon

FACTS = {"anna": (3, 0, 0, 0, 0, 1, 2, 3, 4, 600), "berlin": (0, 1, 3, 0, 0, 0, 0, 0, 0, 0)}
CLUSTERS = {"Anna": (502, 65_000, 1)}


def test_a_lexicon_knows_what_was_put_into_it() -> None:
    lexicon = unpack_lexicon(pack_lexicon(FACTS, CLUSTERS))
    assert lexicon.facts("anna") == FACTS["anna"]
    assert lexicon.facts("berlin") == FACTS["berlin"]
    assert lexicon.clusters("Anna") == CLUSTERS["Anna"]
    assert lexicon.size == (2, 1)


def test_a_word_that_it_does_not_know_has_no_facts() -> None:
    lexicon = unpack_lexicon(pack_lexicon(FACTS, CLUSTERS))
    assert lexicon.facts("zebra") == NO_FACTS
    assert lexicon.clusters("anna") == NO_CLUSTERS


def test_an_empty_lexicon_can_be_asked() -> None:
    assert unpack_lexicon(pack_lexicon({}, {})).facts("anna") == NO_FACTS


def test_the_same_words_give_the_same_bytes_in_any_order() -> None:
    turned = dict(reversed(FACTS.items()))
    assert pack_lexicon(turned, CLUSTERS) == pack_lexicon(FACTS, CLUSTERS)


def test_another_file_is_no_lexicon() -> None:
    with pytest.raises(ValueError, match="version 1"):
        unpack_lexicon(b"PK\x03\x04")
