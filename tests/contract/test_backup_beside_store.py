"""A backup of a node whose database is PostgreSQL, which stays where it is."""

from pathlib import Path

import psycopg
import pytest

from curtilage.app.backup import make_backup
from curtilage.app.errors import BackupForeign
from curtilage.app.foundation import open_foundation
from curtilage.app.restore_backup import restore_backup
from curtilage.app.settings import Settings, read_settings
from curtilage.app.tools import make_tools

pytestmark = pytest.mark.postgres


def settings_of(folder: Path, url: str) -> Settings:
    places = {"server.data_dir": folder / "data", "server.key_dir": folder / "keys"}
    return read_settings(None, {}, {**places, "store.url": url})


async def test_it_is_not_put_beside_the_database_of_another_installation(
    tmp_path: Path, postgres_url: str
) -> None:
    tools = make_tools()
    before, after = (settings_of(tmp_path / name, postgres_url) for name in ("one", "other"))
    data, keys = tmp_path / "kept", tmp_path / "kept-keys"
    async with open_foundation(
        before, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        foundation.settings.server.data_dir.mkdir(exist_ok=True)
        await make_backup(foundation, data, keys)
    with psycopg.connect(postgres_url.replace("+", "%20"), autocommit=True) as admin:
        (tenant,) = admin.execute("SELECT tenant FROM installation").fetchall()[0]
        admin.execute("UPDATE installation SET tenant = 'another'")
        with pytest.raises(BackupForeign, match=r"store\.url"):
            await restore_backup(after, data, keys=keys, lose_newer=False, tools=tools)
        assert not after.server.key_dir.exists()
        admin.execute("UPDATE installation SET tenant = %s", [tenant])
    restored = await restore_backup(after, data, keys=keys, lose_newer=False, tools=tools)
    assert not restored.has_database
