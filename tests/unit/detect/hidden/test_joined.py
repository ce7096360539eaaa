"""Parts of values in cells, fields, literals and frames."""

import pytest

from curtilage.detect.hidden.joined import (
    fill,
    fill_numbers,
    find_cells,
    find_fields,
    find_frames,
    find_literals,
    find_settings,
)
from curtilage.detect.hidden.reading import read
from curtilage.detect.hidden.trick import Again, Find


def _said(text: str, find: Find, again: Again | None = None) -> str | None:
    pieces = find(text) if again is None else again(text, find(text))
    reading = read(text, pieces, name="", least=0, reach=0, back=lambda start, end: (start, end))
    return reading.text if reading else None


@pytest.mark.parametrize(
    ("find", "text", "said"),
    [
        (find_cells, "| card | 4111 | 1111 |", "| card | 41111111 |"),
        (find_cells, "card;4111;1111", "card;41111111"),
        (find_cells, "card <td>4111</td><td>1111</td>", "card <td>41111111</td>"),
        (find_settings, "card_a = 4111\ncard_b = 1111", "card_a = 41111111"),
        (find_fields, '{"a": "4111", "b": "1111"}', '{"a": "41111111"}'),
        (find_literals, '"4111" + "1111"', '"41111111"'),
        (find_literals, "'4111'\n  '1111'", "'41111111'"),
        (find_literals, '"".join(["4111", "1111"])', '"".join(["41111111"])'),
        (find_literals, 'x = "4111"\nx += "1111"', 'x = "41111111"'),
        (find_literals, 's.append("4111").append("1111")', 's.append("41111111")'),
        (find_frames, '{"text":"4111"}\n{"text":"1111"}', '{"text":"41111111"}'),
    ],
)
def test_parts_are_put_together(find: Find, text: str, said: str) -> None:
    assert _said(text, find) == said


@pytest.mark.parametrize(
    ("find", "again", "text", "said"),
    [
        (find_cells, fill, "card\t4111\t1111", "card\t4111 1111"),
        (find_settings, fill, '{"card": 4111, "rest": 1111}', '{"card": 4111 1111}'),
        (find_fields, fill_numbers, '["4111", "1111"]', '["4111 1111"]'),
        (find_fields, fill_numbers, '{"name": "a@b", "city": "c@d"}', None),
    ],
)
def test_a_break_is_filled_with_what_parts_the_other_groups(
    find: Find, again: Again, text: str, said: str | None
) -> None:
    assert _said(text, find, again) == said


@pytest.mark.parametrize(
    "text",
    [
        '{"at": "2026-03-01T00:00:00.463Z", "level": "info", "path": "index2"}',
        '{"trace": "9f8558a5286188679f8558a528618867", "span": "9fbfcb0ae717a666"}',
        '{"begun": "2026-03-01T00:00:00Z", "job": "8f14e45f-ceea-467f-a8d5-3a2b1c4d5e6f"}',
    ],
)
def test_fields_of_a_line_of_a_log_are_whole(text: str) -> None:
    assert _said(text, find_fields) is None


def test_fields_with_digits_on_both_sides_may_belong_together() -> None:
    said = '{"a": "GB29 NWBK6016 1331", "b": "info"}'
    assert _said('{"a": "GB29 NWBK", "x": "6016 1331", "b": "info"}', find_fields) == said


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (find_cells, "| 2024 | 1200 |"),
        (find_cells, "card, " + ", ".join(["1111"] * 30)),
        (find_settings, "width = 640\nheight = 480"),
        (find_fields, '{"name": "Ada", "city": "Bern"}'),
        (find_literals, 'print("4111", "1111")'),
        (find_literals, '"first" + "_" + "last"'),
        (find_frames, '{"text":"4111"}'),
    ],
)
def test_what_stands_beside_each_other_by_chance_stays_apart(find: Find, text: str) -> None:
    assert _said(text, find) is None
