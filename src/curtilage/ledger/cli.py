"""`curtilage ledger`: verify, show, export and prove.

Plain functions do the work on a `LedgerPlace`; the commands only find it,
print, and choose the exit code.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.core.clock import encode_instant
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.exporting import Format, encode_records
from curtilage.ledger.models import Record, Verdict
from curtilage.ledger.note import encode_verifier_key
from curtilage.ledger.origins import Origins
from curtilage.ledger.outside import OutsideCheck
from curtilage.ledger.prove import prove as make_proof
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.verify import verify_ledger

FIRST = ("route", "model", "upstream", "destination", "status", "found", "restored")
NEXT = (
    "hint: Copy the data and key directories before anything else changes them; "
    "“Read the ledger” in the documentation says what each [word] means."
)
NAMES = 12  # the width of most names of facts

FormatOption: TypeAlias = Annotated[
    Format, typer.Option("--format", help="How each record is written; only jsonl can be verified.")
]
TenantOption: TypeAlias = Annotated[str, typer.Option("--tenant", help="Only this tenant.")]


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where a ledger that has begun lies, and what its checkpoints must be signed with."""

    ledger: Path
    anchors: Path
    name: str
    key: Ed25519PublicKey
    outside: Sequence[OutsideCheck] = ()


OpenPlace: TypeAlias = Callable[[Path | None, Path | None], LedgerPlace]
"""Finds the ledger from `--config` and `--data-dir`."""


def verify(place: LedgerPlace) -> Verdict:
    """Verify everything. Problems are in the verdict."""
    anchors = DirectoryAnchors(place.anchors)
    return verify_ledger(
        place.ledger,
        name=place.name,
        key=place.key,
        anchors=anchors,
        has_begun=True,
        outside=place.outside,
    )


def show(place: LedgerPlace, *, limit: int, tenant: str = "") -> list[Record]:
    """The newest records, newest first."""
    return LedgerReader(place.ledger).newest(limit, tenant=tenant)


def trail(place: LedgerPlace, id: str) -> list[Record]:
    """A record and those that name it as their intent. Raises RecordNotFound."""
    reader = LedgerReader(place.ledger)
    reader.get(id)
    return reader.trail(id)


def export(place: LedgerPlace, *, tenant: str = "", form: Format = Format.JSONL) -> Iterator[bytes]:
    """Every record as a line, in its writer's order: as it was hashed, or in another form."""
    records = LedgerReader(place.ledger).iterate(tenant=tenant)
    return encode_records(records, form, version=version("curtilage"))


def prove(place: LedgerPlace, id: str) -> str:
    """The proof of one record. Raises RecordNotFound or NotYetProvable."""
    return make_proof(place.ledger, id, name=place.name, key=place.key)


