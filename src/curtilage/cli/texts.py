"""`curtilage protect` and `curtilage restore`: texts in files or from another program."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer

from curtilage.app.detection import open_scanner
from curtilage.app.errors import OutputUnwritable, TextNotUTF8, TextTooLong
from curtilage.app.foundation import open_foundation
from curtilage.app.installation import refuse_absent
from curtilage.app.settings import Settings
from curtilage.app.texts import (
    DEFAULT_SCOPE,
    MOST_TEXT,
    Place,
    ProtectedDocument,
    ProtectedText,
    Texts,
)
from curtilage.app.tools import make_tools
from curtilage.cli.first_use import say_if_new
from curtilage.cli.options import find_settings
from curtilage.core.errors import InputError
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.detect.scanner import Scanner
from curtilage.ledger.disk import replace_file
from curtilage.shield.restore import Restored
from curtilage.survey.errors import Unwritable
from curtilage.survey.rewriting.choosing import open_document
from curtilage.survey.rewriting.documents import Document, join_slots

T = TypeVar("T")
OBSERVED = "The policy only observes: the text is as it was."
FilesArgument: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="Files, read one after the other; none: stdin."),
]
ScopeOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--scope", metavar="S", help="The map of this name in the data directory."),
]
MapOption: TypeAlias = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="The map in a file of its own.")
]
PolicyOption: TypeAlias = Annotated[
    str | None, typer.Option("--policy", metavar="NAME", help="Another policy than the usual one.")
]
OutputOption: TypeAlias = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write there, not to stdout.")
]


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage protect letter.txt --scope case-7 > may-leave.txt")(
        protect
    )
    app.command(epilog="Example: curtilage restore reply.txt --scope case-7")(restore)


def protect(
    files: FilesArgument = None,
    scope: ScopeOption = None,
    map: MapOption = None,
    policy: PolicyOption = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="P", help="What the text is to be used for.")
    ] = None,
    output: OutputOption = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Put a text or a document into a form that may leave.

    The way back is kept in a sealed map; `curtilage restore` with the same --scope
    or --map goes it. What was found is said on stderr, by type."""
    settings, place = find_settings(config, data_dir), _place(scope, map)
    _refuse_same(map, output)
    raw = _read(files)
    document = _open(files, raw, as_json=as_json)
    if document is not None:
        ready = asyncio.run(
            _with(
                settings,
                lambda texts: texts.protect_document(
                    document, place, policy=policy or "", purpose=purpose or ""
                ),
            )
        )
        _check_way_back(files, ready)
        _write(ready.content, output)
        _say([*_told(ready), *_kept(ready), *_left_out(document)])
        if ready.kept:
            raise typer.Exit(1)
        return
    text = _decode(raw)
    done = asyncio.run(
        _with(
            settings,
            lambda texts: texts.protect(text, place, policy=policy or "", purpose=purpose or ""),
        )
    )
    if as_json:
        treatments = {kind: treatment.value for kind, treatment in done.treatments.items()}
        _write(_json(text=done.text, found=done.found, treatments=treatments), output)
        return
    _write(done.text.encode("utf-8", "surrogatepass"), output)
    _say(_told(done))


