"""Protecting and restoring over maps: who waits, what is refused, what is written down."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.errors import (
    MapDamaged,
    MapKeyMissing,
    MapMisplaced,
    TextRefused,
    UnknownMap,
)
from curtilage.app.foundation import open_foundation
from curtilage.app.settings import read_settings
from curtilage.app.texts import Place, Texts
from curtilage.app.tools import make_tools
from curtilage.detect.scanner import Scanner
from tests.unit.detect.engines import fast

ADA, BOB = "ada@orchard.example", "bob@orchard.example"


async def open_texts(folder: Path) -> AsyncIterator[Texts]:
    policies = folder / "policies"
    policies.mkdir(parents=True)
    flags = {
        "server.data_dir": folder / "data",
        "server.key_dir": folder / "keys",
        "policy.dir": policies,
    }
    tools = make_tools()
    async with open_foundation(
        read_settings(None, {}, flags), clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        yield Texts(foundation, lambda: Scanner(fast()))


@pytest.fixture
async def texts(tmp_path: Path) -> AsyncIterator[Texts]:
    async for opened in open_texts(tmp_path):
        yield opened


def events(folder: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "data" / "curtilage.db")) as database:
        return [json.loads(row[0]) for row in database.execute("SELECT event FROM outbox")]


async def test_of_what_a_number_may_be_the_strictest_word_counts_and_is_recorded(
    texts: Texts, tmp_path: Path
) -> None:
    text = "My number is 046454286."
    (found,) = Scanner(fast()).scan(text)
    rival = found.rivals[-1].type
    others = [each.type for each in (found, *found.rivals) if each.type != rival]
    (tmp_path / "policies" / "doubt.toml").write_text(
        'format = 1\ntitle = "x"\ndefault = "token"\n[purposes.assist]\ntitle = "x"\n'
        f'[[rules]]\ndata = {json.dumps(others)}\ntreatment = "allow"\n'
        f'[[rules]]\ndata = ["{rival}"]\ntreatment = "mask"\n'
    )
    done = await texts.protect(text, Place("doubt"), policy="doubt")
    assert "046454286" not in done.text and done.found == {rival: 1}
    assert events(tmp_path)[-1]["facts"]["found"] == {rival: 1}


async def test_many_in_one_loop_wait_for_each_other_and_not_for_ever(texts: Texts) -> None:
    place = Place("together")
    mails = [f"Mail ada{number}@orchard.example" for number in range(4)]
    async with asyncio.timeout(20):
        done = await asyncio.gather(*(texts.protect(mail, place) for mail in mails))
    back = [(await texts.restore(each.text, place)).text for each in done]
    assert back == mails


async def test_the_map_of_one_scope_does_not_pass_for_anothers(
    texts: Texts, tmp_path: Path
) -> None:
    left = await texts.protect(f"Mail {ADA}", Place("one"))
    (one,) = (tmp_path / "data" / "maps").iterdir()
    await texts.protect(f"Mail {BOB}", Place("two"))
    (two,) = set((tmp_path / "data" / "maps").iterdir()) - {one}
    two.write_bytes(one.read_bytes())
    for work in (texts.restore(left.text, Place("two")), texts.protect(BOB, Place("two"))):
        with pytest.raises(MapMisplaced):
            await work
    assert (await texts.restore(left.text, Place("one"))).text == f"Mail {ADA}"


async def test_a_map_of_another_installation_is_said_to_be_one_and_makes_no_key(
    texts: Texts, tmp_path: Path
) -> None:
    map = tmp_path / "case.map"
    async for other in open_texts(tmp_path / "other"):
        left = await other.protect(f"Mail {ADA}", Place(file=map))
    before = (await texts.foundation.vault.status()).scopes
    for work in (
        texts.restore(left.text, Place(file=map)),
        texts.protect(BOB, Place(file=map)),
    ):
        with pytest.raises(MapKeyMissing):
            await work
    assert (await texts.foundation.vault.status()).scopes == before


async def test_a_purpose_that_no_policy_knows_is_nobodys_word_in_the_record(
    texts: Texts, tmp_path: Path
) -> None:
    with pytest.raises(TextRefused):
        await texts.protect("Mail", Place("one"), purpose="the divorce of Ada Quill")
    (event,) = events(tmp_path)
    assert (event["kind"], event["purpose"]) == ("text.refused", "")


async def test_halves_of_a_pair_that_stand_in_a_value_stay_halves(texts: Texts) -> None:
    text = "password: 'Xk9\ud83d\ude00vT2mQ8zLw4'"
    left = await texts.protect(text, Place("halves"))
    assert left.found
    assert (await texts.restore(left.text, Place("halves"))).text == text


async def test_without_its_record_nothing_is_given_out(texts: Texts, tmp_path: Path) -> None:
    left = await texts.protect(f"Mail {ADA}", Place("kept"))
    with closing(sqlite3.connect(tmp_path / "data" / "curtilage.db")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        database.commit()
    with pytest.raises(Exception) as refused:
        await texts.protect(f"Mail {BOB}", Place("kept"))
    assert BOB not in str(refused.value)
    with pytest.raises(Exception):  # noqa: B017
        await texts.restore(left.text, Place("kept"))


async def test_a_damaged_map_is_refused_and_recorded(texts: Texts, tmp_path: Path) -> None:
    left = await texts.protect(f"Mail {ADA}", Place("kept"))
    (file,) = (tmp_path / "data" / "maps").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    for verb in (texts.restore, texts.protect):
        with pytest.raises(MapDamaged):
            await verb(left.text, Place("kept"))
        assert events(tmp_path)[-1]["kind"] == "text.refused"
        assert events(tmp_path)[-1]["facts"]["reason"] == "map.damaged"


ENCRYPTS = """
format = 1
default = "token"
[purposes.assist]
[[rules]]
data = ["EMAIL_ADDRESS"]
treatment = "encrypt"
"""


async def test_what_is_encrypted_comes_back_without_its_map_and_only_in_its_scope(
    texts: Texts, tmp_path: Path
) -> None:
    (tmp_path / "policies" / "sealing.toml").write_text(ENCRYPTS)
    left = await texts.protect(f"Mail {ADA}", Place("one"), policy="sealing")
    other = await texts.protect(f"Mail {BOB}", Place("two"))
    assert left.text.startswith("Mail QX2-EMAIL-")
    for map in (tmp_path / "data" / "maps").iterdir():
        map.unlink()
    assert (await texts.restore(f"So: {left.text}", Place("one"))).text == f"So: Mail {ADA}"
    for text, scope in ((left.text, "two"), (other.text, "two"), (left.text, "three")):
        with pytest.raises(UnknownMap):
            await texts.restore(text, Place(scope))
    with pytest.raises(UnknownMap):
        await texts.restore(left.text, Place(file=tmp_path / "none.map"))


async def test_a_map_and_what_the_text_carries_are_read_together(
    texts: Texts, tmp_path: Path
) -> None:
    (tmp_path / "policies" / "sealing.toml").write_text(ENCRYPTS)
    sealed = await texts.protect(ADA, Place("one"), policy="sealing")
    for map in (tmp_path / "data" / "maps").iterdir():
        map.unlink()
    token = await texts.protect(BOB, Place("one"))
    both = f"{sealed.text} and {token.text}"
    assert (await texts.restore(both, Place("one"))).text == f"{ADA} and {BOB}"
