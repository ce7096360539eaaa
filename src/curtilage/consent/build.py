"""Puts the slice together."""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from curtilage.consent.checks import check_policies
from curtilage.consent.cli import OpenTools, build_commands
from curtilage.consent.correcting import CorrectionService
from curtilage.consent.correction_pages import Correcting, CorrectionPages
from curtilage.consent.corrections_cli import OpenCorrections, build_correction_commands
from curtilage.consent.jobs import ForgetTexts
from curtilage.consent.life_cli import OpenDesk
from curtilage.consent.models import Policy
from curtilage.consent.pages import PolicyPages
from curtilage.consent.ports import Tallies
from curtilage.consent.reading import Names, PolicyReader
from curtilage.consent.service import PolicyLife
from curtilage.consent.store import SqlCorrectionStore, SqlPolicyStore, SqlTextStore
from curtilage.core.acts import Pseudonyms
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.slice import Slice


def build_life(
    database: Database,
    authority: Authority,
    pseudonyms: Pseudonyms,
    tallies: Tallies,
    *,
    vocabulary: Callable[[], Collection[str]],
    clock: Clock,
    ids: Ids,
) -> PolicyLife:
    """The use cases around policies, over the database."""
    store = SqlPolicyStore()
    return PolicyLife(database, store, authority, pseudonyms, tallies, vocabulary, clock, ids)


def build_corrections(
    database: Database,
    authority: Authority,
    pseudonyms: Pseudonyms,
    *,
    vocabulary: Callable[[], Collection[str]],
    key: bytes,
    text_key: bytes,
    clock: Clock,
    ids: Ids,
) -> CorrectionService:
    """The use cases of corrections, over the database."""
    return CorrectionService(
        database, SqlCorrectionStore(), SqlTextStore(), authority, pseudonyms,
        vocabulary, key, text_key, clock, ids,
    )  # fmt: skip


def build_policy_pages(
    reading: PolicyReader, correcting: Correcting, names: Names, titles: Mapping[str, str]
) -> Slice:
    """What consent offers to the control process: its pages."""
    pages, corrections = PolicyPages(reading), CorrectionPages(correcting, names, titles)
    return Slice(
        name="consent",
        routes=[*pages.routes(), *corrections.routes()],
        nav=pages.nav(),
        jobs=[ForgetTexts(correcting)],
        templates=str(Path(__file__).parent / "templates"),
    )


def build_consent(
    *,
    in_use: Callable[[], Iterable[Policy]],
    open_tools: OpenTools,
    open_desk: OpenDesk,
    open_corrections: OpenCorrections,
) -> Slice:
    """What consent offers to the command line. `in_use` gives the policies that decide now."""
    return Slice(
        name="consent",
        checks=[lambda: check_policies(in_use())],
        commands=[
            ("policy", build_commands(open_tools, open_desk)),
            ("corrections", build_correction_commands(open_corrections)),
        ],
    )
