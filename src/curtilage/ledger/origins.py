"""The names of the logs of one installation.

`name` is chosen once, by the installation, and has nothing to do with its
domain: renaming a host breaks no proof.
"""

from dataclasses import dataclass

from curtilage.core.words import say
from curtilage.ledger.errors import ProofInvalid


@dataclass(frozen=True, slots=True)
class Origins:
    """`<name>/<tenant>/<writer>` for trees, `<name>/head`, `<name>/anchor` for the cosigner."""

    name: str

    def __post_init__(self) -> None:
        allowed = all(char.isalnum() or char in "-_./" for char in self.name)
        if not self.name or not self.name.isascii() or not allowed:
            raise ValueError("expected a name of letters, digits, dots, hyphens and slashes")

    def tree(self, tenant: str, writer: str) -> str:
        return f"{self.name}/{tenant}/{writer}"

    @property
    def head(self) -> str:
        return f"{self.name}/head"

    @property
    def anchor(self) -> str:
        return f"{self.name}/anchor"

    def parse_tree(self, origin: str) -> tuple[str, str]:
        """The tenant and writer in the origin of a tree. Raises ProofInvalid."""
        prefix = self.name + "/"
        parts = origin[len(prefix) :].split("/")
        if not origin.startswith(prefix) or len(parts) != 2 or not all(parts):
            raise ProofInvalid(say("A checkpoint of the head log has an origin that is not ours."))
        return parts[0], parts[1]
