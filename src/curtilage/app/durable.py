"""`curtilage.open`: the verbs of the library over an installation, durable and recorded.

The loop that database and vault need runs in a thread of its own, so that the
verbs can be called from anywhere, from inside another loop too.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from curtilage.app.detection import open_scanner
from curtilage.app.foundation import open_foundation
from curtilage.app.settings import Settings, read_settings
from curtilage.app.texts import DEFAULT_SCOPE, Place, Texts
from curtilage.app.tools import make_tools
from curtilage.core.errors import SetupError
from curtilage.core.models import Finding
from curtilage.core.settings import environment
from curtilage.detect.scanner import Scanner

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text that may leave. Its way back is in the sealed map of its scope."""

    text: str
    findings: tuple[Finding, ...]
    _opened: "Opened" = field(repr=False)
    _scope: str = field(repr=False)

    def restore(self, reply: str) -> str:
        """A reply with the values of this scope; this very text exactly as it was."""
        return self._opened.restore(reply, scope=self._scope)


class Opened:
    """An installation that is open. Close it, or use it in a `with` block."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = contextlib.AsyncExitStack()
        self._engine = cache(self._build)
        self._is_open = True
        self._thread.start()
        try:
            self._texts = self._run(self._start())
        except BaseException:  # nothing was opened, so nothing else will close it
            self._stop()
            raise

    def scan(self, text: str) -> list[Finding]:
        """What is personal or secret in a text. Nothing is kept or recorded."""
        return list(self._engine().scan(text))

    def protect(self, text: str, *, scope: str = DEFAULT_SCOPE, purpose: str = "") -> KeptText:
        """Put a text into the form in which it may leave, as the policy says.

        The map and the record are written before this returns. Raises a
        DeniedError or `Blocked` where the policy says no."""
        done = self._run(self._texts.protect(text, Place(scope), purpose=purpose))
        return KeptText(done.text, tuple(done.findings), self, scope)

    def restore(self, text: str, *, scope: str = DEFAULT_SCOPE) -> str:
        """A text with the values of the scope's map. Raises a NotFoundError without one."""
        return self._run(self._texts.restore(text, Place(scope))).text

    def close(self) -> None:
        """Close it. May be called twice."""
        if self._is_open:
            self._is_open = False
            try:
                self._run(self._stack.aclose())
            finally:
                self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _build(self) -> Scanner:
        return open_scanner(self._settings, today=make_tools().clock.now().date())

    async def _start(self) -> Texts:
        tools = make_tools()
        opening = open_foundation(
            self._settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
        )
        return Texts(await self._stack.enter_async_context(opening), self._engine)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop.is_closed():
            work.close()
            raise ValueError("The installation was closed.")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def open_installation(
    config: str | os.PathLike[str] | None = None,
    *,
    data_dir: str | os.PathLike[str] | None = None,
) -> Opened:
    """Open the installation that a configuration file describes, or make it.

    `data_dir` overrides the file's; its keys are beside it, as on the command line."""
    path = None if config is None else Path(config)
    if path is not None and not path.exists():
        raise SetupError(f"The configuration file {path} is not there.")
    flags: dict[str, Any] = {}
    if data_dir is not None:
        place = Path(data_dir)
        flags = {
            "server.data_dir": place,
            "server.key_dir": place.with_name(place.name + "-keys"),
        }
    return Opened(read_settings(path, environment(), flags))
