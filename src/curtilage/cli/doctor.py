"""`curtilage doctor`: looks at everything that can be wrong, each with its mend."""

import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from shutil import disk_usage
from typing import Any

import typer

from curtilage.app.configuration import Configuration
from curtilage.app.errors import NoInstallation
from curtilage.app.foundation import LEDGER_KEY, Foundation, open_foundation
from curtilage.app.installation import refuse_absent
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.cli.options import find_settings
from curtilage.cli.slices import Installation, run_checks
from curtilage.consent.errors import UnknownPolicy
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.errors import CurtilageError
from curtilage.core.models import Observation
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.settings import environment
from curtilage.core.shared.ports import Change
from curtilage.gateway.upstream.build import build_upstreams

SCARCE = 1024**3  # bytes; a busy day of records takes some hundred megabytes
LOOK_AGAIN = "Set right what it names, then run `curtilage doctor` again."
WORDS = ("error", "warning", "note")  # of every slice's checks, the worst first
OBSTACLES = {  # what keeps an upstream from being reached: what was seen, and where to look
    "name": ("Its name is known to no name server.", ("base_url", "proxy")),
    "tls": (
        "Its certificate does not hold, or it does not take ours.",
        ("base_url", "ca_file", "client_cert", "client_key"),
    ),
    "proxy": ("The proxy does not pass on to it.", ("proxy", "proxy_auth_env")),
    "connect": (
        "Nothing took the connection in time, or a file for it cannot be read.",
        ("base_url", "proxy", "ca_file"),
    ),
}
INDENT = " " * 9


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage doctor")(doctor)


def doctor(
    config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
) -> None:
    """Look at all that can be wrong, and say how to mend it. Exits 1 for an error."""
    settings = find_settings(config, data_dir)
    seen = asyncio.run(_look(settings))
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in seen], indent=2))
    else:
        _print(seen)
    if any(item.severity == "error" for item in seen):
        raise typer.Exit(1)


def _print(seen: list[Observation]) -> None:
    """What is worst first; the last line counts."""
    for item in sorted(seen, key=lambda one: WORDS.index(one.severity)):
        typer.echo(f"{item.severity:<{len(INDENT)}}{item.title}")
        if item.detail.rstrip(".") != item.title:
            typer.echo(f"{INDENT}{item.detail}")
        typer.echo(f"{INDENT}mend: {item.mend}")
    typer.echo(_sum_up([item.severity for item in seen]))


def _sum_up(words: Sequence[str]) -> str:
    if not words:
        return "Nothing to mend."
    told = [_count(words.count(word), word) for word in WORDS]
    return f"{', '.join(told)}.".capitalize()


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'s' if number > 1 else ''}"


async def _look(settings: Settings) -> list[Observation]:
    wrong = list(_check_policy(settings))
    seen = [*wrong, *_check_machine(settings), *_check_upstreams(settings)]
    seen += await _check_ways(settings)
    tools = make_tools()
    try:
        refuse_absent(settings)
        async with open_foundation(
            settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
        ) as foundation:
            facts = await foundation.identity.facts.load()
            policies = [] if wrong else [foundation.in_force()]
            seen += run_checks(Installation(settings, policies, facts))
            seen += await _check_signing(foundation)
            seen += await _check_counters(foundation)
    except NoInstallation as error:
        seen.append(replace(_observe(error), severity="warning"))  # looked at before a first start
    except CurtilageError as error:
        seen.append(_observe(error))
    return seen


def _observe(error: CurtilageError) -> Observation:
    return Observation(error.code, error.title, error.detail, "error", error.advice or LOOK_AGAIN)


async def _check_signing(foundation: Foundation) -> list[Observation]:
    """Whether the key opens that the ledger's checkpoints are signed with."""
    try:
        await foundation.vault.find_signing_key(LEDGER_KEY)
    except CurtilageError as error:
        return [_observe(error)]
    return []


async def _check_counters(foundation: Foundation) -> list[Observation]:
    """Whether what counts limits answers, and lets this service count there."""
    try:
        await foundation.shared.counters.change(
            "doctor", lambda _state, _at: Change(b"looked", seconds=1.0, result=None)
        )
    except CurtilageError as error:
        return [_observe(error)]
    return []


