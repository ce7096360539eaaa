"""Puts the slice together for the control process."""

from pathlib import Path

from curtilage.core.slice import Slice
from curtilage.ledger.pages import LedgerPages
from curtilage.ledger.service import LedgerService
from curtilage.ledger.views import Explainer


def build_ledger(service: LedgerService, explainer: Explainer) -> Slice:
    """What the ledger offers upward: its pages."""
    pages = LedgerPages(service, explainer)
    return Slice(
        name="ledger",
        routes=pages.routes(),
        nav=pages.nav(),
        templates=str(Path(__file__).parent / "templates"),
    )
