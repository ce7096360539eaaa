"""What every use case of identity stands on."""

from dataclasses import dataclass

from curtilage.core.acts import Pseudonyms
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids


@dataclass(frozen=True, slots=True)
class Ground:
    """Passed in by the composition root, once."""

    database: Database
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    entropy: Entropy
