"""When each key was used last, by this worker. Told in sums, never while a caller waits."""

from dataclasses import dataclass, field
from datetime import datetime

from curtilage.gateway.admitting import Admitted


@dataclass(slots=True)
class KeyUses:
    """Notes uses of keys; `take` gives what came since the last time."""

    _uses: dict[str, datetime] = field(default_factory=dict)

    def note(self, admitted: Admitted) -> None:
        """A key was used. Tokens are not: they live for minutes."""
        if admitted.at is not None and not admitted.headers.is_token:
            self._uses[admitted.key.id] = admitted.at

    def take(self) -> dict[str, datetime]:
        """By the key's id; what is taken is not given again."""
        uses, self._uses = self._uses, {}
        return uses

    def give_back(self, uses: dict[str, datetime]) -> None:
        """What could not be told waits for the next time."""
        self._uses = {**uses, **self._uses}
