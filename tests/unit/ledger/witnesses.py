"""A witness on a real socket beside a small ledger."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.ledger.adapters.post import post
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.models import Verdict
from curtilage.ledger.origins import Origins
from curtilage.ledger.verify import verify_ledger
from curtilage.ledger.witness import Witness as WitnessPlace
from curtilage.ledger.witness import WitnessKey
from curtilage.ledger.witnessask import WitnessAsker
from curtilage.ledger.witnesscheck import WitnessCheck
from examples.witness import Witness, serve
from tests.unit.ledger.worlds import KEY, NAME, World

WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
WITNESS = WitnessKey("witness.orchard.example", WITNESS_KEY.public_key())
ORIGINS = Origins(NAME)


@dataclass
class WitnessedWorld(World):
    """A ledger whose heads are shown to the witness at `url`."""

    url: str = "http://127.0.0.1:9"
    witness: WitnessKey = field(default=WITNESS)

    @property
    def anchor_directory(self) -> Path:
        return self.root / "keys" / "anchors"

    def asker(self) -> WitnessAsker:
        return WitnessAsker(
            Checkpoints(self.ledger, ORIGINS, KEY.public_key()),
            self.anchor_directory,
            WitnessPlace(self.url, self.witness),
            post,
            self.clock,
        )

    def grow(self, records: int = 3) -> None:
        """Some records, a checkpoint, a head, an anchor."""
        self.write_batches([records])
        self.sequence()

    def verify(self) -> Verdict:
        return verify_ledger(
            self.ledger,
            name=NAME,
            key=KEY.public_key(),
            anchors=self.anchors,
            outside=[WitnessCheck(self.anchor_directory, self.witness)],
        )


def a_witness(state: Path, **given: object) -> Witness:
    logs = {ORIGINS.head: KEY.public_key()}
    return Witness(WITNESS.name, WITNESS_KEY, state, logs, **given)  # type: ignore[arg-type]


@contextlib.contextmanager
def serving(witness: Witness, port: int = 0) -> Iterator[str]:
    """The witness at its address, inside the block."""
    server = serve(witness, port)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
