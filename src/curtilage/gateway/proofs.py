"""A proof of possession comes once, whichever worker or node it comes to (RFC 9449 §11.1).

The only thing about a caller for which a worker has to ask, and only where a token is bound
to a key. Where nobody answers, nobody is admitted.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from curtilage.gateway.admitting import Admitted, admit, path_of
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.errors import ProofRefused
from curtilage.gateway.snapshot import Snapshot

UseProof: TypeAlias = Callable[[bytes, datetime], Awaitable[bool]]
"""Whether this proof, by its digest, comes for the first time until an instant."""


async def use_none(digest: bytes, until: datetime) -> bool:
    """Nobody to ask: no proof is believed."""
    return False


async def admit_once(
    snapshot: Snapshot, scope: ASGIScope, at: datetime, use_proof: UseProof
) -> Admitted:
    """The caller behind a request, whose proof, if there is one, never came before.

    Raises an AuthenticationError, InputError or UnavailableError."""
    admitted = admit(snapshot, scope["headers"], at, method=scope["method"], path=path_of(scope))
    proof = admitted.proof
    if proof is not None and not await use_proof(proof.digest, proof.until):
        raise ProofRefused
    return admitted
