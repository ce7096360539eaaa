"""The certificate of the port: checked at the start, watched, taken over when it changes.

Who renews a certificate writes two files, one after the other. So a change is
looked at once it has stood still, and a pair that does not fit is told and not
used: the old one stays until a whole one is there.
"""

import asyncio
import logging
import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from curtilage.core.errors import SetupError

EVERY = 1.0  # seconds between two looks, and how long a change must have stood still
LARGEST = 1 << 20  # bytes; a chain of ten certificates takes twenty thousand
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate chain and its key, as PEM, that were seen to fit."""

    cert: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @contextmanager
    def as_files(self) -> Iterator[tuple[Path, Path]]:
        """Both in files of this user's, for as long as the block: servers read no bytes.

        The files that people name may change while a server reads them."""
        with tempfile.TemporaryDirectory(prefix="curtilage-tls-") as folder:
            paths = Path(folder) / "cert.pem", Path(folder) / "key.pem"
            for path, content in zip(paths, (self.cert, self.key), strict=True):
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                    file.write(content)
            yield paths


class Renewable(Protocol):
    async def renew(self, pair: Pair) -> None:
        """Show `pair` to new connections; those that are open go on."""


def check_tls(cert: Path | None, key: Path | None) -> None:
    """Raise a SetupError unless both files are there and belong together, or neither is set."""
    if cert is not None and key is not None:
        read_pair(cert, key)


def read_pair(cert: Path, key: Path) -> Pair:
    """The certificate and its key. Raises a SetupError that names the setting."""
    pair = Pair(_read(cert, "server.tls_cert"), _read(key, "server.tls_key"))
    try:
        with pair.as_files() as (cert_file, key_file):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert_file, key_file, password=lambda: "")
    except (ssl.SSLError, ValueError):
        raise SetupError(
            "The files of server.tls_cert and server.tls_key are not a certificate and its key.",
            hint="Both are PEM; the key is the certificate's own and has no passphrase.",
        ) from None
    return pair


def _read(path: Path, setting: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError:
        raise SetupError(
            f"The file of the setting {setting} cannot be read.",
            hint="Give it a PEM file that this user may read.",
        ) from None


@dataclass(frozen=True, slots=True)
class CertificateWatch:
    """Looks at the two files, and gives a changed pair to the server."""

    server: Renewable
    cert: Path
    key: Path
    every: float = EVERY

    async def run(self) -> None:
        """Look until cancelled."""
        seen = self._stamp()
        while True:
            await asyncio.sleep(self.every)
            changed = self._stamp()
            if changed == seen:
                continue
            await asyncio.sleep(self.every)
            if self._stamp() == changed:
                seen = changed
                await self._take_over()

    async def _take_over(self) -> None:
        try:
            pair = await asyncio.to_thread(read_pair, self.cert, self.key)
            await self.server.renew(pair)
        except SetupError as error:
            extra = {"event": "certificate.refused", "code": error.code, "reason": error.detail}
            log.error("certificate refused", extra=extra)
        except (OSError, ssl.SSLError):  # no room for temporary files; the old pair stays
            log.error("certificate refused", extra={"event": "certificate.refused"})
        else:
            log.info("certificate taken over", extra={"event": "certificate.changed"})

    def _stamp(self) -> tuple[tuple[int, int, int], ...]:
        """What tells a changed file, through links too: ACME clients turn one over."""
        return tuple(_stamp(path) for path in (self.cert, self.key))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns
