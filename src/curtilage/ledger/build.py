"""Puts the slice together."""

from collections.abc import Callable, Sequence
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.core.slice import Job, Slice
from curtilage.ledger.adapters.post import post
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.checks import check_outside
from curtilage.ledger.cli import OpenPlace, build_commands
from curtilage.ledger.jobs import Asker, ShowHeads
from curtilage.ledger.opencli import OpenSealed, add_open
from curtilage.ledger.outside import OutsideCheck
from curtilage.ledger.pages import LedgerPages
from curtilage.ledger.published import Published
from curtilage.ledger.retentioncli import OpenRetention, add_prune
from curtilage.ledger.service import LedgerService
from curtilage.ledger.settings import LedgerSettings
from curtilage.ledger.tile_pages import TilePages
from curtilage.ledger.timestamp import load_roots
from curtilage.ledger.timestampask import TimestampAsker
from curtilage.ledger.timestampcheck import TimestampCheck
from curtilage.ledger.views import Explainer
from curtilage.ledger.witness import parse_witness
from curtilage.ledger.witnessask import WitnessAsker
from curtilage.ledger.witnesscheck import WitnessCheck


def build_ledger(service: LedgerService, explainer: Explainer) -> Slice:
    """What the ledger offers to the control process: its pages, and its logs for verifiers."""
    pages = LedgerPages(service, explainer)
    tiles = TilePages(Published(service.checkpoints), service.authority)
    return Slice(
        name="ledger",
        routes=(*pages.routes(), *tiles.routes()),
        nav=pages.nav(),
        templates=str(Path(__file__).parent / "templates"),
    )


def build_ledger_commands(
    open_place: OpenPlace,
    open_retention: OpenRetention,
    open_sealed: OpenSealed,
    *,
    look: Callable[[], tuple[Path, LedgerSettings]],
) -> Slice:
    """What the ledger offers to the command line. `look`: the anchors' folder, the settings."""
    commands = build_commands(open_place)
    add_prune(commands, open_retention)
    add_open(commands, open_sealed)
    return Slice(
        name="ledger",
        checks=[lambda: check_outside(*look())],
        commands=[("ledger", commands)],
    )


def build_outside_checks(settings: LedgerSettings, anchors: Path) -> list[OutsideCheck]:
    """The checks of what others signed, as the settings name them. Raises a SetupError."""
    checks: list[OutsideCheck] = [
        WitnessCheck(anchors, parse_witness(text).key) for text in settings.witnesses
    ]
    if settings.timestamp_ca is not None:
        checks.append(TimestampCheck(anchors, load_roots(settings.timestamp_ca)))
    return checks


def build_outside_jobs(
    settings: LedgerSettings, anchors: Path, checkpoints: Checkpoints, clock: Clock
) -> Sequence[Job]:
    """The job that shows heads to others; none where no one is named. Raises a SetupError."""
    askers: list[tuple[Asker, float]] = [
        (
            WitnessAsker(checkpoints, anchors, parse_witness(text), post, clock),
            settings.witness_seconds,
        )
        for text in settings.witnesses
    ]
    if url := settings.timestamp_url:
        roots = load_roots(settings.timestamp_ca)
        asker = TimestampAsker(checkpoints, anchors, url, roots, post, clock)
        askers.append((asker, settings.timestamp_seconds))
    return [ShowHeads(askers)] if askers else []
