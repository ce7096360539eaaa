"""Facts of replies hold the protocols' words, never text."""

from curtilage.gateway.wire.facts import (
    LONGEST_ID,
    MOST_GIVEN,
    Given,
    ReplyStats,
    read_count,
)


def test_only_the_protocols_words_become_finish_reasons() -> None:
    stats = ReplyStats()
    for reason in ("stop", "stop", None, 5, "x" * 41, "zoë"):
        stats.finished(reason)
    assert stats.finish == ["stop", "other"]


def test_a_count_is_a_whole_number_from_nought() -> None:
    said = {"a": 3, "b": -1, "c": True, "d": 1.5, "e": "3"}
    assert [read_count(said, key) for key in "abcdef"] == [3, None, None, None, None, None]
    assert read_count(None, "a") is None


def test_an_id_that_is_given_is_told_once_and_no_more_than_so_many() -> None:
    given = Given()
    for id in ("rs_1", "rs_1", "", None, 5, ["rs_2"], "x" * (LONGEST_ID + 1)):
        given.add(id)
    assert given
    assert given.take() == {"rs_1": True}
    given.add("rs_1")
    given.add("ws_1", is_stored=False)
    assert given.take() == {"ws_1": False}
    assert not given
    for number in range(2 * MOST_GIVEN):
        given.add(f"id_{number}")
    assert len(given.take()) == MOST_GIVEN - 2
