"""Keys as the command line prints them."""

import json
from collections.abc import Sequence
from datetime import datetime

import typer

from curtilage.identity.budgets import Tally
from curtilage.identity.group_cli import describe_tallies, tell_tallies
from curtilage.identity.models import ApiKey
from curtilage.identity.rules import state_of
from curtilage.identity.service.keys import CreatedKey
from curtilage.identity.wire.shown_keys import encode_key


def print_key(key: ApiKey, at: datetime, *, as_json: bool) -> None:
    """All that is kept of a key, a line for each fact."""
    told = encode_key(key, at)
    if as_json:
        typer.echo(json.dumps(told))
        return
    for name, value in told.items():
        said = ", ".join(map(str, value)) if isinstance(value, list) else value
        typer.echo(f"{name:<20} {said or 'none'}")


def print_created(created: CreatedKey, *, as_json: bool) -> None:
    """A new key, alone on the last line."""
    key = created.key
    if as_json:
        described = encode_key(key, key.created_at)
        typer.echo(json.dumps({**described, "key": created.text}))
        return
    what = f"is for {', '.join(sorted(key.purposes))}" if key.purposes else "calls no model"
    typer.echo(f"The key {key.id} {what}.", err=True)
    typer.echo("This is the only time it is shown:", err=True)
    typer.echo(created.text)


def print_list(
    listed: Sequence[tuple[ApiKey, Sequence[Tally]]], at: datetime, *, as_json: bool
) -> None:
    """Keys, one a line."""
    if as_json:
        described = [
            {**encode_key(key, at), "budgets": describe_tallies(tallies)} for key, tallies in listed
        ]
        typer.echo(json.dumps(described, indent=2))
        return
    for key, tallies in listed:
        opens = ", ".join(sorted(key.purposes or key.rights))
        used = (
            "never used" if key.last_used_at is None else f"used {key.last_used_at:%Y-%m-%d %H:%M}"
        )
        ends = f", ends {key.expires_at:%Y-%m-%d %H:%M}" if key.expires_at else ""
        owner = f", of {key.owner}" if key.owner else ""
        state = state_of(key, at=at)
        typer.echo(f"{key.id}  {state:<8} {key.name}  ({opens}; {used}{ends}{owner})")
        if tallies:
            typer.echo(f"    {tell_tallies(tallies)}")
    if not listed:
        typer.echo("There are no keys; `curtilage apikeys create NAME` makes one.", err=True)
