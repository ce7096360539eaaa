"""Nodes that begin at once, and what an operator does with keys that nodes share."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from tests.integration.processes import COMMAND, LIMIT, Service
from tests.postgres_server import own_database, some_postgres

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[str]:
    """The sections of a configuration over two empty databases."""
    (tmp_path / "postgres").mkdir()
    with (
        some_postgres(tmp_path / "postgres") as server,
        own_database(server) as store,
        own_database(server) as keys,
    ):
        yield f'[store]\nurl = "{store}"\n[vault]\nurl = "{keys}"\n[ledger]\nlog = "store"\n'


@pytest.fixture
def nodes(tmp_path: Path, databases: str) -> tuple[Service, Service]:
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(Service(tmp_path / name, workers=1, more=databases))
    return made[0], made[1]


def run_at_once(nodes: tuple[Service, ...], *words: str) -> list[Any]:
    """One command on all nodes at the same time."""
    started = [
        subprocess.Popen(
            [COMMAND, *words, "--config", node.config],
            env=node.env,
            cwd=node.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        for node in nodes
    ]
    told = [each.communicate(timeout=LIMIT) for each in started]
    return [
        subprocess.CompletedProcess(each.args, each.returncode, *said)
        for each, said in zip(started, told, strict=True)
    ]


def bring_root_key(source: Path, node: Service) -> None:
    node.key_dir.mkdir(mode=0o700, exist_ok=True)
    shutil.copy2(source / "root.key", node.key_dir)


def tell(node: Service, *words: str) -> Any:
    done = node.run(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nodes_that_begin_at_once_with_one_root_key_are_one_installation(
    nodes: tuple[Service, Service], tmp_path: Path
) -> None:
    (tmp_path / "alone").mkdir()
    elsewhere = Service(tmp_path / "alone", workers=1)
    assert elsewhere.run("init").returncode == 0
    for node in nodes:
        bring_root_key(elsewhere.key_dir, node)
    done = run_at_once(nodes, "init")
    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
    assert len({tell(node, "vault", "status")["tenant"] for node in nodes}) == 1


def test_of_nodes_that_begin_at_once_without_a_root_key_one_makes_it(
    nodes: tuple[Service, Service],
) -> None:
    done = run_at_once(nodes, "init")
    assert sorted(each.returncode for each in done) == [0, 3], [each.stderr for each in done]
    refused, first = sorted(zip(done, nodes, strict=True), key=lambda each: -each[0].returncode)
    assert "root.key is missing" in refused[0].stderr
    assert "Copy root.key" in refused[0].stderr
    bring_root_key(first[1].key_dir, refused[1])
    assert refused[1].run("init").returncode == 0


def test_keys_are_seen_to_rotated_backed_up_and_restored(
    nodes: tuple[Service, Service], tmp_path: Path
) -> None:
    one, other = nodes
    assert one.run("init").returncode == 0
    before = tell(one, "vault", "status")
    refused = one.run("vault", "rotate", "--root")
    assert (refused.returncode, "prepare-root" in refused.stderr) == (2, True)
    next_id = tell(one, "vault", "prepare-root")["next_root_key_id"]
    assert tell(one, "vault", "rotate", "--root", "--tenant")["root"]["version"] == next_id
    assert one.run("doctor").returncode == 0

    made = one.run("backup", str(tmp_path / "data-copy"), "--keys", str(tmp_path / "keys-copy"))
    assert made.returncode == 0, made.stderr
    assert "dump the database of vault.url" in made.stderr
    assert not (tmp_path / "keys-copy" / "keys" / "keys.db").exists()
    shutil.rmtree(other.data_dir)
    restored = other.run(
        "restore-backup", str(tmp_path / "data-copy"), "--keys", str(tmp_path / "keys-copy")
    )
    assert restored.returncode == 0, restored.stderr
    after = tell(other, "vault", "status")
    assert after["tenant"] == before["tenant"]
    assert (after["root_key_id"], after["tenant_key_version"]) == (next_id, 2)


def test_a_node_whose_keys_are_not_those_of_the_store_makes_none(
    nodes: tuple[Service, Service], databases: str
) -> None:
    """Its `vault.url` names an empty database; it has no root key, and then the right one."""
    one, other = nodes
    assert one.run("init").returncode == 0
    keys = databases.split('"')[3]
    server = make_url(keys).set(database="postgres").render_as_string(hide_password=False)
    with own_database(server) as empty:
        other.config.write_text(other.text.replace(keys, empty))
        for _ in range(2):
            done = other.run("init")
            assert (done.returncode, "no keys in this key table" in done.stderr) == (3, True)
            assert "vault.url" in done.stderr
            bring_root_key(one.key_dir, other)
        assert other.run("vault", "status").returncode == 3
        with psycopg.connect(empty) as admin:
            assert admin.execute("SELECT to_regclass('meta')").fetchone() == (None,)
    other.config.write_text(other.text)
    assert other.run("init").returncode == 0
    assert tell(other, "vault", "status")["tenant"] == tell(one, "vault", "status")["tenant"]


def test_nothing_is_made_where_a_command_only_reads(nodes: tuple[Service, Service]) -> None:
    one, other = nodes
    assert one.run("init").returncode == 0
    done = other.run("vault", "status")
    assert (done.returncode, "no installation" in done.stderr.lower()) == (3, True)
    assert not other.key_dir.exists()


def test_keys_are_not_kept_in_the_database_of_the_data(
    nodes: tuple[Service, Service], databases: str
) -> None:
    one = nodes[0]
    store = databases.split('"')[1]
    keys = databases.split('"')[3]
    one.config.write_text(one.text.replace(keys, store))
    done = one.run("init")
    assert (done.returncode, "one database" in done.stderr) == (3, True)
    assert not one.key_dir.exists()
