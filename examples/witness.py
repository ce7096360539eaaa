"""A small witness (C2SP tlog-witness), to try anchoring with and to run for a friend.

    python examples/witness.py make-key witness.orchard.example witness.key
    python examples/witness.py serve witness.key state 8790 LOG-VERIFIER-KEY

The first prints the verifier key that goes into `ledger.witnesses`; the second
serves on loopback, so put a proxy with TLS in front. LOG-VERIFIER-KEY is what
`curtilage ledger key` prints. The state is what makes it a witness: keep it, and
never put back an older copy.
"""

import fcntl
import os
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from curtilage.ledger.disk import replace_file
from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.merkle import verify_consistency
from curtilage.ledger.note import (
    Checkpoint,
    add_cosignature,
    claimed_origin,
    parse_checkpoint,
    verify_checkpoint,
)
from curtilage.ledger.witness import WitnessKey, encode_witness_key

BODY_LIMIT = 65_536
PROOF_LIMIT = 63  # C2SP tlog-witness


class Refused(Exception):
    """The answer to a checkpoint that is not cosigned."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        super().__init__(status)
        self.status, self.body = status, body


class Witness:
    """Cosigns heads of known logs, never two that contradict each other."""

    def __init__(
        self,
        name: str,
        key: Ed25519PrivateKey,
        state: Path,
        logs: dict[str, Ed25519PublicKey],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name, self.key, self.state, self.logs, self.now = name, key, state, logs, now
        state.mkdir(parents=True, exist_ok=True)

    @property
    def verifier_key(self) -> str:
        return encode_witness_key(WitnessKey(self.name, self.key.public_key()))

    def add_checkpoint(self, body: bytes) -> bytes:
        """The cosignature line. Raises Refused."""
        head, _, note = body.partition(b"\n\n")
        old, proof = parse_head(head)
        checkpoint = self.known(note)
        if old > checkpoint.size:
            raise Refused(400)
        with (self.state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            seen = self.seen(checkpoint.origin)
            self.compare(old, proof, checkpoint, seen)
            replace_file(self.path(checkpoint.origin), checkpoint.encode().encode())
        at = datetime.fromtimestamp(int(self.now()), UTC)
        return add_cosignature(note, name=self.name, key=self.key, at=at)[len(note) :]

    def known(self, note: bytes) -> Checkpoint:
        try:
            origin = claimed_origin(note)
            if origin not in self.logs:
                raise Refused(404)
            return verify_checkpoint(note, expected_origin=origin, key=self.logs[origin])
        except ProofInvalid:
            raise Refused(403) from None

    def path(self, origin: str) -> Path:
        return self.state / sha256(origin.encode()).hexdigest()

    def seen(self, origin: str) -> Checkpoint:
        """The newest head that was cosigned; of size 0 before the first."""
        if not self.path(origin).exists():
            return Checkpoint(origin, 0, bytes(32))
        return parse_checkpoint(self.path(origin).read_bytes(), expected_origin=origin)

    def compare(self, old: int, proof: list[bytes], new: Checkpoint, seen: Checkpoint) -> None:
        if old != seen.size or (new.size == seen.size and new.root != seen.root):
            raise Refused(409, b"%d\n" % seen.size)
        try:
            if old:
                verify_consistency(
                    proof, old=old, new=new.size, old_root=seen.root, new_root=new.root
                )
            elif proof:
                raise Refused(422)
        except ProofInvalid:
            raise Refused(422) from None


def parse_head(head: bytes) -> tuple[int, list[bytes]]:
    """The old size and the proof. Raises Refused."""
    try:
        first, *rest = head.decode().split("\n")
        word, size = first.split(" ")
        proof = [b64decode(line, validate=True) for line in rest]
    except ValueError:
        raise Refused(400) from None
    if word != "old" or not size.isdecimal() or len(size) > 18 or len(proof) > PROOF_LIMIT:
        raise Refused(400)
    return int(size), proof


def serve(witness: Witness, port: int) -> ThreadingHTTPServer:
    """A server on loopback that is ready to run."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint" or not length.isdecimal():
                return self.answer(404, b"")
            if int(length) > BODY_LIMIT:
                return self.answer(413, b"")
            try:
                return self.answer(200, witness.add_checkpoint(self.rfile.read(int(length))))
            except Refused as refused:
                return self.answer(refused.status, refused.body)

        def answer(self, status: int, body: bytes) -> None:
            kind = "text/x.tlog.size" if status == 409 else "text/plain; charset=utf-8"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *parts: object) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def parse_log_key(vkey: str) -> tuple[str, Ed25519PublicKey]:
    """Origin and key of a log, from its verifier key."""
    name, _, encoded = vkey.split("+", 2)
    return name, Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:])


def read_key(path: Path) -> tuple[str, Ed25519PrivateKey]:
    name, material = path.read_text().split()
    return name, Ed25519PrivateKey.from_private_bytes(b64decode(material))


def make_key(name: str, path: Path) -> str:
    """Write a new key to a file of its owner's alone; gives its verifier key."""
    key = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{name} {b64encode(key.private_bytes_raw()).decode()}\n")
    return encode_witness_key(WitnessKey(name, key.public_key()))


def main(arguments: list[str]) -> int:
    match arguments:
        case ["make-key", name, path]:
            print(make_key(name, Path(path)))
            return 0
        case ["serve", path, state, port, *logs] if logs:
            witness = Witness(*read_key(Path(path)), Path(state), dict(map(parse_log_key, logs)))
            serve(witness, int(port)).serve_forever()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
