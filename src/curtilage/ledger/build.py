"""Puts the slice together."""

from pathlib import Path

from curtilage.core.slice import Slice
from curtilage.ledger.cli import OpenPlace, build_commands
from curtilage.ledger.pages import LedgerPages
from curtilage.ledger.service import LedgerService
from curtilage.ledger.views import Explainer


def build_ledger(service: LedgerService, explainer: Explainer) -> Slice:
    """What the ledger offers to the control process: its pages."""
    pages = LedgerPages(service, explainer)
    return Slice(
        name="ledger",
        routes=pages.routes(),
        nav=pages.nav(),
        templates=str(Path(__file__).parent / "templates"),
    )


def build_ledger_commands(open_place: OpenPlace) -> Slice:
    """What the ledger offers to the command line."""
    return Slice(name="ledger", commands=[("ledger", build_commands(open_place))])