def restore(
    files: FilesArgument = None,
    scope: ScopeOption = None,
    map: MapOption = None,
    policy: PolicyOption = None,
    output: OutputOption = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Put the values back into a text or a model's reply to it.

    A text that `curtilage protect` gave comes back exactly. In any other text no
    value enters a URL, an image or markup, where it would be sent away."""
    settings, place = find_settings(config, data_dir), _place(scope, map)
    _refuse_same(map, output)
    refuse_absent(settings)
    raw = _read(files)
    document = _open(files, raw, as_json=as_json)
    if document is not None:
        back = asyncio.run(
            _with(
                settings, lambda texts: texts.restore_document(document, place, policy=policy or "")
            )
        )
        _write(back.content, output)
        _say(_returned(back.counts))
        return
    text = _decode(raw)
    done = asyncio.run(
        _with(settings, lambda texts: texts.restore(text, place, policy=policy or ""))
    )
    if as_json:
        counts = {"mangled": done.mangled, "unknown": done.unknown, "withheld": done.withheld}
        _write(_json(text=done.text, restored=dict(done.restored), **counts), output)
        return
    _write(done.text.encode("utf-8", "surrogatepass"), output)
    _say(_returned(done))


def _told(done: ProtectedText | ProtectedDocument) -> Sequence[str]:
    """What was found, by type."""
    counts = [f"{kind} ×{count}: {done.treatments[kind]}" for kind, count in done.found.items()]
    warning = [OBSERVED] if done.observed else []
    return [*warning, *(counts or ["Nothing was found."])]


def _kept(document: ProtectedDocument) -> Sequence[str]:
    """What was found and is in the copy all the same."""
    return [
        f"{kind} ×{count}: stands where nothing can be put in its place, and is in the copy"
        for kind, count in document.kept.items()
    ]


def _left_out(document: Document) -> Sequence[str]:
    if not document.left_out:
        return ()
    return [f"Not looked into, and in the file as it was: {', '.join(document.left_out)}."]


def _returned(done: Restored) -> Sequence[str]:
    """What came back, by type, and what did not."""
    lines = [f"{kind} ×{count}: restored" for kind, count in done.restored.items()]
    lines += [
        f"{count} left as they are: {why}"
        for count, why in (
            (done.unknown, "this map does not know them"),
            (done.withheld, "no value may stand there, or the policy keeps it back"),
            (done.mangled, "nobody can read them any more"),
        )
        if count
    ]
    return lines or ["No token was found."]


def _place(scope: str | None, map: Path | None) -> Place:
    if scope is not None and map is not None:
        raise InputError("Both --scope and --map were given; expected one of them.")
    return Place(file=map) if map is not None else Place(DEFAULT_SCOPE if scope is None else scope)


def _refuse_same(map: Path | None, output: Path | None) -> None:
    """What is put out must not take the place of the way back."""
    if map is not None and output is not None and map.resolve() == output.resolve():
        raise InputError("--map and --output name one file; expected two.")


async def _with(settings: Settings, work: Callable[[Texts], Awaitable[T]]) -> T:
    """What comes of work with an installation that is open for it."""
    say_if_new(settings)
    tools = make_tools()
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        return await work(Texts(foundation, _engine(settings)))


def _open(files: Sequence[Path] | None, raw: bytes, *, as_json: bool) -> Document | None:
    """One file of a format that has parts; None for text."""
    if not files or len(files) > 1:
        return None
    document = open_document(files[0].name, raw)
    if document is not None and as_json:
        raise InputError(f"{files[0]} is no plain text; expected it without --json.")
    return document


def _check_way_back(files: Sequence[Path] | None, ready: ProtectedDocument) -> None:
    """What leaves must be read again as what it is, or its values would not come back."""
    assert files  # a document is in a file
    again = open_document(files[0].name, ready.content)
    if again is None or join_slots(again.slots) != ready.text:
        raise Unwritable(f"{files[0]} would not come back as it was: nothing was given out.")


def _engine(settings: Settings) -> Callable[[], Scanner]:
    return cache(lambda: open_scanner(settings, today=make_tools().clock.now().date()))


def _read(files: Iterable[Path] | None) -> bytes:
    """All of it, one file after the other."""
    most = 4 * MOST_TEXT  # bytes of so many characters
    try:
        parts = [_head(file, most) for file in files or ()] or [sys.stdin.buffer.read(most + 1)]
    except OSError as problem:
        name = problem.filename or "stdin"
        raise InputError(f"{name} cannot be read: {problem.strerror}.") from None
    raw = b"".join(parts)
    if len(raw) > most:
        raise TextTooLong
    return raw


def _decode(raw: bytes) -> str:
    """Character by character: line ends stay what they are."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise TextNotUTF8 from None


def _head(file: Path, most: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(most + 1)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        try:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except OSError as problem:
            sys.stdout = None  # what it still holds cannot go anywhere
            raise OutputUnwritable(f"stdout cannot be written: {problem.strerror}.") from None
        return
    try:
        replace_file(output, content)
    except OSError as problem:
        raise InputError(f"{output} cannot be written: {problem.strerror}.") from None


def _json(**values: object) -> bytes:
    text = json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "surrogatepass")


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)
