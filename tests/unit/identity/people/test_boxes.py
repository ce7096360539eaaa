"""Sealing what is kept of people."""

import pytest

from curtilage.core.errors import TamperError
from curtilage.core.models import PrincipalId
from curtilage.identity.people.boxes import VaultBoxes
from tests.builders import TENANT
from tests.fakes.personkeys import FixedPersonKeys

ADA, BOB = PrincipalId("ada"), PrincipalId("bob")


def some_boxes() -> tuple[VaultBoxes, FixedPersonKeys]:
    keys = FixedPersonKeys()
    return VaultBoxes(TENANT, keys, b"o" * 32), keys


async def test_what_is_sealed_opens_for_its_person_and_use_alone() -> None:
    boxes, _ = some_boxes()
    sealed = await boxes.seal(ADA, b"Ada Quill", "profile")
    assert b"Quill" not in sealed
    assert await boxes.open(ADA, sealed, "profile") == b"Ada Quill"
    with pytest.raises(TamperError):
        await boxes.open(BOB, sealed, "profile")
    with pytest.raises(TamperError):
        await boxes.open(ADA, sealed, "session")
    with pytest.raises(TamperError):
        await boxes.open(ADA, sealed[:-1] + bytes([sealed[-1] ^ 1]), "profile")


async def test_what_is_sealed_of_somebody_whose_key_is_destroyed_opens_no_more() -> None:
    boxes, keys = some_boxes()
    sealed = await boxes.seal(ADA, b"Ada Quill", "profile")
    keys.destroyed.add(ADA)
    assert await boxes.open(ADA, sealed, "profile") is None


def test_what_the_service_seals_opens_for_its_use_alone() -> None:
    boxes, _ = some_boxes()
    sealed = boxes.seal_own(b"ada@orchard.example", "sign-up")
    assert boxes.open_own(sealed, "sign-up") == b"ada@orchard.example"
    with pytest.raises(TamperError):
        boxes.open_own(sealed, "recovery")
