"""Forms made ready: what each needs, and where those with open ends may begin."""

from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.context import LONGEST, Closeness
from curtilage.detect.models import Edge, Mode
from curtilage.detect.shapes import gather, load_shapes

SHAPES = load_shapes(load_catalogue())


def test_a_word_makes_a_find_surer_and_never_less_sure() -> None:
    for shape in SHAPES:
        none, near, named = (shape.scores[closeness] for closeness in Closeness)
        assert 0 < none <= near <= named <= 1


def test_shapes_are_parted_by_what_they_need() -> None:
    forms = gather(SHAPES)
    assert len(forms.free) + len(forms.named) == len(SHAPES)
    assert all(shape.form.mode is Mode.REQUIRED for shape in forms.named)
    assert set(forms.alone) < set(forms.named)
    assert forms.kinds == {shape.type for shape in forms.named}


def test_forms_with_one_trigger_share_what_finds_their_beginnings() -> None:
    assigned = [shape for shape in SHAPES if shape.type == "SEC_PASSWORD_ASSIGN"][:6]
    assert len({id(shape.starts) for shape in assigned}) == 1
    starts = assigned[0].starts
    assert starts is not None
    text = "my_password=x, pwd: y"
    assert [match.start() for match in starts.finditer(text)] == [3, 15]


def test_only_forms_with_open_ends_are_gone_through_so() -> None:
    assert all(shape.form.edge is Edge.OPEN for shape in SHAPES if shape.starts is not None)


def test_no_value_that_needs_a_word_is_longer_than_words_are_looked_for() -> None:
    for shape in SHAPES:
        if shape.needs_word:
            match = shape.pattern.match("A" * 2 * LONGEST)
            assert match is None or match.end() <= LONGEST
