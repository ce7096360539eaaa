"""A JSON Schema's own words are structure; everything a person wrote is text."""

from curtilage.gateway.wire.fields import FieldMap, Object, collect
from curtilage.gateway.wire.schema import SCHEMA


def test_only_what_a_person_wrote_is_collected() -> None:
    schema = {
        "type": ["string", "null"],
        "properties": {
            "ada@library.example": {"type": "string", "enum": ["one"]},
            "plain": {"description": "two"},
        },
        "required": ["plain", "ada@library.example"],
        "items": {"anyOf": [{"const": "three"}, {"type": "free words"}]},
        "maximum": 4111111111111111,
    }
    texts = [
        slot.text for slot in collect({"schema": schema}, FieldMap(Object({"schema": SCHEMA})))
    ]
    assert texts == [
        "ada@library.example",
        "one",
        "two",
        "ada@library.example",
        "three",
        "free words",
        "4111111111111111",
    ]
