"""Puts usage together: the page and the job for the service, the command beside it."""

from dataclasses import dataclass
from pathlib import Path

from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.models import Principal
from curtilage.core.slice import Slice
from curtilage.gateway.ports import TokenCallers
from curtilage.gateway.usage.cli import OpenUsage, UsageDesk, build_commands
from curtilage.gateway.usage.jobs import ProjectUsage
from curtilage.gateway.usage.labels import Labels, Names
from curtilage.gateway.usage.pages import UsagePages
from curtilage.gateway.usage.service import UsageService
from curtilage.gateway.usage.store import UsageStore
from curtilage.ledger.read import LedgerReader


@dataclass(frozen=True, slots=True)
class UsageNeeds:
    """What usage stands on.

    `names` are of keys by the pseudonyms of their holders, `groups` of groups by id; `by_token`
    knows who came with access tokens."""

    database: Database
    ledger: LedgerReader
    authority: Authority
    clock: Clock
    names: Names
    groups: Names
    by_token: TokenCallers


def _build_service(needs: UsageNeeds) -> UsageService:
    store = UsageStore(needs.database)
    labels = Labels(needs.names, needs.groups, needs.by_token)
    return UsageService(store, needs.ledger, needs.authority, labels)


def build_usage(needs: UsageNeeds) -> Slice:
    """What usage offers to the control process."""
    pages = UsagePages(_build_service(needs), needs.clock)
    return Slice(
        name="usage",
        routes=pages.routes(),
        nav=pages.nav(),
        jobs=[ProjectUsage(needs.ledger, UsageStore(needs.database))],
        templates=str(Path(__file__).parent / "templates"),
    )


def build_usage_desk(needs: UsageNeeds, actor: Principal) -> UsageDesk:
    """What the commands work with."""
    project = ProjectUsage(needs.ledger, UsageStore(needs.database))
    return UsageDesk(_build_service(needs), project, actor)


def build_usage_commands(open_usage: OpenUsage) -> Slice:
    """What usage offers to the command line."""
    return Slice(name="usage", commands=[("usage", build_commands(open_usage))])
