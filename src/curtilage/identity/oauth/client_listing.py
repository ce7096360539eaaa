"""Apps as the command line prints them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import typer

from curtilage.core.clock import encode_instant
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.client_metadata import encode_client_metadata


def describe_client(client: Client) -> dict[str, Any]:
    """An app as JSON, without anything that opens something."""
    revoked: datetime | None = client.revoked_at
    return {
        **encode_client_metadata(client),
        "state": "revoked" if revoked else "active",
        "first_party": client.is_first_party,
        "dynamic": client.is_dynamic,
        "resources": list(client.resources),
        "serves": list(client.serves),
        "created_at": encode_instant(client.created_at),
        "revoked_at": None if revoked is None else encode_instant(revoked),
    }


def plain(value: object) -> str:
    """A value on one line."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return json.dumps(value) if isinstance(value, dict | bool) or value is None else str(value)


def print_made(made: RegisteredClient, *, as_json: bool) -> None:
    """A new app, with its secret alone on the last line."""
    if as_json:
        told = describe_client(made.client)
        typer.echo(json.dumps(told | ({"client_secret": made.secret} if made.secret else {})))
        return
    typer.echo(f"The app {made.client.name} has the id", err=True)
    if not made.secret:
        typer.echo(made.client.id)
        return
    typer.echo(made.client.id, err=True)
    typer.echo("and this secret. This is the only time it is shown:", err=True)
    typer.echo(made.secret)


def print_list(clients: Sequence[Client], *, as_json: bool) -> None:
    """Apps, one a line."""
    if as_json:
        typer.echo(json.dumps([describe_client(each) for each in clients], indent=2))
        return
    for each in clients:
        state = "revoked" if each.revoked_at else "active"
        typer.echo(f"{each.id}  {state:<8} {each.name}  ({each.method.value})")
    if not clients:
        typer.echo("There are no apps; `curtilage clients create NAME` registers one.", err=True)
