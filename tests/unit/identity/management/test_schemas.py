"""The document says of bodies what their parsers take."""

from typing import Any

import orjson
import pytest

from curtilage.core.errors import InputError
from curtilage.identity.management import schemas
from curtilage.identity.management.errors import UnacceptableMember
from curtilage.identity.management.wire import bodies

PARSERS: list[tuple[Any, Any]] = [
    (schemas.SEARCH, bodies.parse_search),
    (schemas.INVITATION, bodies.parse_invitation),
    (schemas.ROLES, bodies.parse_roles),
    (schemas.METADATA, bodies.parse_client),
    (schemas.KEY_REQUEST, bodies.parse_key_request),
    (schemas.LIMITS, bodies.parse_limits),
    (schemas.NEW_GROUP, bodies.parse_group),
    (schemas.NEW_BUDGETS, bodies.parse_budgets),
]
VALUES = {"who": "x", "client_name": "x", "name": "x", "roles": [], "budgets": [], "group": ""}


@pytest.mark.parametrize(("schema", "parse"), PARSERS)
def test_each_member_is_known_to_its_parser_and_no_other_is(schema: Any, parse: Any) -> None:
    least = {name: VALUES[name] for name in schema.get("required", ())}
    parse(orjson.dumps(least))
    for name in schema["properties"]:
        with pytest.raises(UnacceptableMember) as refused:
            parse(orjson.dumps(least | {name: None}))
        assert refused.value.detail.startswith(f"Expected {name} to have a value"), "it is known"
    for raw in (b"", orjson.dumps(least | {"other": 1})):
        with pytest.raises(InputError):
            parse(raw)
    for name in least:
        with pytest.raises(InputError):
            parse(orjson.dumps({each: value for each, value in least.items() if each != name}))


def test_a_page_leads_on_and_what_is_taken_is_closed() -> None:
    assert schemas.rows("people", schemas.PERSON)["required"] == ["people", "next"]
    assert schemas.takes(a=schemas.TEXT)["additionalProperties"] is False
    assert schemas.gives(a=schemas.TEXT)["required"] == ["a"]
    assert schemas.most(3)["maxLength"] == 3
    assert schemas.listed(schemas.TEXT)["items"] == schemas.TEXT
