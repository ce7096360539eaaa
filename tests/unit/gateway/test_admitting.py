"""Who calls, and as what they ask to be treated."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.core.models import PrincipalId, PurposeKey
from curtilage.gateway import admitting
from curtilage.gateway.admitting import EPOCH_DAYS, Admitted
from curtilage.gateway.errors import PurposeNotHeld, SubjectNotAllowed
from curtilage.gateway.snapshot import Snapshot
from curtilage.identity.errors import KeyRefused
from tests.fakes.clock import START
from tests.fakes.dataplane import KEY, a_snapshot, an_api_key


def admit(
    snapshot: Snapshot | None = None,
    *,
    at: Any = START,
    **headers: str,
) -> Admitted:
    raw = [(b"authorization", b"Bearer " + KEY.text.encode())]
    raw += [(f"x-curtilage-{name}".encode(), value.encode()) for name, value in headers.items()]
    return admitting.admit(snapshot or a_snapshot(), raw, at)


def test_a_keys_only_purpose_is_taken_and_the_usual_one_of_several() -> None:
    one = a_snapshot(an_api_key(purposes=frozenset({PurposeKey("code")})))
    assert admit(one).purpose == "code"
    two = a_snapshot(an_api_key(purposes=frozenset({PurposeKey("code"), PurposeKey("assist")})))
    assert admit(two).purpose == "assist"
    assert admit(two, purpose="code").purpose == "code"


@pytest.mark.parametrize("purpose", ["code", "ASSIST"])
def test_a_purpose_that_the_key_does_not_hold_is_refused_and_not_kept(purpose: str) -> None:
    admitted = admit(purpose=purpose, session="s", subject="ada")
    assert isinstance(admitted.refusal, PurposeNotHeld)
    assert admitted.purpose == ""
    assert purpose not in repr(admitted.scope) and admitted.scope.subject is None
    assert admitted.scope.span == "epoch", "nor is what else was claimed"


def test_a_key_of_several_purposes_without_the_usual_one_has_to_say() -> None:
    held = frozenset({PurposeKey("code"), PurposeKey("support")})
    assert isinstance(admit(a_snapshot(an_api_key(purposes=held))).refusal, PurposeNotHeld)


def test_a_collection_is_one_for_all_who_hold_its_purpose() -> None:
    rights = frozenset({"restore", "subject:assert"})
    other = a_snapshot(an_api_key(principal=PrincipalId("another"), rights=rights))
    plain, asserted = admit(), admit(other, subject="ada", session="s")
    assert plain.scope != asserted.scope
    assert plain.collection == asserted.collection
    assert plain.collection.subject is None
    assert (plain.collection.span, plain.collection.name) == ("collection", "default")
    assert admit(collection="handbook").collection != plain.collection


def test_to_speak_for_a_person_takes_a_right() -> None:
    assert isinstance(admit(subject="ada").refusal, SubjectNotAllowed)
    allowed = a_snapshot(an_api_key(rights=frozenset({"subject:assert"})))
    assert admit(allowed, subject="ada").scope.subject == "ada"


def test_a_session_is_a_scope_of_its_own_and_otherwise_thirty_days_are() -> None:
    assert (admit(session="c-7").scope.span, admit(session="c-7").scope.name) == ("session", "c-7")
    first = admit()
    later = admit(at=START + timedelta(days=EPOCH_DAYS))
    assert first.scope.span == "epoch" and int(later.scope.name) == int(first.scope.name) + 1


@pytest.mark.parametrize(
    "given", [{"revoked_at": START}, {"expires_at": START}, {"digest": b"x" * 32}]
)
def test_a_key_that_does_not_hold_admits_nobody(given: dict[str, Any]) -> None:
    with pytest.raises(KeyRefused):
        admit(a_snapshot(an_api_key(**given)))
