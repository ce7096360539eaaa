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
    assert "3 newer records are" in _run(world, "verify")[1]


def test_one_newer_record_is_one(world: World) -> None:
    world.write(world.events(1))
    assert "1 newer record is consistent" in _run(world, "verify")[1]


def test_verify_names_the_record_and_ends_with_1(world: World) -> None:
    change(world.segment(), b'"bytes":2', b'"bytes":3')
    code, text = _run(world, "verify")
    assert code == 1
    assert "gw-0 record 1: It was changed: its hash is not the one that record 2 names." in text
    assert text.splitlines()[-1].startswith("hint: Copy the data and key directories")
    assert "complete up to" not in text


def test_verify_names_the_writer_of_what_is_no_record(world: World) -> None:
    (world.log() / "durable").unlink()
    assert "gw-0: log/gw-0/durable is gone" in _run(world, "verify")[1]


def test_every_tree_without_its_checkpoint_is_named(world: World) -> None:
    shutil.rmtree(world.ledger / "tree")
    text = _run(world, "verify")[1]
    assert "tree/gw-0/tenant-0/checkpoint is gone" in text
    assert "tree/gw-0/tenant-1/checkpoint is gone" in text


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
    heads = [line for line in lines if not line.startswith(" ")]
    assert [line.split()[2] for line in heads] == ["exchange.completed", "exchange.noted"]
    assert len(_run(world, "show", fixed_id(4), "--json")[1].splitlines()) == 2
    with pytest.raises(RecordNotFound):
        _run(world, "show", fixed_id(77))


def test_show_of_one_prints_its_decision_and_facts_and_nothing_a_terminal_obeys(
    world: World,
) -> None:
    decision = {"policy": "balanced@1", "effect": "permit", "reason": "permitted", "consent": 0}
    facts = {
        "bytes_in": 293, "found": {"EMAIL_ADDRESS": 2, "IBAN_CODE": 1}, "finish": ["stop"],
        "model": "red\x1b[31m", "route": "openai.chat", "stream": True, "key": None,
    }  # fmt: skip
    world.write([an_event(number=9, decision=decision, facts=facts)])
    shown = _run(world, "show", fixed_id(9))[1]
    assert [line.strip() for line in shown.splitlines()[1:]] == [
        "policy        balanced@1",
        "effect        permit",
        "reason        permitted",
        "route         openai.chat",
        'model         "red\\u001b[31m"',
        "found         EMAIL_ADDRESS 2, IBAN_CODE 1",
        "bytes in      293",
        "finish        stop",
        "stream        true",
    ]


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
