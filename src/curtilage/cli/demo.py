"""`curtilage demo`: see what you wrote, what left and what came back."""

import asyncio
import contextlib
import shutil
import signal
import tempfile
import textwrap
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvloop

from curtilage.app.errors import PortInUse
from curtilage.app.logs import set_up_logs
from curtilage.app.plane import ControlPlane
from curtilage.app.roles import run_single
from curtilage.app.samples import Sample, list_samples, read_left, read_reply
from curtilage.app.serving import claim_port
from curtilage.app.settings import Settings, read_settings
from curtilage.app.worker import Worker
from curtilage.cli.alone import refuse_second
from curtilage.cli.options import make_flags
from curtilage.cli.setup_link import show_console
from curtilage.core.errors import TamperError, UnavailableError
from curtilage.core.models import PurposeKey
from curtilage.identity.service.keys import KeyRequest

PORT = 8787
PORTS = 50  # that are tried in turn
FOLDER = Path(".curtilage-demo")
NAME = "demo"
SIDES = ("what you wrote", "what left", "what came back")
COLUMN = 44  # a token fits
TITLE = 16  # the widest of SIDES, and a space
PATIENCE = 60  # seconds for one sample; a loaded machine is slow
NARROW = 82  # longer lines are hard to read
LEAST = 20
WIDEST = 3 * COLUMN + 4


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage demo --once")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop after the tour.")] = False,
    port: Annotated[
        int | None, typer.Option(help="The port; the next free one from 8787 by default.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Where to keep the demo's data.")
    ] = None,
) -> None:
    """Send samples through a mirror and show the three sides.

    Then it serves on, with the mirror as provider."""
    set_up_logs()
    with _folder(once, data_dir) as folder, _port(port) as claimed:
        settings = _settings(folder, claimed)
        refuse_second(settings)
        uvloop.run(_tour(settings, once))


@contextlib.contextmanager
def _folder(once: bool, data_dir: Path | None) -> Iterator[Path]:
    """The demo's own folder; a tour that stops leaves nothing behind."""
    if data_dir is not None or not once:
        yield data_dir or FOLDER
        return
    folder = Path(tempfile.mkdtemp(prefix="curtilage-demo-"))
    try:
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _port(asked: int | None) -> Iterator[int]:
    """The port that was asked for, or the next that nobody has; ours until the tour ends."""
    with contextlib.ExitStack() as held:
        for port in [asked] if asked else range(PORT, PORT + PORTS):
            try:
                held.enter_context(claim_port("127.0.0.1", port))
            except PortInUse:
                if port in (asked, PORT + PORTS - 1):
                    raise
            else:
                break
        yield port


def _settings(folder: Path, port: int) -> Settings:
    flags = make_flags(
        folder, {"server__port": port, "server__public_url": f"http://127.0.0.1:{port}"}
    )
    flags["routes"] = [{"model": "*", "upstream": "mirror"}]
    return read_settings(None, {}, flags)


async def _tour(settings: Settings, once: bool) -> None:
    async with run_single(settings, None) as (control, worker):
        key = await _make_key(control, worker)
        for sample in list_samples():
            _show(sample, *await asyncio.to_thread(_call, settings, worker, key, sample))
        await _verify(control, settings)
        if not once:
            _invite(settings, key)
            await _until_told()


async def _make_key(control: ControlPlane, worker: Worker) -> str:
    """The demo's one key, which its worker knows by the end: those that it made before are
    revoked, since nobody has their text."""
    operator = control.operator
    for key in await control.keys.list(operator):
        if key.name == NAME and key.revoked_at is None:
            await control.keys.revoke(operator, key.id)
    request = KeyRequest(NAME, frozenset((PurposeKey("assist"),)))
    created = await control.keys.create(operator, request)
    await control.poll()
    await worker.keeper.refresh()  # it would hear of it in a moment, and the samples do not wait
    return created.text


def _call(settings: Settings, worker: Worker, key: str, sample: Sample) -> tuple[str, str]:
    """What left and what came back, through the real port."""
    header = {"x-api-key": key} if sample.is_anthropic else {"authorization": f"Bearer {key}"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings.server.port}{sample.path}",
        data=orjson.dumps(sample.body),
        headers={"content-type": "application/json", **header},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310  # our own, http
            raw = reply.read()
    except urllib.error.HTTPError as refusal:
        raise _told(refusal) from None
    except OSError:
        raise UnavailableError(
            f"The demo's own service did not answer within {PATIENCE} seconds.",
            hint="Run it again when the machine has less to do.",
        ) from None
    return read_left(worker.upstreams.mirror.received[-1]), read_reply(sample, raw)


def _told(refusal: urllib.error.HTTPError) -> UnavailableError:
    """What the service said of a sample that it refused, in either protocol's shape."""
    try:
        said = orjson.loads(refusal.read())["error"]["message"]
    except (OSError, ValueError, LookupError, TypeError):
        said = "it did not say why"
    return UnavailableError(f"The demo's own service refused a sample ({refusal.code}): {said}")


def _show(sample: Sample, left: str, back: str) -> None:
    """The three sides beside each other where the terminal is wide enough, else in turn."""
    width = shutil.get_terminal_size().columns
    sides = list(zip(SIDES, (sample.wrote, left, back), strict=True))
    typer.echo(f"\n── {sample.title} " + "─" * max(0, min(width, WIDEST) - len(sample.title) - 4))
    for line in _beside(sides) if width >= WIDEST else _in_turn(sides, width - TITLE - 2):
        typer.echo(line)


def _beside(sides: Sequence[tuple[str, str]]) -> Iterator[str]:
    columns = [[title.upper(), *_wrap(text, COLUMN)] for title, text in sides]
    for cells in zip_longest(*columns, fillvalue=""):
        yield "  ".join(f"{cell:<{COLUMN}}" for cell in cells).rstrip()


def _in_turn(sides: Sequence[tuple[str, str]], room: int) -> Iterator[str]:
    for title, text in sides:
        for index, line in enumerate(_wrap(text, max(LEAST, min(room, NARROW)))):
            yield f"{title if index == 0 else '':<{TITLE}}  {line}"


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


async def _verify(control: ControlPlane, settings: Settings) -> None:
    await control.settle()
    verdict = await asyncio.to_thread(control.verify)
    typer.echo(f"\nLedger: {verdict.summary()}.")
    if not verdict.holds:
        raise TamperError("The ledger of the demo does not verify.")


def _invite(settings: Settings, key: str) -> None:
    address = settings.public_url
    body = (
        '{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Mail ada@orchard.example"}]}'
    )
    typer.echo(f"\nStill serving on {address}. Try it yourself:\n")
    typer.echo(f"  curl {address}/v1/chat/completions -H 'authorization: Bearer {key}' \\")
    typer.echo(f"    -H 'content-type: application/json' -d '{body}'\n")
    show_console(settings, err=False)
    typer.echo("\nPress Ctrl+C to stop.")


async def _until_told() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    await stopping.wait()