def _check_policy(settings: Settings) -> Iterator[Observation]:
    name, shelf = settings.gateway.policy, PolicyShelf(settings.policy_dir)
    if name not in shelf.names():
        yield Observation(
            UnknownPolicy.code,
            UnknownPolicy.title,
            f"The setting gateway.policy names {name}; there are {', '.join(shelf.names())}.",
            "error",
            "Set gateway.policy to one of these, or policy.dir to the folder that it is in.",
        )
        return
    try:
        Configuration(settings, None).load()
    except CurtilageError as error:  # a start would be refused with it
        yield _observe(error)


def _check_machine(settings: Settings) -> Iterator[Observation]:
    if find_spec("hyperscan") is None:
        yield Observation(
            "app.no-hyperscan",
            "Scanning is slow",
            "The package hyperscan is not there; the same patterns run on a slower engine.",
            "warning",
            "Install it with `pip install hyperscan`.",
        )
    parent = (
        settings.server.data_dir
        if settings.server.data_dir.exists()
        else settings.server.data_dir.absolute().parent
    )
    if parent.exists() and disk_usage(parent).free < SCARCE:
        yield Observation(
            "app.disk-scarce",
            "The disk is nearly full",
            "Less than 1 GiB is free for the data directory; without room every call is refused.",
            "error",
            "Make room, or move server.data_dir.",
        )
    yield from _check_port(settings)


def _check_port(settings: Settings) -> Iterator[Observation]:
    server = settings.server
    with socket.socket(socket.AF_INET6 if ":" in server.host else socket.AF_INET) as probe:
        probe.settimeout(0.5)
        answers = probe.connect_ex((server.host, server.port)) == 0
    if answers:
        yield Observation(
            "app.port-answers",
            "Something serves the port",
            f"Port {server.port} answers already.",
            "note",
            "Nothing where it is this service; otherwise stop what listens, or set server.port.",
        )
    if server.host not in ("127.0.0.1", "localhost", "::1") and server.tls_cert is None:
        yield Observation(
            "app.no-tls",
            "The service is open to the network without TLS",
            "Keys and prompts would cross the network readable.",
            "warning",
            "Set server.tls_cert and server.tls_key, or put a proxy with TLS in front.",
        )


def _check_upstreams(settings: Settings) -> Iterator[Observation]:
    env: Any = environment()
    for name, upstream in settings.upstreams.items():
        if upstream.api_key_env and not env.get(upstream.api_key_env):
            yield Observation(
                "gateway.no-credential",
                f"No credential for {name}",
                f"The variable {upstream.api_key_env} is not set; only callers with their own credential reach it.",
                "note",
                f"Set {upstream.api_key_env} before `curtilage serve`.",
            )
        if (
            upstream.base_url.startswith("http://")
            and "//127.0.0.1" not in upstream.base_url
            and "//localhost" not in upstream.base_url
        ):
            yield Observation(
                "gateway.upstream-without-tls",
                f"{name} is reached without TLS",
                "Whoever is on the way reads prompts and the credential.",
                "warning",
                f"Give upstreams.{name}.base_url an https:// address.",
            )


async def _check_ways(settings: Settings) -> list[Observation]:
    """Whether the upstreams that can be used can be reached. Nothing is said to them."""
    env = environment()
    upstreams = build_upstreams(settings.gateway.connect_timeout, env)
    usable = {
        name: upstream
        for name, upstream in settings.upstreams.items()
        if upstream.protocol != "mirror"
        and (not upstream.api_key_env or env.get(upstream.api_key_env))
    }
    obstacles = await asyncio.gather(*map(upstreams.find_obstacle, usable.values()))
    return [
        _tell_obstacle(name, obstacle)
        for name, obstacle in zip(usable, obstacles, strict=True)
        if obstacle
    ]


def _tell_obstacle(name: str, obstacle: str) -> Observation:
    what, places = OBSTACLES[obstacle]
    return Observation(
        f"gateway.upstream-{obstacle}",
        f"{name} cannot be reached",
        what,
        "warning",
        f"Start it, or look at {', '.join(f'upstreams.{name}.{place}' for place in places)}.",
    )
