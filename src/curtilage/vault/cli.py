"""`curtilage vault`: how the keys are, and wrapping them anew. Prints no key, ever."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from curtilage.core.errors import InputError
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count
from curtilage.vault.models import Rotation, VaultStatus
from curtilage.vault.service import Vault

OpenVault: TypeAlias = Callable[[Path | None, Path | None], Awaitable[Vault]]
"""Opens the vault from `--config` and `--data-dir`."""

NAMES = {
    "tenant": "Tenant",
    "root_key_id": "Root key (id)",
    "tenant_key_version": "Tenant key (version)",
    "owners": "Keys of people and services",
    "destroyed": "Destroyed",
    "scopes": "Scope keys",
}


def build_commands(open_vault: OpenVault) -> typer.Typer:
    """The commands under `curtilage vault`."""
    app = typer.Typer(name="vault", help="See to the keys.", no_args_is_help=True)

    @app.command(epilog="Example: curtilage vault status")
    def status(
        config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """Count keys and name their versions."""
        _print_status(asyncio.run(_status(open_vault, config, data_dir)), as_json)

    @app.command(epilog="Example: curtilage vault rotate --tenant")
    def rotate(
        root: Annotated[bool, typer.Option("--root", help="The root key file.")] = False,
        tenant: Annotated[bool, typer.Option("--tenant", help="The tenant key.")] = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Make a new root or tenant key and wrap the keys below it anew.

        No data is encrypted again, and the service may run meanwhile. Back up
        key_dir afterwards: its older backups hold the keys before."""
        if not (root or tenant):
            raise InputError("Nothing was named to rotate; expected --root, --tenant or both.")
        done = asyncio.run(_rotate(open_vault, config, data_dir, root=root, tenant=tenant))
        _print_rotations(done, as_json)

    @app.command("prepare-root", epilog="Example: curtilage vault prepare-root")
    def prepare_root(
        config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """Make the next root key, for nodes that share a key table.

        Copy root.key.next from key_dir to every other node, then `rotate --root`."""
        id = asyncio.run(_prepare_root(open_vault, config, data_dir))
        if as_json:
            typer.echo(json.dumps({"next_root_key_id": id}, indent=2))
        else:
            typer.echo(f"The next root key is {id}, in root.key.next. Copy it to every other node.")

    return app


async def _prepare_root(open_vault: OpenVault, config: Path | None, data_dir: Path | None) -> str:
    vault = await open_vault(config, data_dir)
    try:
        return vault.prepare_root()
    finally:
        await vault.close()


async def _status(open_vault: OpenVault, config: Path | None, data_dir: Path | None) -> VaultStatus:
    vault = await open_vault(config, data_dir)
    try:
        return await vault.status()
    finally:
        await vault.close()


async def _rotate(
    open_vault: OpenVault, config: Path | None, data_dir: Path | None, *, root: bool, tenant: bool
) -> dict[str, Rotation]:
    vault = await open_vault(config, data_dir)
    done: dict[str, Rotation] = {}
    try:
        if tenant:
            done["tenant"] = await vault.rotate_tenant()
        if root:
            done["root"] = await vault.rotate_root()
    finally:
        await vault.close()
    return done


def _print_status(status: VaultStatus, as_json: bool) -> None:
    values = asdict(status)
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    for name, label in NAMES.items():
        typer.echo(f"{label:<28} {values[name]}")


def _print_rotations(done: dict[str, Rotation], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({name: asdict(each) for name, each in done.items()}, indent=2))
        return
    for name, each in done.items():
        wrapped = count(each.rewrapped, "key")
        typer.echo(f"The {name} key is now {each.version}; {wrapped} wrapped anew.")
