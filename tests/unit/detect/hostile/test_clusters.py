from curtilage.detect.hostile.clusters import (
    GAP,
    LONGEST,
    Weighed,
    clusters,
    payload_end,
    sentence_start,
)
from curtilage.detect.hostile.cues import Hit
from curtilage.detect.hostile.models import Kind

TEXT = "One. Two three. Four five.\n\nSix." + " seven" * 3000


def weighed(start: int, name: str, weight: float, kind: Kind = Kind.INJECTION) -> Weighed:
    return Weighed(Hit(start, start + 3, kind, name, weight, weight), 1.0, weight)


def test_cues_of_one_name_count_once() -> None:
    (once,) = clusters(TEXT, [weighed(5, "a", 0.5)])
    (twice,) = clusters(TEXT, [weighed(5, "a", 0.5), weighed(9, "a", 0.5)])
    (other,) = clusters(TEXT, [weighed(5, "a", 0.5), weighed(9, "b", 0.5)])
    assert once.doubt == twice.doubt == 0.5
    assert other.doubt == 0.25
    assert (once.voices, other.voices) == (1, 2)


def test_a_cluster_is_of_the_kind_that_speaks_louder() -> None:
    both = [weighed(5, "a", 0.2), weighed(9, "b", 0.6, Kind.JAILBREAK)]
    (cluster,) = clusters(TEXT, both)
    assert (cluster.kind, cluster.name) == (Kind.JAILBREAK, "b")


def test_what_is_far_is_another_cluster() -> None:
    assert len(list(clusters(TEXT, [weighed(5, "a", 0.5), weighed(5 + GAP, "b", 0.5)]))) == 1
    assert len(list(clusters(TEXT, [weighed(5, "a", 0.5), weighed(10 + GAP, "b", 0.5)]))) == 2


def test_a_cluster_has_an_end() -> None:
    chain = [weighed(place, "a", 0.5) for place in range(0, 3 * LONGEST, 100)]
    assert len(list(clusters(TEXT, chain))) == 3


def test_a_slight_cue_does_not_stretch_a_finding() -> None:
    (cluster,) = clusters(TEXT, [weighed(0, "a", 0.01), weighed(17, "b", 0.5)])
    assert TEXT[cluster.start : cluster.end].strip() == "Four five."


def test_a_sentence_begins_after_the_last_one() -> None:
    assert TEXT[sentence_start(TEXT, 9) :].startswith(" Two")
    assert sentence_start("a" * 500, 400) == 200


def test_a_payload_ends_with_its_paragraph_or_a_sentence() -> None:
    assert TEXT[: payload_end(TEXT, 9)].endswith("Four five.")
    long = "a" * 700 + ". b"
    assert payload_end(long, 0) == 700
    assert payload_end("no end", 2) == 6
