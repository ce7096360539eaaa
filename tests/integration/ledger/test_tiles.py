"""The logs of a running service, as a verifier fetches them."""

import httpx
import pytest

from curtilage.ledger.merkle import root_of
from curtilage.ledger.note import verify_checkpoint
from tests.integration.service import RunningService

pytestmark = pytest.mark.slow


def test_tiles_and_checkpoint_are_public_and_agree(service: RunningService) -> None:
    service.key()
    service.ask(service.control.settle())
    ledger = service.control.ledger
    origin = f"{ledger.name}/{ledger.name}/control"
    base = f"{service.url}/ledger/{origin}"
    note = httpx.get(f"{base}/checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    signed = verify_checkpoint(note.content, expected_origin=origin, key=ledger.key)
    assert 0 < signed.size < 256
    tile = httpx.get(f"{base}/tile/0/000.p/{signed.size}")
    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["cache-control"] == "no-cache"
    hashes = [tile.content[at : at + 32] for at in range(0, len(tile.content), 32)]
    assert root_of(hashes) == signed.root
    head = httpx.get(f"{service.url}/ledger/{ledger.name}/head/checkpoint")
    verify_checkpoint(head.content, expected_origin=f"{ledger.name}/head", key=ledger.key)


def test_entries_are_for_no_stranger(service: RunningService) -> None:
    service.ask(service.control.settle())
    name = service.control.ledger.name
    path = f"{service.url}/ledger/{name}/{name}/control/tile/entries/000.p/1"
    for headers in ({}, {"authorization": f"Bearer {service.key()}"}):
        refused = httpx.get(path, headers={"accept": "application/json", **headers})
        assert refused.status_code == 401
        assert b'"kind"' not in refused.content


def test_what_is_not_there_is_not_found(service: RunningService) -> None:
    name = service.control.ledger.name
    base = f"{service.url}/ledger"
    for path in (
        f"{name}/{name}/control/tile/0/000",
        f"{name}/{name}/control/tile/0/999.p/1",
        f"{name}/%2e%2e/control/checkpoint",
        f"{name}/{name}/%2e%2e/checkpoint",
        f"{name}/{name}/control/tile/0/%2e%2e/%2e%2e/checkpoint",
        f"{name}/{name}/nobody/checkpoint",
        "checkpoint",
    ):
        assert httpx.get(f"{base}/{path}").status_code == 404, path
