"""Records as OCSF events, held against what the schema requires."""

from pathlib import Path
from typing import Any

import pytest

from curtilage.core.models import Event
from curtilage.ledger.ocsf import ACTS, API, AUTHENTICATION, BASE, ENTITY, MEANINGS, describe_ocsf
from tests.builders import an_event
from tests.unit.ledger.worlds import World

# https://schema.ocsf.io/1.6.0: what each class requires beside what all do, and its activities.
REQUIRED = {
    BASE: {"metadata"},
    AUTHENTICATION: {"user", "service"},  # `service` or `dst_endpoint`
    ENTITY: {"entity"},
    API: {"actor", "api", "src_endpoint"},
}
ACTIVITIES = {
    BASE: {0, 99},
    AUTHENTICATION: {0, 1, 2, 3, 4, 5, 6, 7, 99},
    ENTITY: {0, 1, 2, 3, 4, 99},
    API: {0, 1, 2, 3, 4, 99},
}
EVERYWHERE = {
    "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"
}  # fmt: skip
KINDS = [*MEANINGS, *(f"thing.{act}" for act in ACTS), "clock.stepped_back", "who.knows", "odd"]


def described(folder: Path, event: Event) -> dict[str, Any]:
    world = World(folder)
    world.write([event])
    (record,) = world.reader.iterate()
    return describe_ocsf(record, version="9.9.9")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("actor", ["", "pseudonym"])
def test_each_kind_is_a_whole_event(tmp_path: Path, kind: str, actor: str) -> None:
    said = described(tmp_path, an_event(number=1, kind=kind, actor=actor))
    class_uid = said["class_uid"]
    assert set(said) >= EVERYWHERE | REQUIRED[class_uid]
    assert said["category_uid"] == class_uid // 1000
    assert said["activity_id"] in ACTIVITIES[class_uid]
    assert said["type_uid"] == class_uid * 100 + said["activity_id"]
    assert said["severity_id"] in range(7) and said["status_id"] in (0, 1, 2)
    assert isinstance(said["time"], int)
    assert said["metadata"]["version"] == "1.6.0" and said["metadata"]["product"]["name"]
    for name in REQUIRED[class_uid]:
        assert said[name], "no object that the schema requires is empty"


def test_a_call_says_where_it_went_and_how_it_ended(tmp_path: Path) -> None:
    facts = {"intent": "i", "route": "openai.chat", "upstream": "openai", "status": 429}
    event = an_event(number=1, kind="exchange.failed", facts={**facts, "reason": "provider-error"})
    said = described(tmp_path, event)
    assert said["api"]["operation"] == "openai.chat"
    assert said["dst_endpoint"] == {"svc_name": "openai"}
    assert said["http_response"] == {"code": 429}
    assert (said["status_id"], said["status_detail"]) == (2, "provider-error")
    assert said["metadata"]["correlation_uid"] == "i"
    assert said["time"] == int(event.at.timestamp() * 1000)


def test_a_key_is_named_by_its_id(tmp_path: Path) -> None:
    said = described(tmp_path, an_event(number=1, kind="api_key.revoked", facts={"key": "key-7"}))
    assert (said["activity_id"], said["entity"]) == (4, {"type": "api_key", "uid": "key-7"})


def test_what_the_schema_has_no_word_for_is_kept(tmp_path: Path) -> None:
    event = an_event(
        number=1, kind="exchange.completed", purpose="assist", facts={"found": {"X": 1}}
    )
    said = described(tmp_path, event)["unmapped"]
    assert said["purpose"] == "assist" and said["facts"]["found"] == {"X": 1}
