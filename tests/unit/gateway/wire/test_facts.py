"""Facts of replies hold the protocols' words, never text."""

from curtilage.gateway.wire.facts import ReplyStats, read_count


def test_only_the_protocols_words_become_finish_reasons() -> None:
    stats = ReplyStats()
    for reason in ("stop", "stop", None, 5, "x" * 41, "zoë"):
        stats.finished(reason)
    assert stats.finish == ["stop", "other"]


def test_a_count_is_a_whole_number_from_nought() -> None:
    said = {"a": 3, "b": -1, "c": True, "d": 1.5, "e": "3"}
    assert [read_count(said, key) for key in "abcdef"] == [3, None, None, None, None, None]
    assert read_count(None, "a") is None
