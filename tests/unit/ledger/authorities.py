"""A time-stamp authority on a real socket: OpenSSL's, behind a few lines of HTTP."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {place}/serial
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = {usage}
[req]
distinguished_name = dn
[dn]
"""


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


@dataclass
class Authority:
    """Its certificates and keys lie in `place`; `usage` is what its certificate is for."""

    place: Path
    usage: str = "critical, timeStamping"

    def __post_init__(self) -> None:
        self.place.mkdir(parents=True)
        self.config.write_text(CONFIG.format(place=self.place, usage=self.usage))
        (self.place / "serial").write_text("01\n")
        self._make("root", "/CN=Orchard Time Root", "-x509", "-extensions", "root")
        self._make("leaf", "/CN=Orchard Time")
        at = [f"{self.place}/{name}" for name in ("leaf.csr", "leaf.pem", "root.pem", "root.key")]
        openssl("x509", "-req", "-in", at[0], "-out", at[1], "-CA", at[2], "-CAkey", at[3],
                "-set_serial", "7", "-days", "30", "-extfile", str(self.config),
                "-extensions", "leaf")  # fmt: skip

    def _make(self, name: str, subject: str, *more: str) -> None:
        out = f"{self.place}/{name}.{'pem' if more else 'csr'}"
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-config", str(self.config), "-subj", subject, "-days", "30",
                "-keyout", f"{self.place}/{name}.key", "-out", out, *more)  # fmt: skip

    @property
    def config(self) -> Path:
        return self.place / "openssl.cnf"

    @property
    def root(self) -> Path:
        return self.place / "root.pem"

    def stamp(self, query: bytes) -> bytes:
        with TemporaryDirectory() as folder:
            asked, answered = Path(folder) / "q", Path(folder) / "a"
            asked.write_bytes(query)
            openssl("ts", "-reply", "-config", str(self.config), "-section", "one",
                    "-queryfile", str(asked), "-signer", f"{self.place}/leaf.pem",
                    "-inkey", f"{self.place}/leaf.key", "-out", str(answered))  # fmt: skip
            return answered.read_bytes()


@contextlib.contextmanager
def answering(answer: Callable[[bytes], bytes], status: int = 200) -> Iterator[str]:
    """A server that answers each body, at its address inside the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *parts: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
