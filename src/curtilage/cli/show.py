"""`curtilage config show` and `curtilage explain`."""

import asyncio
import dataclasses
import json
import shutil
import textwrap
from typing import Annotated, Any

import typer

from curtilage.app.offline import open_offline
from curtilage.app.settings import Settings, list_values
from curtilage.cli.options import find_settings
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.gateway.settings import BUILT_IN_ROUTES, RouteSettings
from curtilage.ledger.views import Explanation

ADDRESSES = ("store.url", "store.shared", "ledger.url", "vault.url")
DEEP = " " * 6
LEAST = 40


def add_commands(app: typer.Typer) -> None:
    config_app = typer.Typer(name="config", help="See the configuration.", no_args_is_help=True)
    config_app.command("show", epilog="Example: curtilage config show")(show_config)
    app.add_typer(config_app)
    app.command(epilog="Example: curtilage explain 019d2b6c-8f00-7000-8000-000000000000")(explain)


def show_config(
    config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
) -> None:
    """Print each setting, its value and where it came from. Secrets are never settings."""
    rows = list_settings(find_settings(config, data_dir))
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    width = max(len(row["setting"]) for row in rows)
    for row in rows:
        typer.echo(f"{row['setting']:<{width}}  {row['value']!s:<28}  {row['from']}")


def list_settings(settings: Settings) -> list[dict[str, Any]]:
    """Every setting with its value and its source."""
    rows = [_row(settings, name, value) for name, value in list_values(settings).items()]
    for name, upstream in sorted(settings.upstreams.items()):
        for item in dataclasses.fields(upstream):
            rows.append(
                _row(settings, f"upstreams.{name}.{item.name}", getattr(upstream, item.name))
            )
    for index, route in enumerate(settings.routes):
        is_ours = index >= len(settings.routes) - len(BUILT_IN_ROUTES)
        name = ", ".join(_serving(route, upstream) for upstream in route.names)
        origin = "default" if is_ours else settings.sources["routes"].origin
        rows.append({"setting": f"routes {route.model}", "value": name, "from": origin})
    return rows


def _serving(route: RouteSettings, upstream: str) -> str:
    """An upstream of a route, and what it calls the model where that is another name."""
    renamed = route.renamed("", upstream)
    return f"{upstream} as {renamed}" if renamed else upstream


def _row(settings: Settings, dotted: str, value: Any) -> dict[str, Any]:
    source = settings.sources.get(dotted)
    if dotted in ADDRESSES:
        value = _without_password(str(value))
    plain = list(value) if isinstance(value, tuple) else value
    if not isinstance(plain, str | int | float | bool | list | type(None)):
        plain = str(plain)
    return {"setting": dotted, "value": plain, "from": source.origin if source else "default"}


def _without_password(address: str) -> str:
    """The address; its scheme alone where a part of it may be a password."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://… (has a password)" if "@" in rest or "?" in rest else address


def explain(
    request_id: Annotated[
        str, typer.Argument(help="The id in the reply's x-curtilage-request-id.")
    ],
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Say why a request was treated as it was."""
    found = asyncio.run(_explain(find_settings(config, data_dir), request_id))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), default=str, indent=2))
        return
    print_explanation(found)


def print_explanation(found: Explanation) -> None:
    """In lines that keep within the terminal."""
    typer.echo(f"{found.request_id}  {found.at:%Y-%m-%d %H:%M:%S} UTC")
    code = f" [{found.code}]" if found.code else ""
    decided = f"{found.effect}: {found.reason}{code}"
    typer.echo(f"purpose {found.purpose or '–'} · policy {found.policy or '–'} · {decided}")
    if found.model:
        where = f" · to {found.destination} ({found.upstream})" if found.upstream else ""
        typer.echo(f"model {found.model}{where}")
    if found.ending:
        status = f" Status {found.status}." if found.status else ""
        typer.echo(f"{found.ending}{status}")
    if not found.reasons:
        typer.echo("It was not scanned." if found.scanned is None else "Nothing was found in it.")
    width = max(LEAST, shutil.get_terminal_size().columns)
    for reason in found.reasons:
        typer.echo(f"  {reason.title} ×{reason.count}: {reason.treatment} ({reason.rule})")
        because = textwrap.wrap(reason.because, width, initial_indent=DEEP, subsequent_indent=DEEP)
        typer.echo("\n".join(because))


async def _explain(settings: Settings, request_id: str) -> Explanation:
    async with open_offline(settings) as offline:
        return await offline.explain(request_id)
