"""`curtilage ledger`: what it prints, and how it ends."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from curtilage.ledger.cli import LedgerPlace, build_commands
from curtilage.ledger.errors import RecordNotFound
from curtilage.ledger.note import encode_verifier_key
from curtilage.ledger.prove import verify_proof
from tests.builders import an_event
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import KEY, NAME, World, change


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write_batches([2, 2], tenants=2)
    world.sequence()
    return world


def _run(world: World, *words: str) -> tuple[int, str]:
    place = LedgerPlace(world.ledger, world.root / "keys/anchors", NAME, KEY.public_key())
    result = CliRunner().invoke(build_commands(lambda _config, _data: place), words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_verify_says_up_to_when_and_ends_with_0(world: World) -> None:
    code, text = _run(world, "verify")
    assert code == 0
    assert text == "4 records verified, complete up to anchor 2026-03-02T09:30:00Z.\n"


def test_verify_counts_what_is_not_anchored_yet(world: World) -> None:
    world.write(world.events(3))
    assert "3 newer records" in _run(world, "verify")[1]


def test_verify_names_the_record_and_ends_with_1(world: World) -> None:
    change(world.segment(), b'"bytes":2', b'"bytes":3')
    code, text = _run(world, "verify")
    assert code == 1
    assert "gw-0 record 1: " in text
    assert "complete up to" not in text


def test_verify_prints_problems_of_no_record_and_notices(world: World) -> None:
    (world.root / "keys/anchors/anchors.jsonl").unlink()
    (world.ledger / "head/pending").write_bytes(b'{"head":1,"notes":[],"v":1}')
    code, text = _run(world, "verify")
    assert code == 1
    assert "[anchor-missing]" in text
    assert "note: A step of the sequencer" in text


def test_verify_sees_that_a_ledger_is_gone_with_its_anchors(world: World) -> None:
    shutil.rmtree(world.ledger)
    (world.root / "keys/anchors/anchors.jsonl").unlink()
    code, text = _run(world, "verify")
    assert code == 1
    assert "The ledger is gone" in text and "[ledger-gone]" in text


def test_verify_as_json(world: World) -> None:
    code, text = _run(world, "verify", "--json")
    verdict = json.loads(text)
    assert (code, verdict["holds"], verdict["records"]) == (0, True, 4)
    assert verdict["complete_to"] == "2026-03-02T09:30:00.000000Z"
    change(world.segment(), b'"bytes":2', b'"bytes":3')
    code, text = _run(world, "verify", "--json")
    verdict = json.loads(text)
    assert (code, verdict["complete_to"], verdict["problems"][0]["n"]) == (1, None, 1)


def test_show_prints_the_newest_or_a_trail(world: World) -> None:
    lines = _run(world, "show", "--limit", "2")[1].splitlines()
    assert [line.split()[1] for line in lines] == [fixed_id(4), fixed_id(3)]
    assert len(_run(world, "show", "--tenant", "tenant-0", "--json")[1].splitlines()) == 2
    outcome = an_event(number=9, kind="exchange.noted", facts={"intent": fixed_id(4)})
    world.write([outcome])
    lines = _run(world, "show", fixed_id(4))[1].splitlines()
    assert [line.split()[2] for line in lines] == ["exchange.completed", "exchange.noted"]
    with pytest.raises(RecordNotFound):
        _run(world, "show", fixed_id(77))


def test_export_writes_what_was_hashed(world: World, tmp_path: Path) -> None:
    output = tmp_path / "records.jsonl"
    assert _run(world, "export", "--output", str(output))[0] == 0
    assert output.read_bytes().splitlines() == [record.raw for record in world.reader.iterate()]
    assert _run(world, "export")[1] == output.read_text()
    assert len(_run(world, "export", "--tenant", "tenant-1")[1].splitlines()) == 2
    with pytest.raises(FileExistsError):
        _run(world, "export", "--output", str(output))


def test_prove_prints_a_proof_and_key_prints_the_key(world: World) -> None:
    proof = _run(world, "prove", fixed_id(3))[1]
    assert verify_proof(proof, name=NAME, key=KEY.public_key()).event.id == fixed_id(3)
    given = json.loads(_run(world, "prove", fixed_id(3), "--json")[1])
    assert given["proof"] == proof
    assert given["key"].startswith(f"{NAME}/tenant-1/gw-0+")
    key = _run(world, "key")[1].strip()
    assert key == encode_verifier_key(f"{NAME}/head", KEY.public_key())
