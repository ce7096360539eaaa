"""`curtilage canaries`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from typer.testing import CliRunner

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from curtilage.gateway.canaries.build import build_canary_commands
from curtilage.gateway.canaries.cli import CanaryDesk, build_commands
from curtilage.gateway.errors import UnfitCanaryName
from tests.identity_house import ADMIN
from tests.unit.gateway.canaries.test_service import a_service


def test_the_canary_is_printed_alone_or_as_json(data_dir: Path) -> None:
    @asynccontextmanager
    async def open_desk(config: Path | None, given: Path | None) -> AsyncIterator[CanaryDesk]:
        database = open_database("sqlite", data_dir)
        try:
            await migrate(database, SCRIPTS)
            yield CanaryDesk(a_service(database), ADMIN)
        finally:
            await database.close()

    app = build_commands(open_desk)
    printed = CliRunner().invoke(app, ["new", "crm-notes"])
    assert printed.exit_code == 0, printed.output
    told = json.loads(CliRunner().invoke(app, ["new", "crm-notes", "--json"]).stdout)
    assert told == {"name": "crm-notes", "canary": printed.stdout.strip()}
    refused = CliRunner().invoke(app, ["new", "Ada Lovelace"])
    assert isinstance(refused.exception, UnfitCanaryName)
    assert "Ada" not in str(refused.exception)
    ((name, _),) = build_canary_commands(open_desk).commands
    assert name == "canaries"