def describe_verdict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON."""
    anchored = verdict.anchored_at
    return {
        "holds": verdict.holds,
        "records": verdict.records,
        "unanchored": verdict.unanchored,
        "complete_to": encode_instant(anchored) if anchored and verdict.holds else None,
        "problems": [asdict(problem) for problem in verdict.problems],
        "more_problems": verdict.more_problems,
        "notices": list(verdict.notices),
    }


def describe_facts(record: Record) -> Iterator[str]:
    """What a record says beside its first line: how it was decided, and its facts."""
    decision, facts = record.event.decision, record.event.facts
    told: dict[str, Any] = {name: decision.get(name) for name in ("policy", "effect", "reason")}
    told |= {name: facts.get(name) for name in FIRST}
    told |= {name: facts[name] for name in sorted(facts) if name not in FIRST}
    for name, value in told.items():
        if value not in (None, "", [], {}):
            yield f"{name.replace('_', ' '):<{NAMES}}  {_plain(value)}"


def _plain(value: Any) -> str:
    """A value on one line. What a caller chose may hold what a terminal obeys: it is escaped."""
    if isinstance(value, dict):
        return ", ".join(f"{_plain(name)} {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, str) and value.isprintable():
        return value
    return json.dumps(value)


def build_commands(open_place: OpenPlace) -> typer.Typer:
    """The commands under `curtilage ledger`."""
    app = typer.Typer(
        name="ledger", help="Verify, read and prove what was recorded.", no_args_is_help=True
    )
    _add_verify(app, open_place)
    _add_show(app, open_place)
    _add_export(app, open_place)
    _add_prove(app, open_place)
    _add_key(app, open_place)
    return app


def _add_verify(app: typer.Typer, open_place: OpenPlace) -> None:
    @app.command("verify", epilog="Example: curtilage ledger verify")
    def verify_command(
        config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """Check every record, tree, checkpoint and anchor.

        Exits 1 when something differs."""
        verdict = verify(open_place(config, data_dir))
        if as_json:
            typer.echo(json.dumps(describe_verdict(verdict)))
        else:
            _print_verdict(verdict)
        if not verdict.holds:
            raise typer.Exit(1)


def _add_show(app: typer.Typer, open_place: OpenPlace) -> None:
    @app.command("show", epilog="Example: curtilage ledger show --limit 5")
    def show_command(
        *,
        id: Annotated[str, typer.Argument(help="A record's id; without it, the newest.")] = "",
        limit: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 20,
        tenant: TenantOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Print the newest records, or one with its outcome and facts."""
        place = open_place(config, data_dir)
        records = trail(place, id) if id else show(place, limit=limit, tenant=tenant)
        for record in records:
            typer.echo(record.raw.decode() if as_json else _line(record))
            for line in describe_facts(record) if id and not as_json else ():
                typer.echo(f"    {line}")


def _add_export(app: typer.Typer, open_place: OpenPlace) -> None:
    @app.command("export", epilog="Example: curtilage ledger export --output records.jsonl")
    def export_command(
        output: Annotated[Path | None, typer.Option(help="A file; else stdout.")] = None,
        form: FormatOption = Format.JSONL,
        tenant: TenantOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
    ) -> None:
        """Write every record as a line: as it was hashed, as CSV or as OCSF."""
        lines = export(open_place(config, data_dir), tenant=tenant, form=form)
        if output is None:
            typer.get_binary_stream("stdout").writelines(lines)
            return
        with output.open("xb") as file:
            file.writelines(lines)


def _add_prove(app: typer.Typer, open_place: OpenPlace) -> None:
    @app.command("prove", epilog="Example: curtilage ledger prove 019c… > record.tlog-proof")
    def prove_command(
        id: Annotated[str, typer.Argument(help="A record's id.")],
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Print a proof that others can check without us."""
        place = open_place(config, data_dir)
        text = prove(place, id)
        if as_json:
            typer.echo(json.dumps({"proof": text, "key": _verifier_key(place, text)}))
        else:
            typer.echo(text, nl=False)


def _add_key(app: typer.Typer, open_place: OpenPlace) -> None:
    @app.command("key", epilog="Example: curtilage ledger key")
    def key_command(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
        """Print the public key of checkpoints, as a verifier key."""
        place = open_place(config, data_dir)
        typer.echo(encode_verifier_key(Origins(place.name).head, place.key))


def _verifier_key(place: LedgerPlace, proof: str) -> str:
    origin = proof.partition("\n\n")[2].partition("\n")[0]
    return encode_verifier_key(origin, place.key)


def _print_verdict(verdict: Verdict) -> None:
    for problem in verdict.problems:
        record = f" record {problem.n}" if problem.n is not None else ""
        where = f"{problem.writer}{record}: " if problem.writer else ""
        typer.echo(f"{where}{problem.detail} [{problem.code}]")
    for notice in verdict.notices:
        typer.echo(f"note: {notice}")
    typer.echo(f"{verdict.summary()}.")
    if not verdict.holds:
        typer.echo(NEXT)
    if verdict.holds and verdict.unanchored and verdict.anchored_at:
        newer = count(verdict.unanchored, "newer record")
        are = "is" if verdict.unanchored == 1 else "are"
        typer.echo(f"{newer} {are} consistent, not yet anchored.")


def _line(record: Record) -> str:
    event = record.event
    return f"{encode_instant(event.at)}  {event.id}  {event.kind:<24} {event.purpose}".rstrip()
