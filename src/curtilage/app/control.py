"""Builds and runs the control process: everything of a node but its gateway workers."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

from curtilage.app.changes import Changes
from curtilage.app.configuration import Configuration
from curtilage.app.console import Console, build_console
from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.leadership import AtTakeover, Leadership, build_leadership
from curtilage.app.ledger import Ledger, open_ledger
from curtilage.app.metrics import WorkerMeters, with_metrics
from curtilage.app.plane import ControlPlane
from curtilage.app.running import DrainOutbox, Watch, running
from curtilage.app.settings import Settings
from curtilage.app.succession import Succession
from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.slice import Job
from curtilage.gateway.build import build_kept
from curtilage.identity.service.limits import LimitService


@contextlib.asynccontextmanager
async def open_control(
    settings: Settings,
    config: Path | None,
    clock: Clock,
    ids: Ids,
    entropy: Entropy,
    *,
    in_force: Path | None = None,
) -> AsyncIterator[ControlPlane]:
    """Everything of the control process; its jobs run inside the block.

    `in_force` is where the configuration is written down that was taken over last."""
    configuration = Configuration(settings, config, in_force)
    configuration.load()
    async with (
        open_foundation(
            settings,
            clock=clock,
            ids=ids,
            entropy=entropy,
            in_force=configuration.in_force,
            default_purpose=configuration.default_purpose,
        ) as foundation,
        _leading(foundation) as (ledger, leadership),
    ):
        await foundation.identity.oauth.keys.keep_up()
        control = _build_plane(foundation, configuration, ledger)
        await control.changes.start()
        console = await _build_console(foundation, ledger, control)
        control.web = with_metrics(console.app, control.meters)
        await leadership.stand()
        if leadership.is_leading:  # a second node's link would make the first one's worthless
            await foundation.identity.people.setup.issue(foundation.tenant)
            await console.reveals.service.announce()
        async with running(_list_jobs(foundation, ledger, control, console, leadership)):
            yield control


@contextlib.asynccontextmanager
async def _leading(foundation: Foundation) -> AsyncIterator[tuple[Ledger, Leadership]]:
    """The ledger, and this node's part in signing it: each asks the other at every step."""
    leadership = build_leadership(
        foundation.database,
        holder=foundation.ids.new(),
        monotonic=foundation.clock.monotonic,
        may_lead=lambda: ledger.may_lead,
    )
    try:
        async with open_ledger(foundation, lease=lambda: leadership.lease) as ledger:
            yield ledger, leadership
    finally:  # not before the ledger is closed, which signs what was recorded last
        await leadership.resign()


def _build_plane(
    foundation: Foundation, configuration: Configuration, ledger: Ledger
) -> ControlPlane:
    identity = foundation.identity
    return ControlPlane(
        settings=foundation.settings,
        changes=Changes(
            configuration=configuration,
            succession=Succession(configuration, foundation.life, foundation.tenant),
            database=foundation.database,
            vault=foundation.vault,
            keys=identity.keys,
            budgeting=identity.caller_budgets,
            correcting=foundation.corrections,
            writer=ledger.writer,
            is_ledger_damaged=lambda: ledger.sequencer.is_damaged,
            standing=identity.oauth.standing,
            clock=foundation.clock,
            ids=foundation.ids,
        ),
        vault=foundation.vault,
        keys=identity.keys,
        standing=identity.oauth.standing,
        limits=LimitService(foundation.shared.counters),
        budgets=identity.budgets,
        kept=build_kept(foundation.database),
        meters=WorkerMeters(),
        ledger=ledger.service,
        sequencer=ledger.sequencer,
        operator=foundation.operator(),
    )


async def _build_console(foundation: Foundation, ledger: Ledger, control: ControlPlane) -> Console:
    return await build_console(
        foundation,
        ledger=ledger.folder,
        service=ledger.service,
        routing=control.changes.configuration.routing,
        reports=control.meters.reports,
    )


def _list_jobs(
    foundation: Foundation,
    ledger: Ledger,
    control: ControlPlane,
    console: Console,
    leadership: Leadership,
) -> Sequence[Job]:
    """What runs on every node, and what one does for all."""
    issue = partial(foundation.identity.people.setup.issue, foundation.tenant)
    everywhere: list[Job] = [
        Watch(control.changes, foundation.shared.broadcast),
        ledger.sequencer,
        console.refusals,
        *foundation.shared.jobs,
    ]
    once: list[Job] = [
        AtTakeover("issue-setup-link", issue),
        DrainOutbox(foundation.database, ledger.writer),
        *ledger.jobs,
        *console.jobs,
    ]
    return [*everywhere, *leadership.led(once)]
